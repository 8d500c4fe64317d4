import { WeekView, type ScheduleEventData } from '@mantine/schedule'
import { useMemo } from 'react'
import type { Availability } from '../../api/types'
import { calendarLabels, weekHeader } from '../../components/calendar-labels'
import { t } from '../../language/language'
import { occurrences } from '../../time/occurrences'
import { clockAt, clockIn, instantOf, localText } from '../../time/zone'
import { statusColor } from '../../ui/status'
import { inWords, words } from '../../ui/words'

interface Props {
  of: Availability[]; zone: string; date: string
  setDate: (day: string) => void
  open: (block: Availability, local: string) => void
  make: (start: string, end: string) => void
}

const shown = (at: Date, zone: string) => `${localText(clockAt(at, zone)).replace('T', ' ')}:00`
const state = (one: Availability) => (one.kind === 'leave' ? (one.approval ?? 'pending') : one.status)
const minute = (text: string) => text.replace(' ', 'T').slice(0, 16)

/** A week of what one has said, each time as it happens; a click changes it, a drag over free time adds some. */
export function OwnWeek({ of, zone, date, setDate, open, make }: Props) {
  const events = useMemo(() => {
    const noon = clockIn(`${date.slice(0, 10)}T12:00`)
    if (!noon) return []
    const middle = instantOf(noon, zone).getTime()
    const week = 8 * 86_400_000
    return of.flatMap((block) => occurrences(block, new Date(middle - week), new Date(middle + week)).map(({ local, start, end }): ScheduleEventData => ({
      id: `${block.id}|${local}`, title: block.title ?? (block.kind === 'leave' ? t('Leave, {{status}}', { status: inWords(state(block), 'leave') }) : words(block.status)), color: block.kind === 'leave' ? 'red' : statusColor(block.status),
      start: shown(start, zone), end: shown(end, zone), payload: { block: block.id, local },
    })))
  }, [of, zone, date])
  return (
    <WeekView
      className="one-view" labels={calendarLabels()} {...weekHeader} date={date} onDateChange={setDate} events={events} firstDayOfWeek={1} startScrollTime="05:00:00" scrollAreaProps={{ mah: 420 }} slotHeight={36} allDaySlotHeight={36} viewSelectProps={{ style: { display: 'none' } }}
      getCurrentTime={() => shown(new Date(), zone)} withDragSlotSelect
      onEventClick={({ payload }) => {
        const block = of.find(({ id }) => id === payload?.['block'])
        if (block) open(block, String(payload?.['local']))
      }}
      onTimeSlotClick={({ slotStart, slotEnd }) => make(minute(slotStart), minute(slotEnd))}
      onSlotDragEnd={(start, end) => make(minute(start), minute(end))}
    />
  )
}
