import { describe, expect, it } from 'vitest'
import { clockAt, clockIn, instantOf, localText } from './zone'

const at = (text: string, zone: string) => {
  const clock = clockIn(text)
  if (!clock) throw new Error(text)
  return instantOf(clock, zone).toISOString()
}

describe('the clock of a place', () => {
  it('is read in its own zone', () => {
    expect(at('2027-06-01T16:00', 'America/Denver')).toBe('2027-06-01T22:00:00.000Z')
    expect(at('2027-01-01T16:00', 'America/Denver')).toBe('2027-01-01T23:00:00.000Z')
    expect(at('2027-06-01T16:00', 'Asia/Kathmandu')).toBe('2027-06-01T10:15:00.000Z')
  })
  it('moves forward in the gap when clocks jump', () => {
    // 02:30 does not exist in Denver on 2027-03-14: it is 03:30 daylight time.
    expect(at('2027-03-14T02:30', 'America/Denver')).toBe('2027-03-14T09:30:00.000Z')
    expect(at('2027-03-28T02:30', 'Europe/Berlin')).toBe('2027-03-28T01:30:00.000Z')
  })
  it('means the first of two in the fold', () => {
    expect(at('2027-11-07T01:30', 'America/Denver')).toBe('2027-11-07T07:30:00.000Z')
    expect(at('2027-10-31T02:30', 'Europe/Berlin')).toBe('2027-10-31T00:30:00.000Z')
  })
  it('comes back as it went, every hour of the months in which clocks change, in zones of several kinds', () => {
    for (const zone of ['America/Denver', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'UTC']) {
      for (const month of [2, 3, 9, 10]) for (let hour = 0; hour < 700; hour += 1) {
        const instant = new Date(Date.UTC(2027, month, 1, hour))
        const back = instantOf(clockAt(instant, zone), zone)
        const apart = instant.getTime() - back.getTime()
        // In a fold the second hour reads as the first.
        expect([0, 3_600_000, 1_800_000]).toContain(apart)
        expect(localText(clockAt(back, zone))).toBe(localText(clockAt(instant, zone)))
      }
    }
  })
  it('is nothing where there is none', () => {
    expect(clockIn('tomorrow')).toBeUndefined()
  })
})
