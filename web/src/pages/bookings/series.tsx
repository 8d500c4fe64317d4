import { Button, Card, Collapse, Group, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { series as read } from '../../api/queries'
import type { Booking } from '../../api/types'
import { sayRule } from '../../forms/recurrence'
import { t } from '../../language/language'
import { sayRange } from '../../time/say'
import { Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { inWords } from '../../ui/words'

/** The others of the series that a booking belongs to. */
export function Series({ of, series }: { of: Booking; series: NonNullable<Booking['series']> }) {
  const [opened, { toggle }] = useDisclosure()
  const query = useQuery(read(series.id))
  return (
    <Card>
      <Shown part query={query}>
        {(it) => {
          const [before, after] = [-1, 1].map((step) => it.occurrences.find(({ number }) => number === series.number + step)?.bookingId)
          const step = (id: string | undefined, label: string) => id && <Button size="xs" variant="default" renderRoot={(props) => <Link to="/bookings/$id" params={{ id }} {...props} />}>{label}</Button>
          return (
            <>
              <Group justify="space-between">
                <div><Title order={2}>{t('Number {{number}} of {{total}}', { number: series.number, total: it.occurrences.length })}</Title><Text size="sm" c="dimmed">{sayRule(it.recurrence)}{series.changed?.length ? `; ${t('changed in this one: {{fields}}', { fields: series.changed.map((field) => inWords(field)).join(', ') })}` : ''}</Text></div>
                <Group gap="xs">{step(before, t('The one before'))}{step(after, t('The next'))}<Button size="xs" variant="light" aria-expanded={opened} onClick={toggle}>{t('All')}</Button></Group>
              </Group>
              <Collapse expanded={opened}>
                <Stack gap={0} mt="sm" mah={320} style={{ overflowY: 'auto' }} tabIndex={0} role="region" aria-label={t('All of the series')}>
                  {it.occurrences.map((one) => (
                    <Group key={one.bookingId} justify="space-between" wrap="nowrap" py={4}>
                      {one.bookingId === of.id ? <Text size="sm" fw={700}>{one.number}. {sayRange(one.scheduledStart, one.scheduledEnd, it.timezone)}</Text> : <Link to="/bookings/$id" params={{ id: one.bookingId }}><Text size="sm" span>{one.number}. {sayRange(one.scheduledStart, one.scheduledEnd, it.timezone)}</Text></Link>}
                      <Status of={one.status} size="xs" />
                    </Group>
                  ))}
                </Stack>
              </Collapse>
            </>
          )
        }}
      </Shown>
    </Card>
  )
}
