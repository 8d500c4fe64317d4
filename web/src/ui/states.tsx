// What a page shows when it has nothing to show: each state says what it is and what can be done.
import { Alert, Button, Center, Group, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconInbox, IconLock, IconMoodPuzzled, IconPlugConnectedX } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { problemIn } from '../api/errors'
import { t } from '../language/language'

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Center py="xl">
      <Stack align="center" gap="xs" maw={420}>
        <ThemeIcon size={48} radius="xl" variant="light"><IconInbox aria-hidden /></ThemeIcon>
        <Text fw={600} ta="center">{title}</Text>
        {children && <Text c="dimmed" size="sm" ta="center">{children}</Text>}
        {action}
      </Stack>
    </Center>
  )
}

function Waiting() {
  return <Center py="xl"><Loader aria-label={t('Loading')} /></Center>
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

/** The way on from a page that is none. */
const Home = () => <Button variant="light" renderRoot={(props) => <Link to="/" {...props} />}>{t('Go to Today')}</Button>

export const Forbidden = () => (
  <Full icon={<IconLock aria-hidden />} title={t('Not for your role')} action={<Home />}>{t('Your role here does not open this page. Somebody who manages members can change it.')}</Full>
)

export const NotFound = () => (
  <Full icon={<IconMoodPuzzled aria-hidden />} title={t('Nothing here')} action={<Home />}>{t('There is no such page, or it belongs to an organization that you do not see.')}</Full>
)

export function Failed({ error, again, part }: { error: unknown; again?: () => void; part?: boolean }) {
  const problem = problemIn(error)
  if (part) return <Group gap="xs" py="xs"><Text size="sm" c="dimmed">{problem.status === 403 ? t('Your role here does not show this.') : problem.status === 0 ? t('No connection: this cannot be read now.') : `${problem.title}: ${problem.detail}`}</Text>{again && problem.status !== 403 && <Button size="compact-sm" variant="light" onClick={again}>{t('Try again')}</Button>}</Group>
  if (problem.status === 403) return <Forbidden />
  if (problem.status === 404) return <NotFound />
  const retry = again && <Button variant="light" onClick={again}>{t('Try again')}</Button>
  if (problem.status === 0) return <Full icon={<IconPlugConnectedX aria-hidden />} title={problem.title} action={retry}>{problem.detail}</Full>
  return (
    <Alert color="red" title={problem.title} my="md">
      <Stack gap="xs" align="start">
        <Text size="sm">{problem.detail}</Text>
        {problem.requestId && <Text size="xs" c="dimmed">{t('Request {{id}}', { id: problem.requestId })}</Text>}
        {retry}
      </Stack>
    </Alert>
  )
}

/** What was asked for, or the state it is in; small where it is a part of a page that has more. */
export function Shown<T>({ query, part, children }: { query: UseQueryResult<T>; part?: boolean; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} {...(part ? { part } : {})} />
  // Without a connection it may take long until it is given up.
  if (part && query.failureReason && problemIn(query.failureReason).status === 0) return <Failed error={query.failureReason} part />
  return <Waiting />
}
