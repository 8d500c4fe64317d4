// Which days a view shows, and instants as the calendar takes them: the text of a clock without a zone.
import { clockAt, clockIn, instantOf, localText } from '../../time/zone'

export type View = 'day' | 'week' | 'month' | 'agenda'

const dayOf = (text: string) => text.slice(0, 10)

/** "2027-06-01" some days later. */
export function plusDays(day: string, count: number): string {
  const at = new Date(`${dayOf(day)}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + count)
  return at.toISOString().slice(0, 10)
}

export const todayIn = (zone: string) => dayOf(localText(clockAt(new Date(), zone)))

const mondayOf = (day: string) => plusDays(day, -((new Date(`${dayOf(day)}T00:00:00Z`).getUTCDay() + 6) % 7))

/** From the first midnight shown to the last, as the API takes them. */
export function rangeOf(view: View, day: string, zone: string): { from: string; to: string } {
  const midnight = (text: string) => {
    const clock = clockIn(`${text}T00:00`)
    return (clock ? instantOf(clock, zone) : new Date(0)).toISOString()
  }
  const first = view === 'day' || view === 'agenda' ? dayOf(day) : view === 'week' ? mondayOf(day) : mondayOf(`${day.slice(0, 7)}-01`)
  const count = { day: 1, week: 7, month: 42, agenda: 14 }[view]
  return { from: midnight(first), to: midnight(plusDays(first, count)) }
}

/** "2027-06-01 16:00:00" on the clock of a zone. */
export const shownAt = (instant: string, zone: string) => `${localText(clockAt(new Date(instant), zone)).replace('T', ' ')}:00`

/** The instant that a text of the calendar means. */
export function meantBy(text: string, zone: string): string {
  const clock = clockIn(text)
  return (clock ? instantOf(clock, zone) : new Date(text)).toISOString()
}
