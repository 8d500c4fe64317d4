import { expect, it } from 'vitest'
import type { Booking } from '../../api/types'
import { inTheWay } from './blocks'

const at = (id: string, scheduledStart: string, scheduledEnd: string, locationId = 'l', status = 'approved') => ({ id, scheduledStart, scheduledEnd, locationId, status }) as Booking

it('bookings of one place that overlap stand in the way, those that touch do not', () => {
  const list = [at('a', '2027-06-01T10:00:00Z', '2027-06-01T12:00:00Z'), at('b', '2027-06-01T13:00:00Z', '2027-06-01T14:00:00Z'), at('c', '2027-06-01T10:00:00Z', '2027-06-01T14:00:00Z', 'other'), at('d', '2027-06-01T10:00:00Z', '2027-06-01T14:00:00Z', 'l', 'cancelled')]
  const ids = (start: string, end: string) => inTheWay(list, 'self', 'l', start, end).map(({ id }) => id)
  expect(ids('2027-06-01T12:00:00Z', '2027-06-01T13:00:00Z')).toEqual([])
  expect(ids('2027-06-01T11:59:00Z', '2027-06-01T13:01:00Z')).toEqual(['a', 'b'])
  expect(ids('2027-06-01T09:00:00Z', '2027-06-01T15:00:00Z')).toEqual(['a', 'b'])
  expect(inTheWay(list, 'a', 'l', '2027-06-01T10:30:00Z', '2027-06-01T12:30:00Z')).toEqual([])
})
