import type { Booking } from '../api/types'

const THERE = ['assigned', 'confirmed', 'checked_in', 'completed']

/** How many people a booking wants, and how many it has. */
export function need({ staffRequirements, staffAssignments }: Booking): { wanted: number; there: number } {
  const wanted = staffRequirements?.roles?.length ? staffRequirements.roles.reduce((sum, { count }) => sum + count, 0) : (staffRequirements?.count ?? 0)
  return { wanted, there: staffAssignments.filter(({ status }) => THERE.includes(status)).length }
}
