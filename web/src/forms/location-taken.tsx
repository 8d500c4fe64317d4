import { Alert, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { IconAlertTriangle } from '@tabler/icons-react'
import { bookings } from '../api/queries'
import { t } from '../language/language'
import { sayRange } from '../time/say'

interface Props { organizationId: string; locationId: string | undefined; start: Date | undefined; end: Date | undefined; zone: string; not: string | undefined }

/** Looks, while one chooses, whether a place is free for a booking. The server decides when it is saved. */
export function LocationTaken({ organizationId, locationId, start, end, zone, not }: Props) {
  const [range] = useDebouncedValue(start && end && end > start ? `${start.toISOString()}|${end.toISOString()}` : '', 400)
  const [from, to] = range.split('|')
  const query = useQuery({
    ...bookings({ organizationId, ...(locationId ? { locationId } : {}), ...(from && to ? { from, to } : {}), limit: 10 }),
    enabled: Boolean(from && to && locationId),
  })
  const inTheWay = query.data?.bookings.filter(({ status, id }) => status !== 'cancelled' && id !== not) ?? []
  if (!from || !locationId || inTheWay.length === 0) return null
  return (
    <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={t('The location is taken then')} mt="md">
      {inTheWay.map((booking) => <Text key={booking.id} size="sm">{booking.title}: {sayRange(booking.scheduledStart, booking.scheduledEnd, zone)}</Text>)}
    </Alert>
  )
}
