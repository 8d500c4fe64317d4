import { Box, Stack } from '@mantine/core'
import { ResourcesSchedule, type ScheduleEventData, type ScheduleResourceData } from '@mantine/schedule'
import type { Booking, Schedule, ScheduleRow } from '../../api/types'
import { useAccess } from '../../components/access'
import { calendarLabels, dayHeader, weekHeader } from '../../components/calendar-labels'
import { t } from '../../language/language'
import { Pages } from '../../ui/pages'
import { Empty } from '../../ui/states'
import { behind, blocks, movable, undivided } from './blocks'
import { HIDDEN } from './calendar'
import { face } from './face'
import { heights, inLanes, inLines, renderCard } from './lanes'
import { meantBy, shownAt, type View } from './days'

const NOWHERE = 'none'

/** A row has as many lanes as it needs, so none is left out of it. */
const ALL = 1000

/** A seventh of what the names of the rows leave, or what words need. */
const WEEKDAY = 'calc(max(8rem, (100cqi - 7.5rem - 1px) / 7))'

interface Props {
  of: Schedule; zone: string; date: string; view: Exclude<View, 'agenda'>; by: 'location' | 'staff'; page: number | undefined
  open: (booking: Booking, to?: { start: string; end: string; locationId?: string }) => void
  make: (start: string, end: string, locationId?: string) => void
  setDate: (day: string) => void
  setView: (view: View) => void
  turn: (page: number | undefined) => void
}

/** A row for each location or each person, with what people have said of their time behind it. */
export function Rows({ of, zone, date, view, by, page, open, make, setDate, setView, turn }: Props) {
  const { may } = useAccess()
  const list = of.bookings
  const byId = new Map(list.map((booking) => [booking.id, booking]))
  const events: ScheduleEventData[] = of.rows.flatMap((row) => [
    ...inLanes(row.bookingIds.flatMap((id) => { const booking = byId.get(id); return booking ? blocks(booking, zone, view, { id: rowId(row), of: by }) : [] }), view),
    ...behindIt(row, zone, view),
  ])
  const high = heights(events)
  const can = (event: ScheduleEventData) => {
    const booking = behind(list, event)
    return booking !== undefined && undivided(event) && movable(booking, may('create_bookings', booking.organizationId))
  }
  const dropped = ({ event, newStart, resourceId }: { event: ScheduleEventData; newStart: string; resourceId?: string | number }) => {
    const booking = behind(list, event)
    if (!booking) return
    const elsewhere = by === 'location' && resourceId !== undefined && resourceId !== NOWHERE && resourceId !== booking.locationId ? { locationId: String(resourceId) } : {}
    // A card of a week goes to another day, at the time that it is.
    const start = meantBy(view === 'week' ? `${newStart.slice(0, 10)} ${shownAt(booking.scheduledStart, zone).slice(11)}` : newStart, zone)
    const end = new Date(Date.parse(start) + Date.parse(booking.scheduledEnd) - Date.parse(booking.scheduledStart)).toISOString()
    open(booking, { start, end, ...elsewhere })
  }
  // Only the end that was drawn differs: the other may be drawn where the booking is not.
  const resized = ({ event, newStart, newEnd }: { event: ScheduleEventData; newStart: string; newEnd: string }) => {
    const booking = behind(list, event)
    if (booking) open(booking, { start: newStart === event.start ? booking.scheduledStart : meantBy(newStart, zone), end: newEnd === event.end ? booking.scheduledEnd : meantBy(newEnd, zone) })
  }
  const here = (resourceId: string | number | undefined) => (by === 'location' && resourceId !== NOWHERE && resourceId !== undefined ? String(resourceId) : undefined)
  const makeOn = (day: string, resourceId: string | number | undefined) => make(meantBy(`${day.slice(0, 10)} 09:00:00`, zone), meantBy(`${day.slice(0, 10)} 13:00:00`, zone), here(resourceId))
  const clock = () => shownAt(new Date().toISOString(), zone)
  if (of.rows.length === 0) return <Empty title={by === 'location' ? t('No locations') : t('Nobody works for this organization yet')} />
  return (
    <Stack>
      <ResourcesSchedule
        className="one-view" labels={{ ...calendarLabels(), resource: by === 'location' ? t('Location') : t('Person'), resources: by === 'location' ? t('Locations') : t('People') }} resources={of.rows.map(asResource(by === 'location' ? t('No location') : t('Nobody yet')))} events={events} renderEventBody={face} date={date} onDateChange={setDate} view={view} onViewChange={setView}
        renderResourceLabel={({ id, label }) => <Box className="row-name" mih={high.get(id)}>{label}</Box>}
        withEventsDragAndDrop withEventResize={view !== 'week'} canDragEvent={can} canResizeEvent={can} onEventDrop={dropped} onEventResize={resized}
        onEventClick={(event) => { const booking = behind(list, event); if (booking) open(booking) }}
        onTimeSlotClick={({ slotStart, slotEnd, resourceId }) => (view === 'week' ? makeOn(slotStart, resourceId) : make(meantBy(slotStart, zone), meantBy(slotEnd, zone), here(resourceId)))}
        {...(view === 'month' ? { onDayClick: ({ date: day, resourceId }) => makeOn(day, resourceId) } : {})}
        dayViewProps={{ ...dayHeader, startScrollTime: '07:00:00', slotWidth: '6.5rem', viewSelectProps: HIDDEN, getCurrentTime: clock, maxEventsPerTimeSlot: ALL }}
        weekViewProps={{ ...weekHeader, startScrollDateTime: `${date.slice(0, 10)} 00:00:00`, getCurrentTime: clock, firstDayOfWeek: 1, intervalMinutes: 1440, slotWidth: WEEKDAY, renderEvent: renderCard, withCurrentTimeIndicator: false, viewSelectProps: HIDDEN, maxEventsPerTimeSlot: ALL }} monthViewProps={{ viewSelectProps: HIDDEN, dayWidth: '7rem', rowHeight: '6.5rem', startScrollDate: date.slice(0, 10) }}
      />
      <Pages total={of.pagination.total} size={of.pagination.limit} page={page} turn={turn} of={t('rows')} />
    </Stack>
  )
}

const rowId = ({ location, staff }: ScheduleRow) => location?.id ?? staff?.id ?? NOWHERE

const asResource = (nobody: string) => (row: ScheduleRow): ScheduleResourceData => ({ id: rowId(row), label: row.location?.name ?? row.staff?.displayName ?? nobody })

const COLORS = { available: 'leaf', undeclared: 'gray', tentative: 'yellow', unavailable: 'red' } as const

/** What somebody has declared, and when they work elsewhere; of a month only what keeps them from coming, since it takes the place of bookings. */
function behindIt(row: ScheduleRow, zone: string, view: Props['view']): ScheduleEventData[] {
  const one = (kind: string, index: number, title: string, color: string, { start, end }: { start: string; end: string }): ScheduleEventData =>
    ({ id: `${kind}-${rowId(row)}-${index}`, title, color, display: 'background', resourceId: rowId(row), start: shownAt(start, zone), end: shownAt(end, zone) })
  const titles = { available: t('Available'), undeclared: t('Not said'), tentative: t('Perhaps'), unavailable: t('Not available') }
  const all = [
    ...(row.availability ?? []).filter(({ status }) => view !== 'month' || status === 'unavailable').map((time, index) => one('time', index, time.leave ? t('Leave') : titles[time.status], COLORS[time.status], time)),
    ...(row.busy ?? []).map((time, index) => one('busy', index, t('Works elsewhere'), 'violet', time)),
  ]
  return view === 'week' ? inLines(all) : all
}
