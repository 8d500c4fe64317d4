import { Card, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { Availability } from '../../api/types'
import { t } from '../../language/language'
import { occurrences } from '../../time/occurrences'
import { sayLocal, sayLocalRange } from '../../time/say'
import { clockAt, localText } from '../../time/zone'
import { Status } from '../../ui/status'

/** The next two weeks as a list: what a telephone shows instead of a calendar. */
export function Coming({ of, open }: { of: Availability[]; open: (block: Availability, local: string) => void }) {
  const [now] = useState(() => new Date())
  const all = of
    .flatMap((block) => occurrences(block, now, new Date(now.getTime() + 14 * 86_400_000)).map((one) => ({ block, ...one })))
    .sort((a, b) => a.start.getTime() - b.start.getTime())
  return (
    <Card>
      <Title order={2} mb="xs">{t('The next two weeks')}</Title>
      {all.length === 0 ? <Text size="sm" c="dimmed">{t('Nothing is declared yet.')}</Text> : (
        <Stack gap={0}>
          {all.map(({ block, local, end }) => (
            <UnstyledButton key={block.id + local} py={8} style={{ borderTop: '1px solid var(--mantine-color-default-border)' }} onClick={() => open(block, local)} aria-label={t('Change {{name}}', { name: sayLocal(local) })}>
              <Group justify="space-between" wrap="nowrap">
                <Text size="sm">{sayLocalRange(local, localText(clockAt(end, block.timezone)))}</Text>
                <Status of={block.kind === 'leave' ? (block.approval ?? 'pending') : block.status} about="leave" />
              </Group>
            </UnstyledButton>
          ))}
        </Stack>
      )}
    </Card>
  )
}
