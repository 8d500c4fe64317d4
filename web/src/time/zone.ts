// Instants and the clocks of places. The API speaks UTC; people speak of a wall clock in a zone. `Intl` knows every
// zone's rules; converting back looks for the instant whose clock shows what was meant.

export interface Clock { year: number; month: number; day: number; hour: number; minute: number }

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone)
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
    formats.set(zone, found)
  }
  return found
}

/** What a clock in a zone shows at an instant. */
export function clockAt(instant: Date, zone: string): Clock {
  const parts: Record<string, number> = {}
  for (const { type, value } of format(zone).formatToParts(instant)) parts[type] = Number(value)
  return { year: parts['year'] ?? 0, month: parts['month'] ?? 1, day: parts['day'] ?? 1, hour: parts['hour'] ?? 0, minute: parts['minute'] ?? 0 }
}

const asUtc = (clock: Clock) => Date.UTC(clock.year, clock.month - 1, clock.day, clock.hour, clock.minute)

/**
 * The instant at which a clock in a zone shows this. In a gap, when clocks jump forward, the time moves forward by the
 * gap; in a fold, when an hour comes twice, the first one counts: as the server reads it.
 */
export function instantOf(clock: Clock, zone: string): Date {
  const wall = asUtc(clock)
  const offset = (at: number) => asUtc(clockAt(new Date(at), zone)) - at
  const day = 86_400_000
  const [before, after] = [offset(wall - day), offset(wall + day)]
  const first = wall - Math.max(before, after)
  if (asUtc(clockAt(new Date(first), zone)) === wall) return new Date(first)
  const second = wall - Math.min(before, after)
  if (asUtc(clockAt(new Date(second), zone)) === wall) return new Date(second)
  return new Date(wall - before)
}

const two = (number: number) => String(number).padStart(2, '0')

/** "2027-06-01T16:00", as an `<input type="datetime-local">` takes it. */
export const localText = (clock: Clock) => `${clock.year}-${two(clock.month)}-${two(clock.day)}T${two(clock.hour)}:${two(clock.minute)}`

/** The clock in "2027-06-01T16:00" or "2027-06-01 16:00:00"; nothing where there is none. */
export function clockIn(text: string): Clock | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})/.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute] = match.map(Number)
  return { year: year ?? 0, month: month ?? 0, day: day ?? 0, hour: hour ?? 0, minute: minute ?? 0 }
}

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

export const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
