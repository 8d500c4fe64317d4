import { Chip, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { t } from '../language/language'
import { DAYS, ruleOf, sayDayName, sayRule, sayWeekday, weekdayOf, type Every, type Repeat } from './recurrence'

interface Props {
  value: Repeat
  change: (value: Repeat) => void
  /** The local time of the first. */
  start: string
  /** Whether it has to end. */
  mustEnd?: boolean
  error?: string | undefined
}

const everyHowMany = () => ({ day: t('Every how many days'), week: t('Every how many weeks'), month: t('Every how many months'), year: t('Every how many years') })

/** How often something comes again. */
export function RepeatFields({ value, change, start, mustEnd = false, error }: Props) {
  const set = (more: Partial<Repeat>) => change({ ...value, ...more })
  const { code, nth } = weekdayOf(start)
  const choose = (every: Every) => set({ every, days: every === 'week' && value.days.length === 0 ? [code] : value.days, ends: mustEnd && value.ends === 'never' ? 'count' : value.ends })
  const rule = ruleOf(value, start)
  return (
    <Stack gap="sm">
      <Select label={t('Repeats')} allowDeselect={false} value={value.every} onChange={(every) => choose((every ?? 'never') as Every)}
        data={[{ value: 'never', label: t('Does not repeat') }, { value: 'day', label: t('Daily') }, { value: 'week', label: t('Weekly') }, { value: 'month', label: t('Monthly') }, { value: 'year', label: t('Yearly') }]} />
      {value.every !== 'never' && (
        <>
          <NumberInput label={everyHowMany()[value.every]} min={1} max={52} value={value.interval} onChange={(many) => set({ interval: Number(many) || 1 })} />
          {value.every === 'week' && <Chip.Group multiple value={value.days} onChange={(days) => set({ days })}><Group gap={6}>{DAYS.map((day) => <Chip key={day} value={day} size="sm">{sayDayName(day)}</Chip>)}</Group></Chip.Group>}
          {value.every === 'month' && (
            <Select label={t('On')} allowDeselect={false} value={value.by} onChange={(by) => set({ by: (by ?? 'date') as Repeat['by'] })}
              data={[{ value: 'date', label: t('day {{day}} of the month', { day: Number(start.slice(8, 10)) || 1 }) }, { value: 'weekday', label: sayWeekday(`${nth}${code}`) }, { value: 'last', label: sayWeekday(`-1${code}`) }]} />
          )}
          <Group grow align="start">
            <Select label={t('Ends')} allowDeselect={false} value={value.ends} onChange={(ends) => set({ ends: (ends ?? 'never') as Repeat['ends'] })}
              data={[...(mustEnd ? [] : [{ value: 'never', label: t('Never', { context: 'end' }) }]), { value: 'until', label: t('On a day') }, { value: 'count', label: t('After a number of times') }]} />
            {value.ends === 'until' && <TextInput label={t('Last day')} type="date" value={value.until} onChange={({ currentTarget }) => set({ until: currentTarget.value })} />}
            {value.ends === 'count' && <NumberInput label={t('How many')} min={1} max={366} value={value.count} onChange={(count) => set({ count: Number(count) || 1 })} />}
          </Group>
          {error ? <Text size="sm" c="var(--mantine-color-error)">{error}</Text> : rule && <Text size="sm" c="dimmed">{sayRule(rule)}</Text>}
        </>
      )}
    </Stack>
  )
}
