import { expect, it } from 'vitest'
import { occurrences } from './occurrences'

const early = { localStart: '2027-03-01T09:00:00', localEnd: '2027-03-01T17:00:00', timezone: 'America/Denver', recurrence: 'FREQ=WEEKLY;BYDAY=MO,WE', exdates: ['2027-03-10T09:00:00'] }
const shown = (one: typeof early, from: string, to: string) => occurrences(one, new Date(from), new Date(to)).map(({ local, start, end }) => [local, start.toISOString(), (end.getTime() - start.getTime()) / 3_600_000])

it('nine stays nine when the clocks change, and what was taken out is out', () => {
  expect(shown(early, '2027-03-08T00:00:00Z', '2027-03-18T00:00:00Z')).toEqual([
    ['2027-03-08T09:00:00', '2027-03-08T16:00:00.000Z', 8],
    ['2027-03-15T09:00:00', '2027-03-15T15:00:00.000Z', 8],
    ['2027-03-17T09:00:00', '2027-03-17T15:00:00.000Z', 8],
  ])
})

it('a night over a change of clocks takes the time of the first', () => {
  const night = { ...early, localStart: '2027-03-12T22:00:00', localEnd: '2027-03-13T06:00:00', recurrence: 'FREQ=DAILY', exdates: [] }
  expect(shown(night, '2027-03-13T20:00:00Z', '2027-03-14T20:00:00Z')).toEqual([['2027-03-13T22:00:00', '2027-03-14T05:00:00.000Z', 8]])
})

it('ends with its last day, with an instant on its own clock, or after so many', () => {
  const rule = (recurrence: string) => shown({ ...early, recurrence, exdates: [] }, '2027-03-01T00:00:00Z', '2027-04-30T00:00:00Z').map(([local]) => local)
  expect(rule('FREQ=DAILY;UNTIL=20270303')).toHaveLength(3)
  // 16:00 UTC is nine o'clock in Denver: the third is still in; a second earlier it is not.
  expect(rule('FREQ=DAILY;UNTIL=20270303T160000Z')).toHaveLength(3)
  expect(rule('FREQ=DAILY;UNTIL=20270303T155959Z')).toHaveLength(2)
  expect(rule('FREQ=DAILY;COUNT=5')).toHaveLength(5)
})

it('what happens once is there once, and only in its range', () => {
  const one = { ...early, recurrence: null as unknown as string, exdates: [] }
  expect(shown(one, '2027-03-01T00:00:00Z', '2027-03-08T00:00:00Z')).toHaveLength(1)
  expect(shown(one, '2027-03-08T00:00:00Z', '2027-03-18T00:00:00Z')).toHaveLength(0)
})
