import { Alert, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body, ifMatch } from '../../api/client'
import { problemIn } from '../../api/errors'
import type { Booking } from '../../api/types'
import { useAccess } from '../../components/access'
import { LocationTaken } from '../../forms/location-taken'
import { t } from '../../language/language'
import { sayRange } from '../../time/say'
import { clockAt, localText } from '../../time/zone'
import { Dialog } from '../../ui/dialog'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { movable } from './blocks'
import { meantBy } from './days'

export interface Move { booking: Booking; start?: string; end?: string; locationId?: string }

/** A booking that was clicked or dropped: what it is, and where it is to go. Everything a drag does can be done here. */
export function MoveDialog({ move: { booking, start, end, locationId }, zone, close }: { move: Move; zone: string; close: () => void }) {
  const { may } = useAccess()
  const shown = (instant: string) => localText(clockAt(new Date(instant), zone))
  const [from, setFrom] = useState(shown(start ?? booking.scheduledStart))
  const [to, setTo] = useState(shown(end ?? booking.scheduledEnd))
  const queries = useQueryClient()
  const range = { scheduledStart: meantBy(from, zone), scheduledEnd: meantBy(to, zone) }
  const place = locationId ?? booking.locationId
  const changed = locationId !== undefined || range.scheduledStart !== new Date(booking.scheduledStart).toISOString() || range.scheduledEnd !== new Date(booking.scheduledEnd).toISOString()
  const save = useMutation({
    mutationFn: () => body(api.PATCH('/api/bookings/{id}', { params: { path: { id: booking.id }, header: ifMatch(booking) }, body: { ...range, ...(locationId ? { locationId } : {}) } })),
    meta: { shown: true },
    onSuccess: () => {
      tell(t('{{title}} moved', { title: booking.title }))
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }),
  })
  const problem = save.error && problemIn(save.error)
  const can = movable(booking, may('create_bookings', booking.organizationId))
  return (
    <Dialog close={close} title={booking.title}>
      <Stack>
        <Group gap="xs"><Status of={booking.status} /><Text size="sm">{sayRange(booking.scheduledStart, booking.scheduledEnd, zone)}{booking.location ? ` · ${booking.location.name}` : ''}</Text></Group>
        {booking.staffAssignments.length > 0 && <Text size="sm" c="dimmed">{booking.staffAssignments.map(({ staff }) => staff.displayName).join(', ')}</Text>}
        {can && (
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput type="datetime-local" label={t('Starts')} value={from} onChange={({ currentTarget }) => setFrom(currentTarget.value)} />
            <TextInput type="datetime-local" label={t('Ends')} value={to} onChange={({ currentTarget }) => setTo(currentTarget.value)} />
          </SimpleGrid>
        )}
        {locationId && <Text size="sm">{t('It moves to another location as well.')}</Text>}
        {changed && <LocationTaken organizationId={booking.organizationId} locationId={place ?? undefined} start={new Date(range.scheduledStart)} end={new Date(range.scheduledEnd)} zone={zone} not={booking.id} />}
        {problem && <Alert color="red" title={problem.title} role="alert">{problem.detail}{problem.conflicts?.map((conflict) => <Text key={conflict.start} size="sm">{t('Taken {{when}}', { when: sayRange(conflict.start, conflict.end, zone) })}</Text>)}{problem.errors?.map(({ field, message }) => <Text key={field} size="sm">{message}</Text>)}</Alert>}
        <Group justify="space-between">
          <Button variant="subtle" renderRoot={(props) => <Link to="/bookings/$id" params={{ id: booking.id }} {...props} />}>{t('Open the booking')}</Button>
          {can && <Button disabled={!changed || range.scheduledEnd <= range.scheduledStart} loading={save.isPending} onClick={() => save.mutate()}>{t('Move')}</Button>}
        </Group>
      </Stack>
    </Dialog>
  )
}
