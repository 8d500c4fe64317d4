import { Group, Pagination, Stack, Text } from '@mantine/core'
import { ResourcesSchedule, type ScheduleEventData, type ScheduleResourceData } from '@mantine/schedule'
import { useState } from 'react'
import type { Availability, Booking, Location } from '../../api/types'
import { useAccess } from '../../components/access'
import { Empty } from '../../ui/states'
import { words } from '../../ui/words'
import { behind, block, movable } from './blocks'
import { HIDDEN } from './calendar'
import { meantBy, shownAt, type View } from './days'

/** More rows than these make the page slow and nobody the wiser. */
const ROWS = 40
const NOWHERE = 'none'
const LIVE = ['assigned', 'confirmed', 'checked_in', 'completed']

interface Props {
  list: Booking[]; zone: string; date: string; view: Exclude<View, 'agenda'>; by: 'location' | 'staff'; places: Location[]; blocks: Availability[]
  open: (booking: Booking, to?: { start: string; end: string; locationId?: string }) => void
  make: (start: string, end: string, locationId?: string) => void
  setDate: (day: string) => void
  setView: (view: View) => void
}

/** A row for each location or each person. */
export function Rows({ list, zone, date, view, by, places, blocks, open, make, setDate, setView }: Props) {
  const { may } = useAccess()
  const [page, setPage] = useState(1)
  const all = by === 'location' ? locationRows(list, places) : staffRows(list, blocks)
  const shown = all.slice((page - 1) * ROWS, page * ROWS)
  const events: ScheduleEventData[] = by === 'location'
    ? list.map((booking) => block(booking, zone, booking.locationId ?? NOWHERE))
    : [...list.flatMap((booking) => people(booking).map(([id]) => block(booking, zone, id))), ...blocks.map((one) => background(one, zone))]
  const can = (event: ScheduleEventData) => {
    const booking = behind(list, event)
    return booking !== undefined && movable(booking, may('create_bookings', booking.organizationId))
  }
  const moved = ({ event, newStart, newEnd, resourceId }: { event: ScheduleEventData; newStart: string; newEnd: string; resourceId?: string | number }) => {
    const booking = behind(list, event)
    const elsewhere = by === 'location' && resourceId !== undefined && resourceId !== NOWHERE && resourceId !== booking?.locationId ? { locationId: String(resourceId) } : {}
    if (booking) open(booking, { start: meantBy(newStart, zone), end: meantBy(newEnd, zone), ...elsewhere })
  }
  const clock = () => shownAt(new Date().toISOString(), zone)
  if (all.length === 0) return <Empty title={by === 'location' ? 'No locations' : 'Nobody is assigned in this range'} />
  return (
    <Stack>
      <ResourcesSchedule
        resources={shown} events={events} date={date} onDateChange={setDate} view={view} onViewChange={setView}
        withEventsDragAndDrop withEventResize canDragEvent={can} canResizeEvent={can} onEventDrop={moved} onEventResize={moved}
        onEventClick={(event) => { const booking = behind(list, event); if (booking) open(booking) }}
        onTimeSlotClick={({ slotStart, slotEnd, resourceId }) => make(meantBy(slotStart, zone), meantBy(slotEnd, zone), by === 'location' && resourceId !== NOWHERE && resourceId !== undefined ? String(resourceId) : undefined)}
        dayViewProps={{ startTime: '05:00:00', endTime: '23:00:00', viewSelectProps: HIDDEN, getCurrentTime: clock }}
        weekViewProps={{ getCurrentTime: clock, firstDayOfWeek: 1, intervalMinutes: 240, slotWidth: '28px', slotLabelFormat: 'H', viewSelectProps: HIDDEN }} monthViewProps={{ viewSelectProps: HIDDEN }}
      />
      {all.length > ROWS && (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">{all.length} rows</Text>
          <Pagination total={Math.ceil(all.length / ROWS)} value={page} onChange={setPage} getItemProps={(number) => ({ 'aria-label': `Page ${number}` })} getControlProps={(control) => ({ 'aria-label': `${words(control)} page` })} />
        </Group>
      )}
    </Stack>
  )
}

const people = (booking: Booking): [string, string][] => booking.staffAssignments.filter(({ status }) => LIVE.includes(status)).map(({ staff }) => [staff.id, staff.displayName])

function locationRows(list: Booking[], places: Location[]): ScheduleResourceData[] {
  const used = new Map<string, string>(places.filter(({ status }) => status === 'active').map(({ id, name }) => [id, name]))
  for (const { location } of list) if (location) used.set(location.id, location.name)
  const rows = [...used].map(([id, label]) => ({ id, label }))
  return list.some(({ locationId }) => !locationId) ? [...rows, { id: NOWHERE, label: 'No location' }] : rows
}

function staffRows(list: Booking[], blocks: Availability[]): ScheduleResourceData[] {
  const names = new Map(list.flatMap(people))
  for (const { userId } of blocks) if (!names.has(userId)) names.set(userId, 'Somebody else')
  return [...names].filter(([, label]) => label !== 'Somebody else').map(([id, label]) => ({ id, label })).sort((a, b) => a.label.localeCompare(b.label))
}

/** What somebody has said of their time lies behind their work. */
function background(one: Availability, zone: string): ScheduleEventData {
  const shown = (local: string) => shownAt(meantBy(local, one.timezone), zone)
  const away = one.kind === 'leave' || one.status === 'unavailable'
  return {
    id: `time-${one.id}`, title: one.title ?? (one.kind === 'leave' ? 'Leave' : words(one.status)), display: 'background', resourceId: one.userId,
    color: away ? 'red' : one.status === 'tentative' ? 'yellow' : 'leaf', start: shown(one.localStart), end: shown(one.localEnd),
    ...(one.recurrence ? { recurrence: { rrule: one.recurrence.replace(/^RRULE:/, ''), exdate: one.exdates.map(shown) } } : {}),
  } as ScheduleEventData
}
