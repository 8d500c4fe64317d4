// What the calendar says by itself, and how it writes days, in the language of the pages.
import type { ScheduleLabelsOverride } from '@mantine/schedule'
import { t } from '../language/language'
import { sayLocal, sayLocalDays } from '../time/say'

export const calendarLabels = (): ScheduleLabelsOverride => ({
  day: t('Day'), week: t('Week'), month: t('Month'), year: t('Year'), today: t('Today'), previous: t('Previous'), next: t('Next'),
  allDay: t('All day'), weekday: t('Weekday'), timeSlot: t('Time slot'), resourceSlot: t('Time slot'), selectMonth: t('Select month'), selectYear: t('Select year'),
  moreLabel: (count) => t('+{{count}} more', { count, defaultValue_one: '+{{count}} more' }), noEvents: t('No events'),
})

/** Hours beside the days, as the reader writes them: "1 PM" or "13:00". */
const slotLabelFormat = (at: string) => {
  const written = sayLocal(at, { hour: 'numeric', minute: '2-digit' })
  return written.replace(/:00(?=\s*[ap]\.?\s?m)/i, '')
}

export const dayHeader = { slotLabelFormat, headerFormat: (day: string) => sayLocal(`${day.slice(0, 10)}T00:00:00`, { day: 'numeric', month: 'long', year: 'numeric' }) }
export const weekHeader = { slotLabelFormat, renderWeekLabel: ({ weekStart, weekEnd }: { weekStart: string; weekEnd: string }) => sayLocalDays(weekStart, weekEnd) }
