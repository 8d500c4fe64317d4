import { expect, it } from 'vitest'
import { once, ruleOf, sayRule } from './recurrence'

it('a rule is what RFC 5545 says, its days in the order of the week', () => {
  expect(ruleOf(once)).toBeNull()
  expect(ruleOf({ every: 'week', interval: 2, days: ['FR', 'MO'], until: '2027-06-30' })).toBe('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20270630T235959Z')
  expect(ruleOf({ every: 'day', interval: 1, days: ['MO'], until: '' })).toBe('FREQ=DAILY')
})

it('a rule is said in words, and one beyond the form as it stands', () => {
  expect(sayRule('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20270630T235959Z')).toBe('every 2 weeks on Mon, Fri until 2027-06-30')
  expect(sayRule('RRULE:FREQ=DAILY;COUNT=5')).toBe('every day 5 times')
  expect(sayRule('FREQ=HOURLY')).toBe('FREQ=HOURLY')
})
