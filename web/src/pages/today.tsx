import { Card, Grid, Group, Stack, Text, Title, Badge, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { bookings, statistics } from '../api/queries'
import type { Booking } from '../api/types'
import { useAccess, useOrganizationFilter } from '../components/access'
import { BookingLine } from '../components/booking-line'
import { need } from '../components/need'
import { t } from '../language/language'
import { Header } from '../ui/header'
import { money } from '../ui/money'
import { Shown } from '../ui/states'
import { STYLES } from '../ui/status'
import { sayDay } from '../time/say'
import { clockAt } from '../time/zone'

const DAY = 86_400_000
/** How many of the next bookings are read to see what is wrong with them, and how many are listed. */
const READ = 100
const LISTED = 12

/** What waits for whoever looks, how things stand, what comes next. */
export function Today() {
  const { me, may, zone } = useAccess()
  const [now] = useState(() => Date.now())
  const filter = useOrganizationFilter()
  const own = may('own_availability')
  const window = { from: new Date(now - DAY / 2).toISOString(), to: new Date(now + 14 * DAY).toISOString() }
  const mine = own ? { assignedStaff: [me.user.id] } : {}
  // Asked again each minute: what has begun meanwhile is nobody's change.
  const next = useQuery({ ...bookings({ ...filter, ...mine, ...window, status: ['approved', 'confirmed', 'in_progress', 'on_hold'], sort: 'scheduledStart', limit: READ }), refetchInterval: 60_000 })
  const approvals = useQuery({ ...bookings({ ...filter, status: ['pending_approval'], sort: 'scheduledStart', limit: 20 }), enabled: may('approve_bookings') || may('create_bookings') })
  const open = next.data?.bookings.filter((booking) => placesOpen(booking) > 0) ?? []
  const answers = next.data?.bookings.filter((booking) => booking.staffAssignments.some(({ staff, status }) => status === 'assigned' && (!own || staff.id === me.user.id))) ?? []
  const at = next.dataUpdatedAt
  // Of those that were read; there may be more.
  const counted = (list: Booking[]) => next.data && `${list.length}${next.data.pagination.total > READ ? '+' : ''}`
  const late = next.data?.bookings.filter((booking) => Date.parse(booking.scheduledStart) <= at && at < Date.parse(booking.scheduledEnd) && awaited(booking).length > 0) ?? []
  const soon = next.data?.bookings.filter((booking) => Date.parse(booking.scheduledStart) < at + DAY / 2 && at < Date.parse(booking.scheduledEnd) && awaited(booking).some(({ staff }) => staff.id === me.user.id)) ?? []
  return (
    <>
      <Header title={greeting(me.user.displayName, clockAt(new Date(now), zone).hour)} sub={sayDay(new Date(now), zone)}>
        {may('create_bookings') && <Button component={Link} to="/bookings/new" leftSection={<IconPlus size={18} aria-hidden />}>{t('New booking')}</Button>}
        {own && <Button component={Link} to="/work">{t('My work')}</Button>}
      </Header>
      {may('read_statistics') && <Figures />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack>
            {(may('approve_bookings') || may('create_bookings')) && (
              <Panel title={may('approve_bookings') ? t('To approve') : t('Waiting for approval')} count={approvals.data?.pagination.total}>
                <Shown part query={approvals}>{({ bookings: list }) => <Lines of={list} none={t('Nothing waits for approval.')} />}</Shown>
              </Panel>
            )}
            <Panel title={own ? t('Waiting for your answer') : t('Waiting for staff to answer')} count={counted(answers)}>
              <Shown part query={next}>{() => <Lines of={answers} none={own ? t('You have answered everything.') : t('Everybody has answered.')} />}</Shown>
            </Panel>
            {own && (
              <Panel title={t('To check in')} count={counted(soon)}>
                <Shown part query={next}>{() => <Lines of={soon} none={t('Nothing begins in the next hours.')} extra={({ title }) => <Button component={Link} to="/work" size="compact-sm" aria-label={t('Check in: {{title}}', { title })}>{t('Check in')}</Button>} />}</Shown>
              </Panel>
            )}
            {may('assign_staff') && (
              <Panel title={t('Not checked in')} count={counted(late)}>
                <Shown part query={next}>{() => <Lines of={late} none={t('Whoever should be there by now is.')} extra={(booking) => <Badge color="red" variant="light" tt="none" styles={STYLES}>{t('{{count}} missing', { count: awaited(booking).length, defaultValue_one: '{{count}} missing' })}</Badge>} />}</Shown>
              </Panel>
            )}
            {may('assign_staff') && (
              <Panel title={t('Not staffed yet')} count={counted(open)}>
                <Shown part query={next}>{() => <Lines of={open} none={t('Every booking of the next two weeks has its people.')} extra={(booking) => <Badge color="orange" variant="light" tt="none" styles={STYLES}>{t('{{count}} open', { count: placesOpen(booking), defaultValue_one: '{{count}} open' })}</Badge>} />}</Shown>
              </Panel>
            )}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Panel title={t('The next two weeks')} count={next.data?.pagination.total}>
            <Shown part query={next}>{({ bookings: list }) => <><Lines of={list.slice(0, LISTED)} none={t('Nothing is planned.')} />{list.length > LISTED && <Link to="/schedule" search={{ view: 'agenda' }}>{t('All in the schedule')}</Link>}</>}</Shown>
          </Panel>
        </Grid.Col>
      </Grid>
    </>
  )
}

function greeting(name: string, hour: number): string {
  const first = name.split(' ')[0] ?? name
  return hour < 12 ? t('Good morning, {{name}}', { name: first }) : hour < 18 ? t('Good afternoon, {{name}}', { name: first }) : t('Good evening, {{name}}', { name: first })
}

/** How many people a booking still lacks. */
function placesOpen(booking: Booking): number {
  const { wanted, there } = need(booking)
  return Math.max(0, wanted - there)
}

/** Who has said that they come, and has not come yet. */
const awaited = ({ staffAssignments }: Booking) => staffAssignments.filter(({ status }) => status === 'confirmed')

function Panel({ title, count, children }: { title: string; count: number | string | undefined; children: React.ReactNode }) {
  return (
    <Card>
      <Group justify="space-between" wrap="nowrap" mb="xs"><Title order={2}>{title}</Title>{count !== undefined && <Badge variant="default" size="lg">{count}</Badge>}</Group>
      {children}
    </Card>
  )
}

function Lines({ of, none, extra }: { of: Booking[]; none: string; extra?: (booking: Booking) => React.ReactNode }) {
  if (of.length === 0) return <Text c="dimmed" size="sm" py="xs">{none}</Text>
  return <Stack gap={0}>{of.map((booking) => <BookingLine key={booking.id} booking={booking} extra={extra?.(booking)} />)}</Stack>
}

function Figures() {
  const filter = useOrganizationFilter()
  const { organization } = useAccess()
  const query = useQuery(statistics(filter))
  if (query.isError) return null
  const data = query.data
  const tiles: [string, string | number | undefined][] = [
    [t('Active bookings'), data?.activeBookings],
    [t('Completed'), data?.completedBookings],
    [t('Cancelled'), data?.cancelledBookings],
    ...(data?.totalRevenue !== null && data?.totalRevenue !== undefined ? [[t('Revenue'), money(data.totalRevenue, organization?.currency)] as [string, string]] : []),
  ]
  return (
    <Grid mb="md" gap="md">
      {tiles.map(([label, value], i) => (
        <Grid.Col key={label} span={{ base: 6, md: 3 }}>
          <Card><Text size="sm" c="dimmed">{label}</Text><Text size="xl" fw={700} className="numbers">{value ?? '…'}</Text><Text size="xs" c="dimmed">{i === 0 ? t('now') : t('All time')}</Text></Card>
        </Grid.Col>
      ))}
    </Grid>
  )
}
