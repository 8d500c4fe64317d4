// Bookings as the calendar draws them.
import type { ScheduleEventData } from '@mantine/schedule'
import type { Booking } from '../../api/types'
import { statusColor } from '../../ui/status'
import { shownAt } from './days'

const FINAL = ['completed', 'cancelled', 'in_progress']

export const movable = (booking: Booking, may: boolean) => may && !FINAL.includes(booking.status)

export function block(booking: Booking, zone: string, resourceId?: string): ScheduleEventData {
  return {
    id: resourceId ? `${booking.id}|${resourceId}` : booking.id,
    title: booking.title,
    start: shownAt(booking.scheduledStart, zone),
    end: shownAt(booking.scheduledEnd, zone),
    color: statusColor(booking.status),
    payload: { id: booking.id },
    ...(resourceId ? { resourceId } : {}),
  }
}

/** The booking behind a block. */
export const behind = (list: Booking[], event: ScheduleEventData) => list.find(({ id }) => id === event.payload?.['id'])
