// What a page shows when it has nothing to show: each state says what it is and what can be done.
import { Alert, Button, Center, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconInbox, IconLock, IconMoodPuzzled, IconPlugConnectedX } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { problemIn } from '../api/errors'

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Center py="xl">
      <Stack align="center" gap="xs" maw={420}>
        <ThemeIcon size={48} radius="xl" variant="light"><IconInbox aria-hidden /></ThemeIcon>
        <Text fw={600}>{title}</Text>
        {children && <Text c="dimmed" size="sm" ta="center">{children}</Text>}
        {action}
      </Stack>
    </Center>
  )
}

function Waiting() {
  return <Center py="xl"><Loader aria-label="Loading" /></Center>
}

function Full({ icon, title, children, action }: { icon: ReactNode; title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <Center py={80}>
      <Stack align="center" gap="sm" maw={460}>
        <ThemeIcon size={64} radius="xl" variant="light">{icon}</ThemeIcon>
        <Title order={1} size="h2" ta="center">{title}</Title>
        <Text c="dimmed" ta="center">{children}</Text>
        {action}
      </Stack>
    </Center>
  )
}

export const Forbidden = () => (
  <Full icon={<IconLock aria-hidden />} title="Not for your role">Your role here does not open this page. Somebody who manages members can change it.</Full>
)

export const NotFound = () => (
  <Full icon={<IconMoodPuzzled aria-hidden />} title="Nothing here">There is no such page, or it belongs to an organization that you do not see.</Full>
)

export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const problem = problemIn(error)
  if (problem.status === 403) return <Forbidden />
  if (problem.status === 404) return <NotFound />
  const retry = again && <Button variant="light" onClick={again}>Try again</Button>
  if (problem.status === 0) return <Full icon={<IconPlugConnectedX aria-hidden />} title={problem.title} action={retry}>{problem.detail}</Full>
  return (
    <Alert color="red" title={problem.title} my="md">
      <Stack gap="xs" align="start">
        <Text size="sm">{problem.detail}</Text>
        {problem.requestId && <Text size="xs" c="dimmed">Request {problem.requestId}</Text>}
        {retry}
      </Stack>
    </Alert>
  )
}

/** What was asked for, or the state it is in. */
export function Shown<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />
  return <Waiting />
}
