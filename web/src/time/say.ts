import { t } from '../language/language'
import { writtenAs } from '../language/write'
// Times as people read them, in a zone that is always given.

const say = (options: Intl.DateTimeFormatOptions) => (instant: string | Date, zone: string) =>
  new Intl.DateTimeFormat(writtenAs(), { ...options, timeZone: zone }).format(new Date(instant))

export const sayDay = say({ weekday: 'short', day: 'numeric', month: 'short' })
export const sayDate = say({ day: 'numeric', month: 'short', year: 'numeric' })
export const sayTime = say({ hour: 'numeric', minute: '2-digit' })
export const sayBoth = say({ weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })
export const sayFull = say({ day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit' })

/** "Tue, Jun 1, 4:00 PM – 8:00 PM", or with both days where it ends on another. */
export function sayRange(start: string, end: string, zone: string): string {
  const sameDay = sayDate(start, zone) === sayDate(end, zone)
  return `${sayBoth(start, zone)} – ${sameDay ? sayTime(end, zone) : sayBoth(end, zone)}`
}

/** "3 h 30 min" */
export function sayLength(start: string, end: string): string {
  const minutes = Math.round((Date.parse(end) - Date.parse(start)) / 60_000)
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return [hours ? `${hours} h` : '', rest ? `${rest} min` : ''].filter(Boolean).join(' ') || '0 min'
}

/** "in 3 days", "2 hours ago" */
export function sayAgo(instant: string): string {
  const seconds = (Date.parse(instant) - Date.now()) / 1000
  const units: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3600], ['minute', 60]]
  const format = new Intl.RelativeTimeFormat(writtenAs(), { numeric: 'auto' })
  for (const [unit, length] of units) if (Math.abs(seconds) >= length) return format.format(Math.round(seconds / length), unit)
  return seconds > 0 ? t('in a moment') : t('just now')
}

/** "2027-06-01T09:00:00" on whatever clock it is, in words. */
export const sayLocal = (text: string, options: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }) =>
  new Intl.DateTimeFormat(writtenAs(), { ...options, timeZone: 'UTC' }).format(new Date(`${text.replace(' ', 'T').slice(0, 19)}Z`))

/** "2027-06-01", in words. */
export const sayLocalDay = (day: string) => sayLocal(`${day.slice(0, 10)}T00:00:00`, { day: 'numeric', month: 'short', year: 'numeric' })

/** The first and the last day of a range: "Nov 23 – 29, 2026". */
export const sayLocalDays = (first: string, last: string) =>
  new Intl.DateTimeFormat(writtenAs(), { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).formatRange(new Date(`${first.slice(0, 10)}T00:00:00Z`), new Date(`${last.slice(0, 10)}T00:00:00Z`))

/** The times of both ends on a clock, before or after noon once where both are: "8:00 – 9:30 AM", "10:00 PM – 4:00 AM". */
export function sayLocalTimes(start: string, end: string): string {
  const format = new Intl.DateTimeFormat(writtenAs(), { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
  const [from, to] = [start, end].map((text) => format.formatToParts(new Date(`${text.replace(' ', 'T').slice(0, 19)}Z`)))
  const half = (parts: Intl.DateTimeFormatPart[] = []) => parts.find(({ type }) => type === 'dayPeriod')?.value
  const said = (parts: Intl.DateTimeFormatPart[] = []) => parts.map(({ value }) => value).join('').trim()
  return `${said(half(from) === half(to) ? from?.filter(({ type }) => type !== 'dayPeriod') : from)} – ${said(to)}`
}

/** Both ends on a clock; the day once where it is the same. */
export const sayLocalRange = (start: string, end: string) =>
  `${sayLocal(start)} – ${start.slice(0, 10) === end.slice(0, 10) ? sayLocal(end, { hour: 'numeric', minute: '2-digit' }) : sayLocal(end)}`
