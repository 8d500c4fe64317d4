// The figures as a file for a spreadsheet.
import type { Statistics } from '../api/types'

type Cell = string | number | null | undefined

export function rowsOf(figures: Statistics): Cell[][] {
  const named = (group: string, counts: object) => Object.entries(counts as Record<string, number>).map(([name, count]) => [group, name, count])
  return [
    ['group', 'name', 'value'],
    ...(['totalBookings', 'activeBookings', 'completedBookings', 'cancelledBookings', 'totalRevenue', 'totalBudget', 'totalActualCost', 'averageBookingValue'] as const).map((name) => ['total', name, figures[name]]),
    ...named('status', figures.byStatus), ...named('location', figures.byLocation), ...named('operation', figures.byOperationType),
    ...figures.monthlyTrends.flatMap(({ month, total, completed, cancelled, revenue }) => [['month', `${month} total`, total], ['month', `${month} completed`, completed], ['month', `${month} cancelled`, cancelled], ['month', `${month} revenue`, revenue]]),
    ...figures.staffUtilization.flatMap((one) => [['assigned hours', one.displayName, one.assignedHours], ['worked hours', one.displayName, one.workedHours]]),
  ]
}

/** RFC 4180; what a spreadsheet would take for a formula stays text (OWASP, CSV injection). */
export function csv(rows: Cell[][]): string {
  const cell = (value: Cell) => {
    if (typeof value === 'number') return String(value)
    const text = value ?? ''
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

export function download(name: string, rows: Cell[][]) {
  const address = URL.createObjectURL(new Blob([csv(rows)], { type: 'text/csv' }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  URL.revokeObjectURL(address)
}
