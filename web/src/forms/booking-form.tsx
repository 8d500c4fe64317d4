import { ActionIcon, Alert, Button, Card, Checkbox, Grid, Group, NumberInput, Select, Stack, TagsInput, Text, TextInput, Textarea, Title, Tooltip } from '@mantine/core'
import { useForm, type UseFormReturnType } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Problem } from '../api/errors'
import { everyLocation } from '../api/queries'
import { useAccess } from '../components/access'
import { t } from '../language/language'
import { separators } from '../language/write'
import { sayLength, sayRange } from '../time/say'
import { zones } from '../time/zone'
import { options } from '../ui/words'
import { instants, wrongIn, type BookingFields } from './booking'
import { LocationTaken } from './location-taken'
import { wrongRepeat, type Repeat } from './recurrence'
import { RepeatFields } from './repeat-fields'

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
  /** Where a booking is made, it may be one of many. */
  repeat?: { value: Repeat; change: (value: Repeat) => void }
  /** What is asked before the fields. */
  children?: ReactNode
}

export function BookingForm({ initial, organizationId, id, label, pending, problem, save, repeat, children }: Props) {
  const form = useForm<BookingFields>({ initialValues: initial, validate: wrongIn })
  const { organizations } = useAccess()
  const currency = organizations.find((one) => one.id === organizationId)?.currency ?? ''
  const places = useQuery(everyLocation({ organizationId }))
  const { start, end } = instants(form.values)
  const wrong = repeat && wrongRepeat(repeat.value, form.values.start, true)
  const choose = (locationId: string | null) => {
    form.setFieldValue('locationId', locationId ?? '')
    // A booking runs on the clock of its place.
    const zone = places.data?.find((place) => place.id === locationId)?.timezone
    if (zone) form.setFieldValue('timezone', zone)
  }
  return (
    <form onSubmit={form.onSubmit((fields) => { if (!wrong) save(fields) })} noValidate>
      <Stack maw={900}>
        {children}
        {problem && <Refused problem={problem} zone={form.values.timezone} />}
        <Card>
          <Stack>
            <TextInput label={t('Title')} required maxLength={200} data-autofocus {...form.getInputProps('title')} />
            <Grid>
              <Grid.Col span={{ base: 12, sm: 6 }}><Select label={t('Operation')} placeholder={t('Suggested from the title')} data={options(OPERATIONS)} clearable clearButtonProps={{ 'aria-label': t('No operation') }} {...form.getInputProps('operationType')} value={form.values.operationType || null} onChange={(value) => form.setFieldValue('operationType', value ?? '')} /></Grid.Col>
              <Grid.Col span={{ base: 12, sm: 6 }}><Select label={t('Activity')} placeholder={t('None')} data={options(ACTIVITIES)} clearable clearButtonProps={{ 'aria-label': t('No activity') }} value={form.values.activityType || null} onChange={(value) => form.setFieldValue('activityType', value ?? '')} /></Grid.Col>
            </Grid>
            <Textarea label={t('Description')} autosize minRows={2} maxRows={8} {...form.getInputProps('description')} />
          </Stack>
        </Card>
        <Card>
          <Title order={2} mb="sm">{t('When and where')}</Title>
          <Grid>
            <Grid.Col span={12}><Select label={t('Location')} placeholder={t('None yet')} searchable clearable clearButtonProps={{ 'aria-label': t('No location') }} value={form.values.locationId || null} onChange={choose} data={(places.data ?? []).filter(({ status }) => status === 'active').map((place) => ({ value: place.id, label: `${place.name}, ${place.address.city}` }))} error={form.errors['locationId']} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 4 }}><TextInput label={t('Starts')} type="datetime-local" required {...form.getInputProps('start')} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 4 }}><TextInput label={t('Ends')} type="datetime-local" required {...form.getInputProps('end')} description={start && end && end > start ? sayLength(start.toISOString(), end.toISOString()) : undefined} inputWrapperOrder={['label', 'input', 'description', 'error']} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 4 }}><Select label={t('Time zone')} searchable data={zones()} allowDeselect={false} {...form.getInputProps('timezone')} /></Grid.Col>
          </Grid>
          <LocationTaken organizationId={organizationId} locationId={form.values.locationId} start={start} end={end} zone={form.values.timezone} not={id} />
          {repeat && <Stack mt="md" maw={480}><RepeatFields {...repeat} start={form.values.start} mustEnd error={wrong} /></Stack>}
        </Card>
        <Card>
          <Title order={2} mb="sm">{t('Who is needed')}</Title>
          <Roles form={form} />
        </Card>
        <Card>
          <Grid>
            <Grid.Col span={{ base: 12, sm: 6 }}><NumberInput label={currency ? t('Budget ({{currency}})', { currency }) : t('Budget')} min={0} decimalScale={2} {...separators()} hideControls {...form.getInputProps('budget')} onChange={(value) => form.setFieldValue('budget', typeof value === 'number' ? value : '')} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 6 }}><Select label={t('Priority')} data={options(['low', 'medium', 'high', 'urgent'])} allowDeselect={false} {...form.getInputProps('priority')} /></Grid.Col>
            <Grid.Col span={12}><Textarea label={t('Notes')} autosize minRows={2} maxRows={8} {...form.getInputProps('notes')} /></Grid.Col>
          </Grid>
        </Card>
        <Group justify="flex-end"><Button variant="default" onClick={() => history.back()}>{t('Back')}</Button><Button type="submit" loading={pending}>{label}</Button></Group>
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
        {problem.occurrences?.slice(0, 10).map(({ number, scheduledStart, scheduledEnd }) => <Text key={number} size="sm">{t('Number {{number}}, {{when}}, is in the way of another booking', { number, when: sayRange(scheduledStart, scheduledEnd, zone) })}</Text>)}
        {(problem.occurrences?.length ?? 0) > 10 && <Text size="sm">{t('and {{count}} more', { count: (problem.occurrences?.length ?? 0) - 10, defaultValue_one: 'and {{count}} more' })}</Text>}
        {problem.conflicts?.map((conflict) => <Text key={conflict.start} size="sm">{t('Taken {{when}}', { when: sayRange(conflict.start, conflict.end, zone) })}{conflict.bookingId && <> · <a href={`/bookings/${conflict.bookingId}`}>{t('the booking')}</a></>}</Text>)}
      </Stack>
    </Alert>
  )
}

