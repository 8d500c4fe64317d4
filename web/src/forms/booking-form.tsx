import { ActionIcon, Alert, Button, Card, Checkbox, Grid, Group, NumberInput, Select, Stack, TagsInput, Text, TextInput, Textarea, Title, Tooltip } from '@mantine/core'
import { useForm, type UseFormReturnType } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { IconAlertTriangle, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { Problem } from '../api/errors'
import { bookings, locations } from '../api/queries'
import { useAccess } from '../components/access'
import { sayLength, sayRange } from '../time/say'
import { zones } from '../time/zone'
import { options } from '../ui/words'
import { instants, wrongIn, type BookingFields } from './booking'

const OPERATIONS = ['cultivation', 'manufacturing', 'retail', 'delivery', 'testing', 'distribution', 'general'] as const
const ACTIVITIES = ['product_demo', 'product_promotion', 'private_party', 'staff_training', 'brand_activation', 'educational_session', 'dispensary_opening', 'trade_show', 'customer_experience'] as const
const LEVELS = ['beginner', 'intermediate', 'experienced', 'expert'] as const

interface Props {
  initial: BookingFields
  organizationId: string
  /** The booking that is edited: it does not stand in its own way. */
  id?: string
  label: string
  pending: boolean
  problem: Problem | undefined
  save: (fields: BookingFields) => void
}

export function BookingForm({ initial, organizationId, id, label, pending, problem, save }: Props) {
  const form = useForm<BookingFields>({ initialValues: initial, validate: wrongIn })
  const { organizations } = useAccess()
  const currency = organizations.find((one) => one.id === organizationId)?.currency ?? ''
  const places = useQuery(locations({ organizationId, limit: 200 }))
  const { start, end } = instants(form.values)
  const choose = (locationId: string | null) => {
    form.setFieldValue('locationId', locationId ?? '')
    // A booking runs on the clock of its place.
    const zone = places.data?.locations.find((place) => place.id === locationId)?.timezone
    if (zone) form.setFieldValue('timezone', zone)
  }
  return (
    <form onSubmit={form.onSubmit(save)} noValidate>
      <Stack maw={900}>
        {problem && <Refused problem={problem} zone={form.values.timezone} />}
        <Card>
          <Stack>
            <TextInput label="Title" required maxLength={200} data-autofocus {...form.getInputProps('title')} />
            <Grid>
              <Grid.Col span={{ base: 12, sm: 6 }}><Select label="Operation" placeholder="Suggested from the title" data={options(OPERATIONS)} clearable clearButtonProps={{ 'aria-label': 'No operation' }} {...form.getInputProps('operationType')} value={form.values.operationType || null} onChange={(value) => form.setFieldValue('operationType', value ?? '')} /></Grid.Col>
              <Grid.Col span={{ base: 12, sm: 6 }}><Select label="Activity" placeholder="None" data={options(ACTIVITIES)} clearable clearButtonProps={{ 'aria-label': 'No activity' }} value={form.values.activityType || null} onChange={(value) => form.setFieldValue('activityType', value ?? '')} /></Grid.Col>
            </Grid>
            <Textarea label="Description" autosize minRows={2} maxRows={8} {...form.getInputProps('description')} />
          </Stack>
        </Card>
        <Card>
          <Title order={2} mb="sm">When and where</Title>
          <Grid>
            <Grid.Col span={12}><Select label="Location" placeholder="None yet" searchable clearable clearButtonProps={{ 'aria-label': 'No location' }} value={form.values.locationId || null} onChange={choose} data={(places.data?.locations ?? []).filter(({ status }) => status === 'active').map((place) => ({ value: place.id, label: `${place.name}, ${place.address.city}` }))} error={form.errors['locationId']} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 4 }}><TextInput label="Starts" type="datetime-local" required {...form.getInputProps('start')} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 4 }}><TextInput label="Ends" type="datetime-local" required {...form.getInputProps('end')} description={start && end && end > start ? sayLength(start.toISOString(), end.toISOString()) : undefined} inputWrapperOrder={['label', 'input', 'description', 'error']} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 4 }}><Select label="Clock of" searchable data={zones()} allowDeselect={false} {...form.getInputProps('timezone')} /></Grid.Col>
          </Grid>
          <LocationTaken fields={form.values} id={id} organizationId={organizationId} />
        </Card>
        <Card>
          <Title order={2} mb="sm">Who is needed</Title>
          <Roles form={form} />
        </Card>
        <Card>
          <Grid>
            <Grid.Col span={{ base: 12, sm: 6 }}><NumberInput label={`Budget${currency ? ` (${currency})` : ''}`} min={0} decimalScale={2} thousandSeparator="," hideControls {...form.getInputProps('budget')} onChange={(value) => form.setFieldValue('budget', typeof value === 'number' ? value : '')} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 6 }}><Select label="Priority" data={options(['low', 'medium', 'high', 'urgent'])} allowDeselect={false} {...form.getInputProps('priority')} /></Grid.Col>
            <Grid.Col span={12}><Textarea label="Notes" autosize minRows={2} maxRows={8} {...form.getInputProps('notes')} /></Grid.Col>
          </Grid>
        </Card>
        <Group justify="flex-end"><Button variant="default" onClick={() => history.back()}>Back</Button><Button type="submit" loading={pending}>{label}</Button></Group>
      </Stack>
    </form>
  )
}

