// Bookings as the calendar draws them.
import type { ScheduleEventData } from '@mantine/schedule'
import type { Booking } from '../../api/types'
import { sayLocalTimes } from '../../time/say'
import { statusColor } from '../../ui/status'
import { plusDays, shownAt, type View } from './days'

const FINAL = ['completed', 'cancelled', 'in_progress']

export const movable = (booking: Booking, may: boolean) => may && !FINAL.includes(booking.status)

/**
 * A booking as one block. In a day or a week one that goes over midnight is a block of each day: the calendar would lay it
 * over whole days, in a strip that is out of sight as soon as it is scrolled. Those parts are moved by the dialog alone.
 */
export function blocks(booking: Booking, zone: string, view: Exclude<View, 'agenda'>, row?: { id: string; of: 'location' | 'staff' }): ScheduleEventData[] {
  const [start, end] = [shownAt(booking.scheduledStart, zone), shownAt(booking.scheduledEnd, zone)]
  const whole: ScheduleEventData = {
    id: row ? `${booking.id}|${row.id}` : booking.id,
    title: booking.title,
    start,
    end,
    color: statusColor(booking.status),
    // A row of a location needs not say where it is: who comes is worth more.
    payload: { id: booking.id, times: sayLocalTimes(start, end), beside: row?.of === 'location' ? booking.staffAssignments.map(({ staff }) => staff.displayName).join(', ') : booking.location?.name },
    ...(row ? { resourceId: row.id } : {}),
  }
  const midnight = end.endsWith('00:00:00')
  const last = midnight ? plusDays(end, -1) : day(end)
  if (view === 'month' || (day(start) === last && !(midnight && start.endsWith('00:00:00')))) return [whole]
  const parts: ScheduleEventData[] = []
  for (let at = day(start); at <= last; at = plusDays(at, 1)) {
    // To a minute before midnight: from midnight to midnight would be a whole day again.
    parts.push({ ...whole, id: `${whole.id}|${at}`, start: at === day(start) ? start : `${at} 00:00:00`, end: at === last && !midnight ? end : `${at} 23:59:00`, payload: { ...whole.payload, part: true } })
  }
  return parts
}

const day = (text: string) => text.slice(0, 10)

/** The booking behind a block. */
export const behind = (list: Booking[], event: ScheduleEventData) => list.find(({ id }) => id === event.payload?.['id'])

/** Whether a block is all of its booking, and may be drawn elsewhere. */
export const undivided = (event: ScheduleEventData) => event.payload?.['part'] !== true
