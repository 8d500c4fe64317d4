import { Schedule as MantineSchedule, type ScheduleEventData } from '@mantine/schedule'
import type { Booking } from '../../api/types'
import { useAccess } from '../../components/access'
import { calendarLabels, dayHeader, weekHeader } from '../../components/calendar-labels'
import { ownZone } from '../../time/zone'
import { behind, blocks, movable, undivided } from './blocks'
import { face } from './face'
import { meantBy, plusDays, shownAt, todayIn, type View } from './days'

/** The page has its own choice of views, which knows of more (the one for narrow screens is hidden in page.css). */
export const HIDDEN = { style: { display: 'none' } }

interface Props {
  list: Booking[]; zone: string; date: string; view: Exclude<View, 'agenda'>
  open: (booking: Booking, to?: { start: string; end: string }) => void
  make: (start: string, end: string) => void
  setDate: (day: string) => void
  setView: (view: View) => void
}

export function Calendar({ list, zone, date, view, open, make, setDate, setView }: Props) {
  const { may } = useAccess()
  const can = (event: ScheduleEventData) => {
    const booking = behind(list, event)
    return booking !== undefined && undivided(event) && movable(booking, may('create_bookings', booking.organizationId))
  }
  const moved = ({ event, newStart, newEnd }: { event: ScheduleEventData; newStart: string; newEnd: string }) => {
    const booking = behind(list, event)
    if (booking) open(booking, { start: meantBy(newStart, zone), end: meantBy(newEnd, zone) })
  }
  const times = { viewSelectProps: HIDDEN, getCurrentTime: () => shownAt(new Date().toISOString(), zone), startScrollTime: '07:00:00', scrollAreaProps: { mah: 'max(420px, calc(100dvh - 330px))' }, slotHeight: 44, allDaySlotHeight: 36 }
  return (
    <MantineSchedule className="one-view" labels={calendarLabels()}
      date={date} onDateChange={setDate} view={view} onViewChange={(next) => next !== 'year' && setView(next)}
      events={list.flatMap((booking) => blocks(booking, zone, view))} renderEventBody={face}
      withEventsDragAndDrop withEventResize withDragSlotSelect canDragEvent={can} canResizeEvent={can} onEventDrop={moved} onEventResize={moved}
      onEventClick={(event) => { const booking = behind(list, event); if (booking) open(booking) }}
      onTimeSlotClick={({ slotStart, slotEnd }) => make(meantBy(slotStart, zone), meantBy(slotEnd, zone))}
      onSlotDragEnd={(start, end) => make(meantBy(start, zone), meantBy(end, zone))}
      {...(view === 'month' ? { onDayClick: (day: string) => make(meantBy(`${day} 09:00:00`, zone), meantBy(`${day} 13:00:00`, zone)) } : {})}
      onAllDaySlotClick={(day) => make(meantBy(`${day} 00:00:00`, zone), meantBy(`${plusDays(day, 1)} 00:00:00`, zone))}
      dayViewProps={{ ...times, ...dayHeader }} weekViewProps={{ ...times, ...weekHeader, startScrollTime: '05:00:00', firstDayOfWeek: 1 }} monthViewProps={{ firstDayOfWeek: 1, highlightToday: todayIn(zone) === todayIn(ownZone()), viewSelectProps: HIDDEN }}
    />
  )
}
