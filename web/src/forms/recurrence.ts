import { t } from '../language/language'
import { sayLocal, sayLocalDay } from '../time/say'
// How often something comes again, as a form holds it and as an RRULE (RFC 5545) says it.

export type Every = 'never' | 'day' | 'week' | 'month' | 'year'
export interface Repeat {
  every: Every; interval: number; days: string[]
  /** In a month: on this day of it, or on the same weekday, counted from its beginning or its end. */
  by: 'date' | 'weekday' | 'last'
  ends: 'never' | 'until' | 'count'; until: string; count: number
}

export const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const

/** "MO" is "Mon"; another code as it is. The first of January 2024 was a Monday. */
export function sayDayName(code: string): string {
  const index = DAYS.findIndex((day) => day === code)
  return index < 0 ? code : sayLocal(`2024-01-0${index + 1}T00:00:00`, { weekday: 'short' })
}

export const once: Repeat = { every: 'never', interval: 1, days: [], by: 'date', ends: 'never', until: '', count: 10 }

/** The code of a local day's weekday, and the how-many-eth of it in its month. */
export function weekdayOf(local: string): { code: string; nth: number } {
  const day = new Date(`${local.slice(0, 10)}T00:00:00Z`)
  return { code: DAYS[(day.getUTCDay() + 6) % 7] ?? DAYS[0], nth: Math.ceil(day.getUTCDate() / 7) }
}

/** The rule for what first happens at a local time; nothing for what happens once. The last day is taken in. */
export function ruleOf({ every, interval, days, by, ends, until, count }: Repeat, start: string): string | null {
  if (every === 'never') return null
  const parts = [`FREQ=${{ day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY', year: 'YEARLY' }[every]}`]
  if (interval > 1) parts.push(`INTERVAL=${interval}`)
  if (every === 'week' && days.length) parts.push(`BYDAY=${DAYS.filter((code) => days.includes(code)).join(',')}`)
  if (every === 'month' && by !== 'date') {
    const { code, nth } = weekdayOf(start)
    parts.push(`BYDAY=${by === 'last' ? -1 : nth}${code}`)
  }
  if (ends === 'until' && until) parts.push(`UNTIL=${until.replaceAll('-', '')}`)
  if (ends === 'count') parts.push(`COUNT=${count}`)
  return parts.join(';')
}

/** What is wrong with a rule before it is sent: what must end has an end, and the first is one of them. */
export function wrongRepeat(repeat: Repeat, start: string, mustEnd: boolean): string | undefined {
  if (repeat.every === 'never') return undefined
  if (repeat.ends === 'until' && !repeat.until) return t('Until which day?')
  if (repeat.ends === 'until' && repeat.until < start.slice(0, 10)) return t('It ends before it begins')
  if (repeat.ends === 'never' && mustEnd) return t('When does it end?')
  if (repeat.every === 'week' && repeat.days.length && !repeat.days.includes(weekdayOf(start).code)) return t('The first is on a {{day}}, which is not among the days', { day: sayDayName(weekdayOf(start).code) })
  return undefined
}

/** "every week on Mon, Tue until Jun 30, 2027"; a rule beyond this form as it is. */
export function sayRule(rule: string): string {
  const parts = new Map(rule.replace(/^RRULE:/, '').split(';').map((part) => part.split('=') as [string, string]))
  const rhythm = sayRhythm(parts.get('FREQ'), Number(parts.get('INTERVAL') ?? 1))
  if (!rhythm || [...parts.keys()].some((key) => !['FREQ', 'INTERVAL', 'BYDAY', 'UNTIL', 'COUNT', 'WKST'].includes(key))) return rule
  const days = parts.get('BYDAY')?.split(',').map(sayWeekday)
  const until = parts.get('UNTIL')
  return [
    rhythm, days && t('on {{days}}', { days: days.join(', ') }),
    until && t('until {{day}}', { day: sayLocalDay(`${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`) }), parts.has('COUNT') && t('{{count}} times', { count: Number(parts.get('COUNT')), defaultValue_one: '{{count}} time' }),
  ].filter(Boolean).join(' ')
}

function sayRhythm(frequency: string | undefined, count: number): string | undefined {
  switch (frequency) {
    case 'DAILY': return t('every {{count}} days', { count, defaultValue_one: 'every day' })
    case 'WEEKLY': return t('every {{count}} weeks', { count, defaultValue_one: 'every week' })
    case 'MONTHLY': return t('every {{count}} months', { count, defaultValue_one: 'every month' })
    case 'YEARLY': return t('every {{count}} years', { count, defaultValue_one: 'every year' })
    default: return undefined
  }
}

/** "MO" is "Mon", "2TU" "the second Tue", "-1FR" "the last Fri". */
export function sayWeekday(code: string): string {
  const [, nth = '', day = ''] = /^(-?\d*)([A-Z]{2})$/.exec(code) ?? []
  if (!day) return code
  const label = sayDayName(day)
  switch (nth) {
    case '': return label
    case '-1': return t('the last {{day}}', { day: label })
    case '1': return t('the first {{day}}', { day: label })
    case '2': return t('the second {{day}}', { day: label })
    case '3': return t('the third {{day}}', { day: label })
    case '4': return t('the fourth {{day}}', { day: label })
    case '5': return t('the fifth {{day}}', { day: label })
    default: return code
  }
}
