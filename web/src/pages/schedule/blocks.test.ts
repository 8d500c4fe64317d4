import { describe, expect, it } from 'vitest'
import type { Booking } from '../../api/types'
import { blocks, undivided } from './blocks'

const booking = (scheduledStart: string, scheduledEnd: string) => ({ id: 'one', title: 'Pallets', status: 'approved', scheduledStart, scheduledEnd, location: null }) as unknown as Booking
const drawn = (start: string, end: string, view: 'day' | 'week' | 'month', zone = 'UTC') => blocks(booking(start, end), zone, view).map((one) => [one.start, one.end, undivided(one)])

describe('a booking on the calendar', () => {
  it('is a block of each day where it goes over midnight, on the clock that is shown', () => {
    expect(drawn('2026-11-28T03:00:00Z', '2026-11-28T09:00:00Z', 'week', 'America/New_York')).toEqual([
      ['2026-11-27 22:00:00', '2026-11-27 23:59:00', false],
      ['2026-11-28 00:00:00', '2026-11-28 04:00:00', false],
    ])
    expect(drawn('2026-11-28T03:00:00Z', '2026-11-28T09:00:00Z', 'week')).toEqual([['2026-11-28 03:00:00', '2026-11-28 09:00:00', true]])
  })

  it('stays whole in a month, and where it ends at midnight', () => {
    expect(drawn('2026-11-27T22:00:00Z', '2026-11-28T04:00:00Z', 'month')).toEqual([['2026-11-27 22:00:00', '2026-11-28 04:00:00', true]])
    expect(drawn('2026-11-27T22:00:00Z', '2026-11-28T00:00:00Z', 'day')).toEqual([['2026-11-27 22:00:00', '2026-11-28 00:00:00', true]])
  })

  it('is among the hours also when it takes whole days', () => {
    expect(drawn('2026-11-27T00:00:00Z', '2026-11-29T00:00:00Z', 'week')).toEqual([
      ['2026-11-27 00:00:00', '2026-11-27 23:59:00', false],
      ['2026-11-28 00:00:00', '2026-11-28 23:59:00', false],
    ])
  })
})
