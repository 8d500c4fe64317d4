// Codes of the API as words: "pending_approval" is "Pending approval". English is made from the code, other languages have
// each in their catalog; what they do not know (roles that somebody has thought of) is shown as it is in English.
import { codeWord } from '../language/language'

const OWN = new Map([['internal_field_manager', 'Field manager'], ['internal_admin', 'Administrator'], ['super_admin', 'Super administrator'], ['staffId', 'Staff member'], ['auto_staff_assignment_failed', 'Automatic staffing found no full team'], ['booking_reminder_due', 'Reminder sent'], ['residentMb', 'In use (MB)'], ['limitMb', 'Limit (MB)'], ['usagePercent', 'Usage (%)']])

function english(code: string): string {
  const text = (OWN.get(code) ?? code.replaceAll('_', ' ')).trim()
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
}

/** What a state is said of, where that changes the word: a leave is "aprobado", a booking "aprobada". */
export type About = 'assignment' | 'leave' | 'location'

export function words(code: string, about?: About): string {
  const named = codeWord(code, about)
  return named ? named.charAt(0).toLocaleUpperCase() + named.slice(1) : english(code)
}

/** The same within a sentence: German nouns keep their capital there. */
export const inWords = (code: string, about?: About) => codeWord(code, about) ?? english(code).toLowerCase()

/** Types of events as sentences: "BOOKING_CREATED" is "Booking created". */
export const eventWords = (type: string) => words(type.toLowerCase())

export const options = (codes: readonly string[]) => codes.map((value) => ({ value, label: words(value) }))
