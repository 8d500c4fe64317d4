import { expect, it } from 'vitest'
import { endingAt, once, ruleOf, sayRule } from './recurrence'

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

it('a rule that ends now keeps all but its end', () => {
  const now = new Date('2027-06-01T16:30:15.250Z')
  expect(endingAt('FREQ=WEEKLY;BYDAY=MO;COUNT=9', now)).toBe('FREQ=WEEKLY;BYDAY=MO;UNTIL=20270601T163015Z')
  expect(endingAt('RRULE:FREQ=DAILY;UNTIL=20280101T000000Z', now)).toBe('FREQ=DAILY;UNTIL=20270601T163015Z')
})
