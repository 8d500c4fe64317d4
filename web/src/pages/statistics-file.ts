// The figures as a file for a spreadsheet.
import type { Statistics } from '../api/types'
import type { Cell } from '../ui/csv'

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
