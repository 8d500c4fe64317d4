import { Alert, Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconCalendarTime, IconMapPin } from '@tabler/icons-react'
import { api } from '../../api/client'
import { work } from '../../api/queries'
import type { Assignment, Booking } from '../../api/types'
import { useAccess } from '../../components/access'
import { sendOrKeep, useWaiting } from '../../forms/waiting'
import { t } from '../../language/language'
import { sayLength, sayRange, sayTime } from '../../time/say'
import { Header } from '../../ui/header'
import { Empty, Forbidden, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'
import { Feed } from './feed'
import { position } from './position'

/** What somebody in the field needs, on a telephone: offers, what comes next, being there. */
export function MyWork() {
  const { me, mayAnywhere } = useAccess()
  const field = mayAnywhere('own_availability')
  const query = useQuery({ ...work(me.user.id), enabled: field })
  if (!field) return <Forbidden />
  return (
    <>
      <Header title={t('My work')}><Button renderRoot={(props) => <Link to="/availability" {...props} />} variant="default" leftSection={<IconCalendarTime size={18} aria-hidden />}>{t('My availability')}</Button></Header>
      <Shown query={query}>{({ bookings: list }) => <Lists of={list} />}</Shown>
      <Stack maw={640} mx="auto" mt="lg"><Feed /></Stack>
    </>
  )
}

interface Mine { booking: Booking; one: Assignment }

function Lists({ of }: { of: Booking[] }) {
  const { me } = useAccess()
  const kept = useWaiting(me.user.id)
  const mine: Mine[] = of.filter(({ status }) => status !== 'cancelled').flatMap((booking) => booking.staffAssignments.filter(({ staff }) => staff.id === me.user.id).map((one) => ({ booking, one })))
  const pick = (...statuses: Assignment['status'][]) => mine.filter(({ one }) => statuses.includes(one.status))
  const groups: [string, Mine[]][] = [[t('You are there'), pick('checked_in')], [t('Will you come?'), pick('assigned')], [t('Coming up'), pick('confirmed')], [t('Done'), pick('completed', 'no_show').slice(-5)]]
  return (
    <Stack maw={640} mx="auto">
      {kept.length > 0 && <Alert color="yellow" title={t('Waiting for a connection')}>{t('{{count}} steps are kept on this device and sent by themselves as soon as there is a connection.', { count: kept.length, defaultValue_one: 'One step is kept on this device and sent by itself as soon as there is a connection.' })}</Alert>}
      {mine.length === 0 && <Empty title={t('No work yet')}>{t('When somebody asks you to come, it is here.')}</Empty>}
      {groups.map(([title, list]) => list.length > 0 && (
        <Stack key={title} gap="xs">
          <Title order={2}>{title}</Title>
          {list.map((it) => <Job key={it.one.id} {...it} kept={kept.some(({ assignmentId }) => assignmentId === it.one.id)} />)}
        </Stack>
      ))}
    </Stack>
  )
}

function Job({ booking, one, kept }: Mine & { kept: boolean }) {
  return (
    <Card>
      <Group justify="space-between" wrap="nowrap" align="start">
        <Stack gap={2} miw={0}>
          <Link className="row-link" to="/bookings/$id" params={{ id: booking.id }}>{booking.title}</Link>
          <Text size="sm">{sayRange(booking.scheduledStart, booking.scheduledEnd, booking.timezone)}</Text>
          <Text size="sm" c="dimmed">{words(one.role)} · {sayLength(booking.scheduledStart, booking.scheduledEnd)}</Text>
          {booking.location && <Text size="sm"><IconMapPin size={14} aria-hidden /> {booking.location.name}, {booking.location.city}</Text>}
          {one.checkedInAt && <Text size="sm">{t('Here since {{time}}', { time: sayTime(one.checkedInAt, booking.timezone) })}{one.checkIn?.withinGeofence === false && `, ${t('outside the geofence')}`}</Text>}
        </Stack>
        <Status of={one.status} about="assignment" />
      </Group>
      <Steps booking={booking} one={one} kept={kept} />
    </Card>
  )
}

function Steps({ booking, one, kept }: Mine & { kept: boolean }) {
  const { me } = useAccess()
  const queries = useQueryClient()
  const settled = { onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }) }
  const answer = useMutation({
    mutationFn: async (yes: boolean) => {
      const params = { path: { id: booking.id, assignmentId: one.id } }
      if (yes) await api.POST('/api/bookings/{id}/staff/{assignmentId}/confirm', { params, body: {} })
      else await api.POST('/api/bookings/{id}/staff/{assignmentId}/decline', { params, body: {} })
    },
    onSuccess: (_, yes) => tell(yes ? t('You are expected') : t('Declined')),
    ...settled,
  })
  const present = useMutation({
    mutationFn: async (step: 'check-in' | 'check-out') => {
      const at = new Date().toISOString()
      return sendOrKeep(me.user.id, { key: crypto.randomUUID(), bookingId: booking.id, assignmentId: one.id, step, presence: { ...(await position()), at } })
    },
    onSuccess: (how) => {
      if (how === 'kept') tell(t('No connection: kept, and sent later'))
    },
    ...settled,
  })
  if (kept) return <Text size="sm" c="dimmed" mt="sm">{t('Waits to be sent.')}</Text>
  return (
    <Group mt="sm" grow>
      {one.status === 'assigned' && <><Button size="md" aria-label={t('I will come: {{title}}', { title: booking.title })} loading={answer.isPending} onClick={() => answer.mutate(true)}>{t('I will come')}</Button><Button size="md" variant="default" aria-label={t('I cannot: {{title}}', { title: booking.title })} loading={answer.isPending} onClick={() => answer.mutate(false)}>{t('I cannot')}</Button></>}
      {one.status === 'confirmed' && <Button size="md" aria-label={t('Check in: {{title}}', { title: booking.title })} loading={present.isPending} onClick={() => present.mutate('check-in')}>{t('Check in')}</Button>}
      {one.status === 'checked_in' && <Button size="md" aria-label={t('Check out: {{title}}', { title: booking.title })} loading={present.isPending} onClick={() => present.mutate('check-out')}>{t('Check out')}</Button>}
    </Group>
  )
}
