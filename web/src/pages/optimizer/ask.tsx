import { Accordion, Button, Card, Chip, Grid, Group, MultiSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import type { Code, Organization, Weights } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { clockAt, clockIn, instantOf, localText } from '../../time/zone'
import { Refusal } from '../../ui/problem'
import { options } from '../../ui/words'

const DAY = 86_400_000
const passed = () => [['availability_unknown', t('has not said whether they can')], ['level_too_low', t('level too low')], ['too_far', t('too far away')], ['blocked_location', t('does not work there')]] as const
const weightsOf = (): [keyof Weights, string, number][] => [
  ['cost', t('A unit of money'), 1], ['travel', t('A kilometre of travel'), 0.5], ['fairness', t('A squared hour off a fair share'), 0.1],
  ['preference', t('Somebody who has not said they can'), 20], ['suitability', t('Lacking skill and reliability'), 40], ['soft', t('A reason that is passed over'), 100],
]

/** The instant at which a day begins on a clock, some days later. */
function midnight(day: string, zone: string, later = 0): string {
  const clock = clockIn(`${day}T00:00`)
  return (clock ? instantOf({ ...clock, day: clock.day + later }, zone) : new Date(0)).toISOString()
}

export function Ask({ organization, began }: { organization: Organization; began: (id: string) => void }) {
  const { may } = useAccess()
  const zone = organization.timezone
  const [today] = useState(() => Date.now())
  const day = (later: number) => localText(clockAt(new Date(today + later * DAY), zone)).slice(0, 10)
  const form = useForm({
    initialValues: {
      from: day(0), to: day(28), seconds: 30 as number | '', statuses: ['approved', 'confirmed'], codes: [] as string[], reason: '',
      weights: Object.fromEntries(weightsOf().map(([name, , usual]) => [name, usual])) as Record<keyof Weights, number | ''>,
    },
    validate: {
      from: (text) => (text ? null : t('From which day?')),
      to: (text, { from }) => (!text || text < from ? t('Not before the first day') : Date.parse(text) - Date.parse(from) > 91 * DAY ? t('At most 92 days') : null),
      statuses: (list) => (list.length ? null : t('At least one')),
      reason: (text, { codes }) => (codes.length && !text.trim() ? t('Why may this be passed over?') : null),
    },
  })
  const start = useMutation({
    mutationFn: ({ from, to, seconds, statuses, codes, reason, weights }: typeof form.values) =>
      body(api.POST('/api/schedule/optimize', {
        body: {
          organizationId: organization.id, from: midnight(from, zone), to: midnight(to, zone, 1), statuses: statuses as 'approved'[], timeLimitSeconds: seconds || 30,
          weights: Object.fromEntries(Object.entries(weights).filter(([, value]) => value !== '')) as Weights,
          ...(codes.length ? { override: { codes: codes as Code[], reason: reason.trim() } } : {}),
        },
      })),
    meta: { shown: true },
    onSuccess: ({ id }) => began(id),
  })
  const running = start.error && problemIn(start.error).optimizationId
  const number = (path: string) => ({ ...form.getInputProps(path), onChange: (value: string | number) => form.setFieldValue(path, typeof value === 'number' ? value : '') })
  return (
    <form onSubmit={form.onSubmit((values) => start.mutate(values))}>
      <Stack maw={800}>
        <Refusal error={start.error} />
        {running && <Group><Button variant="light" onClick={() => began(running)}>{t('Look at the search that runs')}</Button></Group>}
        <Card>
          <Grid>
            <Grid.Col span={{ base: 12, xs: 6 }}><TextInput type="date" label={t('First day')} {...form.getInputProps('from')} /></Grid.Col>
            <Grid.Col span={{ base: 12, xs: 6 }}><TextInput type="date" label={t('Last day')} {...form.getInputProps('to')} /></Grid.Col>
            <Grid.Col span={{ base: 12, xs: 8 }}><MultiSelect label={t('Bookings that are')} data={options(['draft', 'pending_approval', 'approved', 'confirmed', 'on_hold'])} {...form.getInputProps('statuses')} /></Grid.Col>
            <Grid.Col span={{ base: 12, xs: 4 }}><NumberInput label={t('Seconds to search')} min={1} max={300} {...number('seconds')} /></Grid.Col>
          </Grid>
          <Text size="sm" c="dimmed" mt="xs">{t('Days are in {{zone}}. The search ends earlier when no plan can be better.', { zone })}</Text>
        </Card>
        {may('override_presence') && (
          <Card>
            <Text fw={600} mb="xs">{t('May be passed over')}</Text>
            <Chip.Group multiple value={form.values.codes} onChange={(codes) => form.setFieldValue('codes', codes)}><Group gap={6}>{passed().map(([code, label]) => <Chip key={code} value={code} size="sm">{label}</Chip>)}</Group></Chip.Group>
            {form.values.codes.length > 0 && <TextInput mt="sm" label={t('Why?')} description={t('Kept in the story of each booking where it is passed over')} maxLength={1000} {...form.getInputProps('reason')} />}
          </Card>
        )}
        <Accordion variant="contained">
          <Accordion.Item value="weights">
            <Accordion.Control>{t('What counts, in points')}</Accordion.Control>
            <Accordion.Panel>
              <Text size="sm" c="dimmed" mb="sm">{t('Fewer open places always go first. Among plans that leave the same open, fewer points are better.')}</Text>
              <Grid>{weightsOf().map(([name, label]) => <Grid.Col key={name} span={{ base: 12, xs: 6 }}><NumberInput label={label} min={0} max={100} decimalScale={2} {...number(`weights.${name}`)} /></Grid.Col>)}</Grid>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
        <Group justify="flex-end"><Button type="submit" loading={start.isPending}>{t('Find a plan')}</Button></Group>
      </Stack>
    </form>
  )
}
