// Times as people read them, in a zone that is always given.

const say = (options: Intl.DateTimeFormatOptions) => (instant: string | Date, zone: string) =>
  new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone }).format(new Date(instant))

export const sayDay = say({ weekday: 'short', day: 'numeric', month: 'short' })
export const sayDate = say({ day: 'numeric', month: 'short', year: 'numeric' })
export const sayTime = say({ hour: 'numeric', minute: '2-digit' })
const sayBoth = say({ weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })
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
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
  for (const [unit, length] of units) if (Math.abs(seconds) >= length) return format.format(Math.round(seconds / length), unit)
  return 'just now'
}
