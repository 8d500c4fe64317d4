// The frame around every page: navigation by what one may do, the organization, search, who one is.
import { ActionIcon, AppShell, Box, Burger, Group, Indicator, Loader, Center, Menu, NavLink, ScrollArea, Select, Text, UnstyledButton, Avatar, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useDisclosure, useHotkeys, useNetwork } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { IconBell, IconMoon, IconSearch, IconSun, IconWifiOff } from '@tabler/icons-react'
import { Suspense, lazy, useEffect } from 'react'
import { api } from '../api/client'
import { useLive } from '../api/live'
import { notifications } from '../api/queries'
import { tellFailure } from '../ui/tell'
import { words } from '../ui/words'
import { AccessProvider, useAccess } from './access'
import { Crash } from './crash'
import { ErrorBoundary } from './error-boundary'
import { usePlaces } from './places'
import { sendWaiting } from '../forms/waiting'

const Commands = lazy(() => import('./commands'))

export function Shell() {
  return (
    <ErrorBoundary fallback={(error) => <Crash error={error} />}>
      <Suspense fallback={<Center h="100dvh"><Loader aria-label="Loading" /></Center>}>
        <AccessProvider><Frame /></AccessProvider>
      </Suspense>
    </ErrorBoundary>
  )
}

function Frame() {
  const [opened, { toggle, close }] = useDisclosure()
  const [searching, search] = useDisclosure()
  const { me, mayAnywhere } = useAccess()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const { online } = useNetwork()
  useLive(mayAnywhere('read_events'))
  useHotkeys([['mod+K', search.open], ['/', search.open]])
  useEffect(close, [path, close])
  useEffect(() => { if (online) void sendWaiting(me.user.id, tellFailure) }, [online, me.user.id])
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'sm', sm: 'lg' }}>
      <AppShell.Header>
        <a className="skip" href="#main">Skip to the page</a>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Group component="span" gap={8} wrap="nowrap" visibleFrom="xs"><img src="/icon.svg" width={28} height={28} alt="" /><Text fw={700}>Rishi</Text></Group>
            <OrganizationSwitch />
          </Group>
          <Group gap={6} wrap="nowrap">
            {!online && <Tooltip label="No connection: what is shown may be old"><IconWifiOff aria-label="No connection" size={20} /></Tooltip>}
            <Tooltip label="Search and commands (Ctrl K)"><ActionIcon variant="subtle" color="gray" size="lg" onClick={search.open} aria-label="Search and commands"><IconSearch size={20} /></ActionIcon></Tooltip>
            <Scheme />
            <Bell />
            <Person />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages"><ScrollArea><Places /></ScrollArea></AppShell.Navbar>
      <AppShell.Main id="main">
        <Box maw={1400} mx="auto"><Suspense fallback={<Center py="xl"><Loader aria-label="Loading" /></Center>}><Outlet /></Suspense></Box>
      </AppShell.Main>
      {searching && <Suspense><Commands close={search.close} /></Suspense>}
    </AppShell>
  )
}

function Places() {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return usePlaces().map(({ to, label, Icon }) => (
    <NavLink key={to} component={Link} to={to} label={label} leftSection={<Icon size={19} stroke={1.6} aria-hidden />} active={to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)} variant="light" fw={500} style={{ borderRadius: 8 }} />
  ))
}

function OrganizationSwitch() {
  const { organizations, organization, choose } = useAccess()
  if (organizations.length < 2) return <Text size="sm" fw={500} className="clip">{organization?.name}</Text>
  return (
    <Select aria-label="Organization" size="sm" w={{ base: 170, sm: 300 }} searchable allowDeselect={false} value={organization?.id ?? null}
      data={organizations.map(({ id, name }) => ({ value: id, label: name }))} onChange={(id) => id && choose(id)} />
  )
}

function Scheme() {
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  const label = dark ? 'Light colours' : 'Dark colours'
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setColorScheme(dark ? 'light' : 'dark')} visibleFrom="xs">
        {dark ? <IconSun size={20} /> : <IconMoon size={20} />}
      </ActionIcon>
    </Tooltip>
  )
}

function Bell() {
  const { data } = useQuery(notifications(1))
  const unread = data?.notifications.filter(({ readAt }) => !readAt).length ?? 0
  return (
    <Indicator disabled={unread === 0} label={unread >= 30 ? '30+' : unread} size={16} offset={5} color="red.8">
      <ActionIcon component={Link} to="/notifications" variant="subtle" color="gray" size="lg" aria-label={unread ? `Notifications, ${unread} unread` : 'Notifications'}><IconBell size={20} /></ActionIcon>
    </Indicator>
  )
}

function Person() {
  const { me } = useAccess()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const signOut = async () => {
    await api.POST('/api/auth/logout')
    queries.clear()
    await navigate({ to: '/sign-in', search: {} })
  }
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <UnstyledButton aria-label={`Account of ${me.user.displayName}`}><Avatar name={me.user.displayName} color="leaf" variant="filled" size={34} /></UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label><Text fw={600} c="var(--mantine-color-text)">{me.user.displayName}</Text>{me.memberships[0] && words(me.memberships[0].role)}</Menu.Label>
        <Menu.Item component={Link} to="/account">Account and sessions</Menu.Item>
        <Menu.Item component="a" href="/api/docs">API reference</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
