import '@mantine/dates/styles.css'
import '@mantine/schedule/styles.css'
import { Button, Card, Center, Group, Loader, SegmentedControl, Select, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconPlus } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { everyBooking, everyLocation, schedule } from '../../api/queries'
import type { Booking } from '../../api/types'
import { useAccess, useOrganizationFilter } from '../../components/access'
import { t } from '../../language/language'
import { Header } from '../../ui/header'
import { Failed } from '../../ui/states'
import { Agenda } from './agenda'
import { rangeOf, todayIn, type View } from './days'
import type { Move } from './move'

// Each way to look at it is loaded when it is first looked at; the one that most begin with, together with the page.
const calendar = () => import('./calendar')
const Calendar = lazy(async () => ({ default: (await calendar()).Calendar }))
const RowsView = lazy(async () => ({ default: (await import('./rows')).Rows }))
const MoveDialog = lazy(async () => ({ default: (await import('./move')).MoveDialog }))

const NARROW = '(max-width: 48em)'
// What fails here is tried again when it is drawn, and told then.
if (!matchMedia(NARROW).matches) calendar().catch(() => undefined)

/** More rows than these make the page slow and nobody the wiser. */
const ROWS = 40

/** Everything that is booked, over time: as a calendar, by location or by person. */
export function Schedule() {
  const search = useSearch({ from: '/shell/schedule' })
  const navigate = useNavigate({ from: '/schedule' })
  const { organization, zone: own, may } = useAccess()
  const phone = useMediaQuery(NARROW, false, { getInitialValueInEffect: false })
  const zone = organization?.timezone ?? own
  const view = (['day', 'week', 'month', 'agenda'].includes(search.view ?? '') ? search.view : phone ? 'agenda' : 'week') as View
  const by = view !== 'agenda' && (search.by === 'location' || search.by === 'staff') ? search.by : 'time'
  const date = search.date ?? todayIn(zone)
  const asked = { ...useOrganizationFilter(), ...rangeOf(view, date, zone) }
  const all = useQuery({ ...everyBooking(asked), enabled: by === 'time' })
  const rows = useQuery({ ...schedule({ ...asked, by: by === 'staff' ? 'staff' : 'location', limit: ROWS, page: search.page ?? 1 }), enabled: by !== 'time' })
  const query = by === 'time' ? all : rows
  const places = useQuery(everyLocation(useOrganizationFilter()))
  const [move, setMove] = useState<Move>()
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, page: undefined, ...change }) })
  const here = (booking: Booking) => booking.status !== 'cancelled' && (!search.locationId || booking.locationId === search.locationId)
  const list = ((by === 'time' ? all.data : rows.data?.bookings) ?? []).filter(here)
  const open = (booking: Booking, to?: { start: string; end: string; locationId?: string }) => setMove({ booking, ...to })
  const make = (start: string, end: string, locationId?: string) => {
    if (may('create_bookings')) void navigate({ to: '/bookings/new', search: { start, end, ...(locationId ? { locationId } : {}) } })
  }
  const shared = { zone, date, open, make, setDate: (day: string) => set({ date: day }), setView: (next: View) => set({ view: next }) }
  return (
    <>
      <Header title={t('Schedule')} sub={t('Times in {{zone}}', { zone })}>
        {may('create_bookings') && <Button renderRoot={(props) => <Link to="/bookings/new" {...props} />} leftSection={<IconPlus size={18} aria-hidden />}>{t('New booking')}</Button>}
      </Header>
      <Group mb="md" gap="xs">
        <SegmentedControl aria-label={t('View')} value={view} onChange={(next) => set({ view: next })} data={[{ value: 'day', label: t('Day') }, { value: 'week', label: t('Week') }, { value: 'month', label: t('Month') }, { value: 'agenda', label: t('Agenda') }]} />
        {view !== 'agenda' && <SegmentedControl aria-label={t('Rows')} value={by} onChange={(next) => set({ by: next === 'time' ? undefined : next })} data={[{ value: 'time', label: t('Calendar') }, { value: 'location', label: t('By location') }, { value: 'staff', label: t('By person') }]} />}
        <Select aria-label={t('Location')} placeholder={t('Every location')} searchable clearable clearButtonProps={{ 'aria-label': t('Every location') }} value={search.locationId ?? null} onChange={(id) => set({ locationId: id ?? undefined })} data={(places.data ?? []).map(({ id, name }) => ({ value: id, label: name }))} />
        {query.isPending ? <Loader size="sm" aria-label={t('Loading')} /> : by === 'time' && view !== 'agenda' && query.data && list.length === 0 && <Text size="sm" c="dimmed" role="status">{t('Nothing is planned in these days.')}</Text>}
      </Group>
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {!(query.isError && query.data === undefined) && (
        <Card p={{ base: 'xs', sm: 'md' }} aria-busy={query.isFetching}>
          <Suspense fallback={<Center py="xl"><Loader aria-label={t('Loading')} /></Center>}>
            {view === 'agenda' ? <Agenda {...shared} list={list} />
              : by === 'time' ? <Calendar {...shared} list={list} view={view} />
              : rows.data && <RowsView {...shared} of={{ ...rows.data, bookings: list }} view={view} by={by} page={search.page} turn={(page) => set({ page })} />}
          </Suspense>
        </Card>
      )}
      {move && <Suspense><MoveDialog key={move.booking.id + (move.start ?? '')} move={move} zone={zone} close={() => setMove(undefined)} /></Suspense>}
    </>
  )
}
