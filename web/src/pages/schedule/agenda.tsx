import { Button, Group, Stack, Text, Title } from '@mantine/core'
import type { Booking } from '../../api/types'
import { BookingLine } from '../../components/booking-line'
import { t } from '../../language/language'
import { sayDate, sayDay } from '../../time/say'
import { Empty } from '../../ui/states'
import { plusDays, todayIn } from './days'

/** Two weeks as a list, day by day: what a telephone shows. */
export function Agenda({ list, zone, date, setDate }: { list: Booking[]; zone: string; date: string; setDate: (day: string) => void }) {
  const days = new Map<string, Booking[]>()
  for (const booking of list) {
    const day = sayDate(booking.scheduledStart, zone)
    days.set(day, [...(days.get(day) ?? []), booking])
  }
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap={6}>
          <Button variant="default" size="xs" onClick={() => setDate(plusDays(date, -14))}>{t('Earlier')}</Button>
          <Button variant="default" size="xs" onClick={() => setDate(todayIn(zone))}>{t('Today')}</Button>
          <Button variant="default" size="xs" onClick={() => setDate(plusDays(date, 14))}>{t('Later')}</Button>
        </Group>
        <Text size="sm" c="dimmed">{t('{{count}} bookings', { count: list.length, defaultValue_one: '{{count}} booking' })}</Text>
      </Group>
      {list.length === 0 && <Empty title={t('Nothing is planned in these two weeks')} />}
      {[...days.values()].map((day) => day[0] && (
        <div key={day[0].id}>
          <Title order={2} mb={4}>{sayDay(day[0].scheduledStart, zone)}</Title>
          {day.map((booking) => <BookingLine key={booking.id} booking={booking} />)}
        </div>
      ))}
    </Stack>
  )
}
