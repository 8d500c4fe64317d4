// A booking as a form holds it, and as the API takes it. Times in the form are those of the booking's own clock.
import type { Booking, CreateBooking } from '../api/types'
import { t } from '../language/language'
import { clockAt, clockIn, instantOf, localText } from '../time/zone'

interface RoleLine { role: string; count: number | ''; skills: string[] }

export interface BookingFields {
  title: string; description: string; operationType: string; activityType: string; priority: string
  locationId: string; start: string; end: string; timezone: string; budget: number | ''
  roles: RoleLine[]; minimumLevel: string; autoAssign: boolean; notes: string
}

export function emptyBooking(zone: string, start?: string, end?: string): BookingFields {
  const begin = start ? new Date(start) : nextMorning(zone)
  const finish = end ? new Date(end) : new Date(begin.getTime() + 4 * 3_600_000)
  return {
    title: '', description: '', operationType: '', activityType: '', priority: 'medium', locationId: '', timezone: zone, budget: '',
    start: localText(clockAt(begin, zone)), end: localText(clockAt(finish, zone)), roles: [], minimumLevel: '', autoAssign: false, notes: '',
  }
}

function nextMorning(zone: string): Date {
  const clock = clockAt(new Date(Date.now() + 86_400_000), zone)
  return instantOf({ ...clock, hour: 9, minute: 0 }, zone)
}

export function fieldsOf(booking: Booking): BookingFields {
  const requirements = booking.staffRequirements
  const roles = requirements?.roles ?? []
  const plain = roles.length === 0 && requirements?.count ? [{ role: '', count: requirements.count, skills: requirements.specialSkills ?? requirements.skills ?? [] }] : []
  return {
    title: booking.title, description: booking.description ?? '', operationType: booking.operationType, activityType: booking.activityType ?? '', priority: booking.priority,
    locationId: booking.locationId ?? '', timezone: booking.timezone, budget: booking.budget ?? '',
    start: localText(clockAt(new Date(booking.scheduledStart), booking.timezone)), end: localText(clockAt(new Date(booking.scheduledEnd), booking.timezone)),
    roles: roles.length ? roles.map(({ role, count, skills }) => ({ role, count, skills: skills ?? [] })) : plain,
    minimumLevel: requirements?.minimumLevel ?? '', autoAssign: requirements?.autoAssign ?? false, notes: booking.notes ?? '',
  }
}

/** What is wrong with the fields, by field; the server looks again. */
export function wrongIn(fields: BookingFields): Partial<Record<keyof BookingFields, string>> {
  const range = instants(fields)
  return {
    ...(fields.title.trim() ? fields.title.trim().length > 200 && { title: t('At most 200 characters') } : { title: t('A title is needed') }),
    ...(!range.start && { start: t('A day and a time') }),
    ...(!range.end && { end: t('A day and a time') }),
    ...(range.start && range.end && range.end <= range.start && { end: t('Must be after the start') }),
    ...(range.start && range.end && range.end.getTime() - range.start.getTime() > 31 * 86_400_000 && { end: t('At most 31 days') }),
    ...(fields.budget !== '' && fields.budget <= 0 && { budget: t('More than nothing, or empty') }),
    ...(fields.roles.some(({ count }) => !count) && { roles: t('How many of each?') }),
  } as Partial<Record<keyof BookingFields, string>>
}

export function instants({ start, end, timezone }: Pick<BookingFields, 'start' | 'end' | 'timezone'>): { start?: Date; end?: Date } {
  const [from, to] = [clockIn(start), clockIn(end)]
  return { ...(from && { start: instantOf(from, timezone) }), ...(to && { end: instantOf(to, timezone) }) }
}

type Body = Omit<CreateBooking, 'organizationId'>

/** The body of a request; the empty fields as nothing. */
export function bodyOf(fields: BookingFields): Body {
  const { start, end } = instants(fields)
  const named = fields.roles.filter(({ role }) => role.trim())
  const plain = fields.roles.filter(({ role }) => !role.trim())
  const count = plain.reduce((sum, line) => sum + Number(line.count), 0)
  const skills = [...new Set(plain.flatMap((line) => line.skills))]
  const wanted = fields.roles.length > 0 || fields.autoAssign || fields.minimumLevel
  return {
    title: fields.title.trim(), description: fields.description.trim() || null,
    ...(fields.operationType ? { operationType: fields.operationType as NonNullable<Body['operationType']> } : {}),
    activityType: (fields.activityType || null) as Body['activityType'] ?? null, priority: fields.priority as NonNullable<Body['priority']>,
    locationId: fields.locationId || null, timezone: fields.timezone, budget: fields.budget === '' ? null : fields.budget,
    scheduledStart: (start ?? new Date(0)).toISOString(), scheduledEnd: (end ?? new Date(0)).toISOString(), notes: fields.notes.trim() || null,
    staffRequirements: wanted
      ? {
          ...(count > 0 && named.length === 0 ? { count } : {}),
          ...(named.length > 0 ? { roles: [...named, ...plain.map((line) => ({ ...line, role: 'staff' }))].map(({ role, count: many, skills: list }) => ({ role: role.trim(), count: Number(many), skills: list })) } : {}),
          ...(skills.length > 0 && named.length === 0 ? { skills } : {}),
          ...(fields.minimumLevel ? { minimumLevel: fields.minimumLevel as 'beginner' } : {}),
          autoAssign: fields.autoAssign,
        }
      : null,
  }
}
