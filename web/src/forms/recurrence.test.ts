import { expect, it } from 'vitest'
import { once, ruleOf, sayRule, wrongRepeat } from './recurrence'

it('a rule is what RFC 5545 says, its days in the order of the week, its last day taken in', () => {
  const start = '2027-06-07T09:00'
  expect(ruleOf(once, start)).toBeNull()
  expect(ruleOf({ ...once, every: 'week', interval: 2, days: ['FR', 'MO'], ends: 'until', until: '2027-06-30' }, start)).toBe('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20270630')
  expect(ruleOf({ ...once, every: 'day', days: ['MO'] }, start)).toBe('FREQ=DAILY')
  expect(ruleOf({ ...once, every: 'month', ends: 'count', count: 6 }, start)).toBe('FREQ=MONTHLY;COUNT=6')
})

it('a weekday of a month is counted from its beginning, or is the last', () => {
  expect(ruleOf({ ...once, every: 'month', by: 'weekday' }, '2027-06-15T09:00')).toBe('FREQ=MONTHLY;BYDAY=3TU')
  expect(ruleOf({ ...once, every: 'month', by: 'last' }, '2027-06-29T09:00')).toBe('FREQ=MONTHLY;BYDAY=-1TU')
})

it('says what is wrong with a rule before it is sent', () => {
  const start = '2027-06-07T09:00' // a Monday
  expect(wrongRepeat({ ...once, every: 'week' }, start, true)).toBe('When does it end?')
  expect(wrongRepeat({ ...once, every: 'week' }, start, false)).toBeUndefined()
  expect(wrongRepeat({ ...once, every: 'week', ends: 'until', until: '2027-06-01' }, start, true)).toMatch(/before/)
  expect(wrongRepeat({ ...once, every: 'week', days: ['TU'], ends: 'count' }, start, true)).toMatch(/Mon/)
})

it('a rule is said in words, and one beyond the form as it stands', () => {
  expect(sayRule('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20270630T235959Z')).toBe('every 2 weeks on Mon, Fri until Jun 30, 2027')
  expect(sayRule('RRULE:FREQ=DAILY;COUNT=5')).toBe('every day 5 times')
  expect(sayRule('FREQ=MONTHLY;BYDAY=2TU,-1FR')).toBe('every month on the second Tue, the last Fri')
  expect(sayRule('FREQ=HOURLY')).toBe('FREQ=HOURLY')
  expect(sayRule('FREQ=MONTHLY;BYMONTHDAY=3')).toBe('FREQ=MONTHLY;BYMONTHDAY=3')
})
