import { Group, Pagination, Text } from '@mantine/core'
import { t } from '../language/language'

interface Props { total: number; size: number; page: number | undefined; turn: (page: number | undefined) => void; of?: string }

const controls = () => ({ first: t('First page'), previous: t('Previous page'), next: t('Next page'), last: t('Last page') })

/** Which page of a list is shown; nothing where one page holds all. */
export function Pages({ total, size, page = 1, turn, of = t('entries') }: Props) {
  if (total <= size) return null
  const first = (page - 1) * size + 1
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" c="dimmed">{t('{{first}}–{{last}} of {{total}} {{entries}}', { first, last: Math.min(total, first + size - 1), total, entries: of })}</Text>
      <Pagination total={Math.ceil(total / size)} value={page} onChange={(next) => turn(next === 1 ? undefined : next)} getItemProps={(number) => ({ 'aria-label': t('Page {{number}}', { number }) })} getControlProps={(control) => ({ 'aria-label': controls()[control] })} />
    </Group>
  )
}
