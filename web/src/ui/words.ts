// Codes of the API as words: "pending_approval" is "Pending approval".
const OWN: Record<string, string> = {
  internal_field_manager: 'Field manager', internal_admin: 'Administrator', super_admin: 'Super administrator', staffId: 'Staff member',
}

export function words(code: string): string {
  const text = (OWN[code] ?? code.replaceAll('_', ' ')).trim()
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
}

/** Types of events as sentences: "BOOKING_CREATED" is "Booking created". */
export const eventWords = (type: string) => words(type.toLowerCase())

export const options = (codes: readonly string[]) => codes.map((value) => ({ value, label: words(value) }))
