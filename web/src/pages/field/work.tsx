import { Alert, Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconCalendarTime, IconMapPin } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../api/client'
import { bookings } from '../../api/queries'
import type { Assignment, Booking } from '../../api/types'
import { useAccess } from '../../components/access'
import { sendOrKeep, waiting } from '../../forms/waiting'
import { sayLength, sayRange, sayTime } from '../../time/say'
import { Header } from '../../ui/header'
import { Empty, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'
import { position } from './position'

const DAY = 86_400_000

/** What somebody in the field needs, on a telephone: offers, what comes next, being there. */
export function MyWork() {
  const { me } = useAccess()
  const [now] = useState(() => Date.now())
  const query = useQuery(bookings({ assignedStaff: [me.user.id], from: new Date(now - 2 * DAY).toISOString(), sort: 'scheduledStart', limit: 100 }))
  return (
    <>
      <Header title="My work"><Button renderRoot={(props) => <Link to="/availability" {...props} />} variant="default" leftSection={<IconCalendarTime size={18} aria-hidden />}>My availability</Button></Header>
      <Shown query={query}>{({ bookings: list }) => <Lists of={list} />}</Shown>
    </>
  )
}

interface Mine { booking: Booking; one: Assignment }

function Lists({ of }: { of: Booking[] }) {
  const { me } = useAccess()
  const [kept, setKept] = useState(() => waiting(me.user.id))
  const mine: Mine[] = of.filter(({ status }) => status !== 'cancelled').flatMap((booking) => booking.staffAssignments.filter(({ staff }) => staff.id === me.user.id).map((one) => ({ booking, one })))
  const pick = (...statuses: Assignment['status'][]) => mine.filter(({ one }) => statuses.includes(one.status))
  const groups: [string, Mine[]][] = [['You are there', pick('checked_in')], ['Will you come?', pick('assigned')], ['Coming up', pick('confirmed')], ['Done', pick('completed', 'no_show').slice(-5)]]
  return (
    <Stack maw={640} mx="auto">
      {kept.length > 0 && <Alert color="yellow" title="Waiting for a connection">{kept.length === 1 ? 'One step is' : `${kept.length} steps are`} kept on this device and sent by itself as soon as there is a connection.</Alert>}
      {mine.length === 0 && <Empty title="No work yet">When somebody asks you to come, it is here.</Empty>}
      {groups.map(([title, list]) => list.length > 0 && (
        <Stack key={title} gap="xs">
          <Title order={2}>{title}</Title>
          {list.map((it) => <Job key={it.one.id} {...it} kept={kept.some(({ assignmentId }) => assignmentId === it.one.id)} changed={() => setKept(waiting(me.user.id))} />)}
        </Stack>
      ))}
    </Stack>
  )
}

function Job({ booking, one, kept, changed }: Mine & { kept: boolean; changed: () => void }) {
  return (
    <Card>
      <Group justify="space-between" wrap="nowrap" align="start">
        <Stack gap={2} miw={0}>
          <Link className="row-link" to="/bookings/$id" params={{ id: booking.id }}>{booking.title}</Link>
          <Text size="sm">{sayRange(booking.scheduledStart, booking.scheduledEnd, booking.timezone)}</Text>
          <Text size="sm" c="dimmed">{words(one.role)} · {sayLength(booking.scheduledStart, booking.scheduledEnd)}</Text>
          {booking.location && <Text size="sm"><IconMapPin size={14} aria-hidden /> {booking.location.name}, {booking.location.city}</Text>}
          {one.checkedInAt && <Text size="sm">Here since {sayTime(one.checkedInAt, booking.timezone)}{one.checkIn?.withinGeofence === false && ', outside the geofence'}</Text>}
        </Stack>
        <Status of={one.status} />
      </Group>
      <Steps booking={booking} one={one} kept={kept} changed={changed} />
    </Card>
  )
}

function Steps({ booking, one, kept, changed }: Mine & { kept: boolean; changed: () => void }) {
  const { me } = useAccess()
  const queries = useQueryClient()
  const settled = { onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }) }
  const answer = useMutation({
    mutationFn: async (yes: boolean) => {
      const params = { path: { id: booking.id, assignmentId: one.id } }
      if (yes) await api.POST('/api/bookings/{id}/staff/{assignmentId}/confirm', { params, body: {} })
      else await api.POST('/api/bookings/{id}/staff/{assignmentId}/decline', { params, body: {} })
    },
    onSuccess: (_, yes) => tell(yes ? 'You are expected' : 'Declined'),
    ...settled,
  })
  const present = useMutation({
    mutationFn: async (step: 'check-in' | 'check-out') => {
      const at = new Date().toISOString()
      return sendOrKeep(me.user.id, { key: crypto.randomUUID(), bookingId: booking.id, assignmentId: one.id, step, presence: { ...(await position()), at } })
    },
    onSuccess: (how) => {
      if (how === 'kept') tell('No connection: kept, and sent later')
      changed()
    },
    ...settled,
  })
  if (kept) return <Text size="sm" c="dimmed" mt="sm">Waits to be sent.</Text>
  return (
    <Group mt="sm" grow>
      {one.status === 'assigned' && <><Button size="md" loading={answer.isPending} onClick={() => answer.mutate(true)}>I will come</Button><Button size="md" variant="default" loading={answer.isPending} onClick={() => answer.mutate(false)}>I cannot</Button></>}
      {one.status === 'confirmed' && <Button size="md" loading={present.isPending} onClick={() => present.mutate('check-in')}>Check in</Button>}
      {one.status === 'checked_in' && <Button size="md" loading={present.isPending} onClick={() => present.mutate('check-out')}>Check out</Button>}
    </Group>
  )
}
