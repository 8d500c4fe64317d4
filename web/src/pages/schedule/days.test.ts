import { describe, expect, it } from 'vitest'
import { meantBy, plusDays, rangeOf, shownAt } from './days'

describe('the days of a view', () => {
  it('begin and end at midnight of the zone, also across a change of clocks', () => {
    expect(rangeOf('week', '2027-03-10', 'America/Denver')).toEqual({ from: '2027-03-08T07:00:00.000Z', to: '2027-03-15T06:00:00.000Z' })
    expect(rangeOf('day', '2027-11-07', 'America/Denver')).toEqual({ from: '2027-11-07T06:00:00.000Z', to: '2027-11-08T07:00:00.000Z' })
  })
  it('of a month are the six weeks that a calendar shows', () => {
    const { from, to } = rangeOf('month', '2027-06-15', 'UTC')
    expect([from, to]).toEqual(['2027-05-31T00:00:00.000Z', '2027-07-12T00:00:00.000Z'])
  })
  it('go over the ends of months and years', () => {
    expect(plusDays('2027-12-31', 1)).toBe('2028-01-01')
    expect(plusDays('2028-03-01', -1)).toBe('2028-02-29')
  })
})

it('a time goes to the calendar and comes back the same', () => {
  for (const instant of ['2027-06-01T22:00:00.000Z', '2027-03-14T09:30:00.000Z', '2027-12-31T23:45:00.000Z']) {
    expect(meantBy(shownAt(instant, 'America/Denver'), 'America/Denver')).toBe(instant)
  }
})
