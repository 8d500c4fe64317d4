// When something that recurs happens. A rule is expanded on the local clock, as the server does it (docs/availability.md):
// nine o'clock stays nine o'clock when the clocks change, a start that the clock skips moves forward, of a time that
// comes twice the first counts, and every occurrence takes the elapsed time of the first.
import { RRule } from 'rrule'
import { clockAt, clockIn, instantOf, localText } from './zone'

interface Recurring { localStart: string; localEnd: string; timezone: string; recurrence?: string | null; exdates: string[] }

export interface Occurrence {
  /** As the rule makes it, on its own clock: "2027-06-01T09:00:00". */
  local: string
  start: Date
  end: Date
}

/** More than these are not shown at once. */
const MOST = 400

const asUtc = (local: string) => new Date(`${local.slice(0, 10)}T${local.slice(11, 19).padEnd(8, ':00')}Z`)
const ofUtc = (date: Date) => date.toISOString().slice(0, 19)

function at(local: string, zone: string): Date {
  const clock = clockIn(local)
  return clock ? instantOf(clock, zone) : new Date(NaN)
}

/** An UNTIL that is an instant, as the clock of the zone shows it: the library reads it as a local time. */
const localUntil = (rule: string, zone: string) =>
  rule.replace(/UNTIL=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, (_, year: string, month: string, day: string, hour: string, minute: string, second: string) =>
    `UNTIL=${localText(clockAt(new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`), zone)).replace(/[-:]/g, '')}${second}Z`)
    .replace(/UNTIL=(\d{8})(?=;|$)/, 'UNTIL=$1T235959Z')

export function occurrences(one: Recurring, from: Date, to: Date): Occurrence[] {
  const length = at(one.localEnd, one.timezone).getTime() - at(one.localStart, one.timezone).getTime()
  const made = (local: string): Occurrence => {
    const start = at(local, one.timezone)
    return { local, start, end: new Date(start.getTime() + length) }
  }
  const first = ofUtc(asUtc(one.localStart.replace(' ', 'T')))
  let locals = [first]
  if (one.recurrence) {
    const rule = new RRule({ ...RRule.parseString(localUntil(one.recurrence.replace(/^RRULE:/, ''), one.timezone)), dtstart: asUtc(first) })
    const day = 86_400_000
    const out = new Set(one.exdates.map((text) => ofUtc(asUtc(text.replace(' ', 'T')))))
    locals = rule.between(new Date(from.getTime() - length - day), new Date(to.getTime() + day), true, (_, index) => index < MOST).map(ofUtc).filter((local) => !out.has(local))
  }
  return locals.map(made).filter(({ start, end }) => start < to && from < end)
}
