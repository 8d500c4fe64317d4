import '@mantine/dates/styles.css'
import '@mantine/schedule/styles.css'
import { Button, Card, Group, SegmentedControl, Select } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { availability, bookingsBetween, locations } from '../../api/queries'
import type { Booking } from '../../api/types'
import { useAccess, useOrganizationFilter } from '../../components/access'
import { Header } from '../../ui/header'
import { Failed } from '../../ui/states'
import { Agenda } from './agenda'
import { Calendar } from './calendar'
import { rangeOf, todayIn, type View } from './days'
import { MoveDialog, type Move } from './move'
import { Rows } from './rows'

/** Everything that is booked, over time: as a calendar, by location or by person. */
export function Schedule() {
  const search = useSearch({ from: '/shell/schedule' })
  const navigate = useNavigate({ from: '/schedule' })
  const { organization, zone: own, may } = useAccess()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const zone = organization?.timezone ?? own
  const view = (['day', 'week', 'month', 'agenda'].includes(search.view ?? '') ? search.view : phone ? 'agenda' : 'week') as View
  const by = search.by === 'location' || search.by === 'staff' ? search.by : 'time'
  const date = search.date ?? todayIn(zone)
  const range = rangeOf(view, date, zone)
  const filter = useOrganizationFilter()
  const query = useQuery(bookingsBetween({ ...filter, ...range, ...(search.locationId ? { locationId: search.locationId } : {}) }))
  const places = useQuery(locations({ ...filter, limit: 200 }))
  const seesTime = may('read_staff_profiles') || may('approve_leave')
  const time = useQuery({ ...availability({ ...range, limit: 200 }), enabled: by === 'staff' && seesTime })
  const [move, setMove] = useState<Move>()
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }) })
  const list = (query.data ?? []).filter(({ status }) => status !== 'cancelled')
  const open = (booking: Booking, to?: { start: string; end: string; locationId?: string }) => setMove({ booking, ...to })
  const make = (start: string, end: string, locationId?: string) => {
    if (may('create_bookings')) void navigate({ to: '/bookings/new', search: { start, end, ...(locationId ? { locationId } : {}) } })
  }
  const shared = { list, zone, date, view, open, make, setDate: (day: string) => set({ date: day }), setView: (next: View) => set({ view: next }) }
  return (
    <>
      <Header title="Schedule" sub={`Times on the ${zone} clock`}>
        {may('create_bookings') && <Button component={Link} to="/bookings/new" leftSection={<IconPlus size={18} aria-hidden />}>New booking</Button>}
      </Header>
      <Group mb="md" gap="xs">
        <SegmentedControl aria-label="View" value={view} onChange={(next) => set({ view: next })} data={[{ value: 'day', label: 'Day' }, { value: 'week', label: 'Week' }, { value: 'month', label: 'Month' }, { value: 'agenda', label: 'Agenda' }]} />
        {view !== 'agenda' && <SegmentedControl aria-label="Rows" value={by} onChange={(next) => set({ by: next === 'time' ? undefined : next })} data={[{ value: 'time', label: 'Calendar' }, { value: 'location', label: 'By location' }, { value: 'staff', label: 'By person' }]} />}
        <Select aria-label="Location" placeholder="Every location" searchable clearable clearButtonProps={{ 'aria-label': 'Every location' }} value={search.locationId ?? null} onChange={(id) => set({ locationId: id ?? undefined })} data={(places.data?.locations ?? []).map(({ id, name }) => ({ value: id, label: name }))} />
      </Group>
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      <Card p={{ base: 'xs', sm: 'md' }} aria-busy={query.isFetching}>
        {view === 'agenda' ? <Agenda {...shared} /> : by === 'time' ? <Calendar {...shared} view={view} /> : <Rows {...shared} view={view} by={by} places={places.data?.locations ?? []} blocks={(time.data?.availability ?? []).filter(({ kind, approval }) => kind !== 'leave' || approval === 'approved')} />}
      </Card>
      {move && <MoveDialog key={move.booking.id + (move.start ?? '')} move={move} all={list} zone={zone} close={() => setMove(undefined)} />}
    </>
  )
}
