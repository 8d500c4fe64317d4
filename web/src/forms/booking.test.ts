import { describe, expect, it } from 'vitest'
import type { Booking } from '../api/types'
import { bodyOf, emptyBooking, fieldsOf, wrongIn } from './booking'

const fields = { ...emptyBooking('America/Denver'), title: ' Launch ', start: '2027-06-01T16:00', end: '2027-06-01T20:00' }

describe('a booking in a form', () => {
  it('is sent as instants of its own clock', () => {
    const body = bodyOf(fields)
    expect(body).toMatchObject({ title: 'Launch', scheduledStart: '2027-06-01T22:00:00.000Z', scheduledEnd: '2027-06-02T02:00:00.000Z', timezone: 'America/Denver', staffRequirements: null, budget: null })
  })
  it('of a day with 23 hours is an hour shorter than its clock says', () => {
    const body = bodyOf({ ...fields, start: '2027-03-14T00:00', end: '2027-03-15T00:00' })
    expect(Date.parse(body.scheduledEnd) - Date.parse(body.scheduledStart)).toBe(23 * 3_600_000)
  })
  it('of a day with 25 hours is an hour longer', () => {
    const body = bodyOf({ ...fields, start: '2027-11-07T00:00', end: '2027-11-08T00:00' })
    expect(Date.parse(body.scheduledEnd) - Date.parse(body.scheduledStart)).toBe(25 * 3_600_000)
  })
  it('asks for people by role, or for a number of them', () => {
    expect(bodyOf({ ...fields, roles: [{ role: '', count: 3, skills: ['sales'] }] }).staffRequirements).toEqual({ count: 3, skills: ['sales'], autoAssign: false })
    expect(bodyOf({ ...fields, roles: [{ role: 'lead', count: 1, skills: [] }, { role: '', count: 2, skills: [] }] }).staffRequirements?.roles?.map(({ role, count }) => [role, count])).toEqual([['lead', 1], ['staff', 2]])
  })
  it('says what is wrong before it is sent', () => {
    expect(wrongIn(fields)).toEqual({})
    expect(Object.keys(wrongIn({ ...fields, title: ' ', end: '2027-06-01T16:00', budget: 0, roles: [{ role: 'x', count: '', skills: [] }] })).sort()).toEqual(['budget', 'end', 'roles', 'title'])
    expect(wrongIn({ ...fields, end: '2027-07-03T16:00' })).toHaveProperty('end')
  })
  it('comes back from a booking as it went', () => {
    const body = bodyOf({ ...fields, roles: [{ role: 'lead', count: 1, skills: ['sales'] }], autoAssign: true, minimumLevel: 'expert', budget: 12.5 })
    const back = fieldsOf({ ...body, operationType: 'retail', staffAssignments: [] } as unknown as Booking)
    expect(back).toMatchObject({ title: 'Launch', start: fields.start, end: fields.end, budget: 12.5, autoAssign: true, minimumLevel: 'expert', roles: [{ role: 'lead', count: 1, skills: ['sales'] }] })
  })
})
