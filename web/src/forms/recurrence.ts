// How often something comes again, as a form holds it and as an RRULE (RFC 5545) says it.

export interface Repeat { every: 'never' | 'day' | 'week'; interval: number; days: string[]; until: string }

export const DAYS = [['MO', 'Mon'], ['TU', 'Tue'], ['WE', 'Wed'], ['TH', 'Thu'], ['FR', 'Fri'], ['SA', 'Sat'], ['SU', 'Sun']] as const

export const once: Repeat = { every: 'never', interval: 1, days: [], until: '' }

/** Nothing for what happens once. */
export function ruleOf({ every, interval, days, until }: Repeat): string | null {
  if (every === 'never') return null
  const parts = [`FREQ=${every === 'day' ? 'DAILY' : 'WEEKLY'}`]
  if (interval > 1) parts.push(`INTERVAL=${interval}`)
  if (every === 'week' && days.length) parts.push(`BYDAY=${DAYS.map(([code]) => code).filter((code) => days.includes(code)).join(',')}`)
  if (until) parts.push(`UNTIL=${until.replaceAll('-', '')}T235959Z`)
  return parts.join(';')
}

/** "every week on Mon, Tue until 2027-06-30"; a rule beyond this form as it is. */
export function sayRule(rule: string): string {
  const parts = new Map(rule.replace(/^RRULE:/, '').split(';').map((part) => part.split('=') as [string, string]))
  const unit = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' }[parts.get('FREQ') ?? '']
  if (!unit) return rule
  const interval = Number(parts.get('INTERVAL') ?? 1)
  const days = parts.get('BYDAY')?.split(',').map((code) => DAYS.find(([known]) => known === code)?.[1] ?? code)
  const until = parts.get('UNTIL')
  return [
    interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`, days && `on ${days.join(', ')}`,
    until && `until ${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`, parts.has('COUNT') && `${parts.get('COUNT')} times`,
  ].filter(Boolean).join(' ')
}

/** The same rule, at its end: nothing of it begins after this instant. */
export function endingAt(rule: string, instant: Date): string {
  const kept = rule.replace(/^RRULE:/, '').split(';').filter((part) => !/^(UNTIL|COUNT)=/.test(part))
  return [...kept, `UNTIL=${instant.toISOString().replace(/[-:]|\.\d+/g, '')}`].join(';')
}
