import { Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

/** A page's title and what can be done on it. */
export function Header({ title, sub, children }: { title: string; sub?: ReactNode; children?: ReactNode }) {
  useDocumentTitle(`${title} · Rishi`)
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 260px">
        <Title order={1}>{title}</Title>
        {sub && <Text c="dimmed" size="sm" component="div">{sub}</Text>}
      </Stack>
      {children && <Group gap="xs">{children}</Group>}
    </Group>
  )
}