function Refused({ problem, zone }: { problem: Problem; zone: string }) {
  return (
    <Alert color="red" title={problem.title} role="alert">
      <Stack gap={4}>
        <Text size="sm">{problem.detail}</Text>
        {problem.errors?.map(({ field, message }) => <Text key={field + message} size="sm">{field}: {message}</Text>)}
        {problem.conflicts?.map((conflict) => <Text key={conflict.start} size="sm">Taken {sayRange(conflict.start, conflict.end, zone)}{conflict.bookingId && <> by <a href={`/bookings/${conflict.bookingId}`}>this booking</a></>}</Text>)}
      </Stack>
    </Alert>
  )
}

/** Looks, while one types, whether the place is free. The server decides when it is saved. */
function LocationTaken({ fields, id, organizationId }: { fields: BookingFields; id: string | undefined; organizationId: string }) {
  const { start, end } = instants(fields)
  const [range] = useDebouncedValue(start && end && end > start ? `${start.toISOString()}|${end.toISOString()}` : '', 400)
  const [from, to] = range.split('|')
  const query = useQuery({
    ...bookings({ organizationId, locationId: fields.locationId, ...(from && to ? { from, to } : {}), limit: 10 }),
    enabled: Boolean(from && to && fields.locationId),
  })
  const inTheWay = useMemo(() => query.data?.bookings.filter((booking) => booking.status !== 'cancelled' && booking.id !== id) ?? [], [query.data, id])
  if (!from || !fields.locationId || inTheWay.length === 0) return null
  return (
    <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title="The location is taken then" mt="md">
      {inTheWay.map((booking) => <Text key={booking.id} size="sm">{booking.title}: {sayRange(booking.scheduledStart, booking.scheduledEnd, fields.timezone)}</Text>)}
    </Alert>
  )
}

function Roles({ form }: { form: UseFormReturnType<BookingFields> }) {
  return (
    <Stack>
      {form.values.roles.map((_, index) => (
        <Group key={index} align="end" gap="xs">
          <TextInput label="Role" placeholder="Anybody" flex="2 1 140px" {...form.getInputProps(`roles.${index}.role`)} />
          <NumberInput label="How many" min={1} max={200} w={100} {...form.getInputProps(`roles.${index}.count`)} />
          <TagsInput label="Skills" placeholder={form.values.roles[index]?.skills.length ? '' : 'None needed'} flex="3 1 200px" {...form.getInputProps(`roles.${index}.skills`)} />
          <Tooltip label="Remove"><ActionIcon variant="subtle" color="gray" size="lg" mb={1} aria-label={`Remove role ${index + 1}`} onClick={() => form.removeListItem('roles', index)}><IconTrash size={18} /></ActionIcon></Tooltip>
        </Group>
      ))}
      {form.errors['roles'] && <Text size="sm" c="var(--mantine-color-error)">{form.errors['roles']}</Text>}
      <Group justify="space-between" align="end">
        <Button variant="light" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => form.insertListItem('roles', { role: '', count: 1, skills: [] })}>{form.values.roles.length ? 'Another role' : 'Staff is needed'}</Button>
        {form.values.roles.length > 0 && <Select label="At least" placeholder="Any level" data={options(LEVELS)} clearable clearButtonProps={{ 'aria-label': 'Any level' }} value={form.values.minimumLevel || null} onChange={(value) => form.setFieldValue('minimumLevel', value ?? '')} />}
      </Group>
      {form.values.roles.length > 0 && <Checkbox label="Assign the best people without asking" {...form.getInputProps('autoAssign', { type: 'checkbox' })} />}
    </Stack>
  )
}