function Roles({ form }: { form: UseFormReturnType<BookingFields> }) {
  return (
    <Stack>
      {form.values.roles.map((_, index) => (
        <Group key={index} align="end" gap="xs">
          <TextInput label={t('Role')} placeholder={t('Anybody')} flex="2 1 140px" {...form.getInputProps(`roles.${index}.role`)} />
          <NumberInput label={t('How many')} min={1} max={200} w={100} {...form.getInputProps(`roles.${index}.count`)} />
          <TagsInput label={t('Skills')} placeholder={form.values.roles[index]?.skills.length ? '' : t('None needed')} flex="3 1 200px" {...form.getInputProps(`roles.${index}.skills`)} />
          <Tooltip label={t('Remove')}><ActionIcon variant="subtle" color="gray" size="lg" mb={1} aria-label={t('Remove role {{number}}', { number: index + 1 })} onClick={() => form.removeListItem('roles', index)}><IconTrash size={18} /></ActionIcon></Tooltip>
        </Group>
      ))}
      {form.errors['roles'] && <Text size="sm" c="var(--mantine-color-error)">{form.errors['roles']}</Text>}
      <Group justify="space-between" align="end">
        <Button variant="light" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => form.insertListItem('roles', { role: '', count: 1, skills: [] })}>{form.values.roles.length ? t('Another role') : t('Add staff')}</Button>
        {form.values.roles.length > 0 && <Select label={t('At least')} placeholder={t('Any level')} data={options(LEVELS)} clearable clearButtonProps={{ 'aria-label': t('Any level') }} value={form.values.minimumLevel || null} onChange={(value) => form.setFieldValue('minimumLevel', value ?? '')} />}
      </Group>
      {form.values.roles.length > 0 && <Checkbox label={t('Assign the best people without asking')} {...form.getInputProps('autoAssign', { type: 'checkbox' })} />}
    </Stack>
  )
}
