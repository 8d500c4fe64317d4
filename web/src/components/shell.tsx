// The frame around every page: navigation by what one may do, the organization, search, who one is.
import { ActionIcon, Alert, AppShell, Box, Burger, Group, Indicator, Loader, Center, Menu, NavLink, ScrollArea, Select, Text, UnstyledButton, Avatar, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useDisclosure, useHotkeys, useNetwork } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { IconBell, IconMoon, IconSearch, IconSun, IconWifiOff } from '@tabler/icons-react'
import { Suspense, lazy, useCallback, useEffect, useMemo } from 'react'
import { api } from '../api/client'
import { useLive } from '../api/live'
import { forgetKept, useKeptSince } from '../api/kept'
import { notifications } from '../api/queries'
import { sayAgo } from '../time/say'
import { tellFailure } from '../ui/tell'
import { words } from '../ui/words'
import { AccessProvider, useAccess } from './access'
import { typeAhead, typedAhead } from './ahead'
import { Crash } from './crash'
import { ErrorBoundary } from './error-boundary'
import { usePlaces } from './places'
import { useLetterKeys } from './shortcuts'
import { sendWaiting } from '../forms/waiting'
import { t, useLanguage } from '../language/language'

const commands = () => import('./commands')
const Commands = lazy(commands)
const Keys = lazy(() => import('./keys'))

/** Fetches what will be wanted at once, when there is nothing better to do. */
const soon = (load: () => Promise<unknown>) => {
  // What fails here is tried again when it is asked for, and told then.
  const quietly = () => void load().catch(() => undefined)
  if ('requestIdleCallback' in window) requestIdleCallback(quietly, { timeout: 10_000 })
  else setTimeout(quietly, 2_000)
}

export function Shell() {
  return (
    <ErrorBoundary fallback={(error) => <Crash error={error} />}>
      <Suspense fallback={<Center h="100dvh"><Loader aria-label={t('Loading')} /></Center>}>
        <AccessProvider><Frame /></AccessProvider>
      </Suspense>
    </ErrorBoundary>
  )
}

function Frame() {
  useLanguage()
  const [opened, { toggle, close }] = useDisclosure()
  const [searching, { open: openSearch, close: closeSearch }] = useDisclosure()
  const [helping, help] = useDisclosure()
  const { me, mayAnywhere } = useAccess()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const { online } = useNetwork()
  useLive(me.user.id, mayAnywhere('read_events'))
  // The palette takes the keys from here on, also those that are typed before it can be seen.
  const find = useCallback(() => {
    // Where it is open already, its field has the keys.
    if (searching) return
    typeAhead(closeSearch)
    openSearch()
  }, [searching, openSearch, closeSearch])
  useEffect(() => soon(commands), [])
  useEffect(() => { if (!searching) typedAhead() }, [searching])
  useHotkeys([['mod+K', find]], [])
  const navigate = useNavigate()
  const places = usePlaces()
  const creates = mayAnywhere('create_bookings')
  const go = useMemo(() => Object.fromEntries(places.map(({ key, to }) => [key, () => void navigate({ to })])), [places, navigate])
  const at = useMemo(() => ({ '/': find, '?': help.open, ...(creates ? { c: () => void navigate({ to: '/bookings/new' }) } : {}) }), [find, help.open, creates, navigate])
  useLetterKeys(go, at, !searching && !helping)
  useEffect(close, [path, close])
  // A connection is there when the device says so, or when the server has answered again.
  const since = useKeptSince()
  const reached = online && since === undefined
  useEffect(() => { if (reached) void sendWaiting(me.user.id, tellFailure) }, [reached, me.user.id])
  // What was kept is asked for anew at once when the device has a connection, and again where the server has none.
  const queries = useQueryClient()
  const asks = online && !reached
  useEffect(() => {
    if (!asks) return
    const ask = () => void queries.invalidateQueries()
    ask()
    const again = setInterval(ask, 15_000)
    return () => clearInterval(again)
  }, [asks, queries])
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'sm', sm: 'lg' }}>
      <AppShell.Header>
        <a className="skip" href="#main">{t('Skip to the page')}</a>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('Navigation')} />
            <Group component="span" gap={8} wrap="nowrap" visibleFrom="xs"><img src="/icon.svg" width={28} height={28} alt="" /><Text fw={700}>Rishi</Text></Group>
            <OrganizationSwitch />
          </Group>
          <Group gap={8} wrap="nowrap">
            <Tooltip label={t('Search and commands (Ctrl K)')}><ActionIcon variant="subtle" color="gray" size="lg" onClick={find} aria-label={t('Search and commands')}><IconSearch size={20} /></ActionIcon></Tooltip>
            <Scheme />
            <Bell />
            <Person />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('Pages')}><ScrollArea><Places /></ScrollArea></AppShell.Navbar>
      <AppShell.Main id="main">
        {!reached && <Alert color="yellow" icon={<IconWifiOff aria-hidden />} mb="md" p="xs" role="status">{since === undefined ? t('No connection: what is shown may be old. A check-in or check-out is kept and sent later.') : t('No connection: what is shown was read {{ago}}. A check-in or check-out is kept and sent later.', { ago: sayAgo(new Date(since).toISOString()) })}</Alert>}
        <Box maw={1400} mx="auto"><Suspense fallback={<Center py="xl"><Loader aria-label={t('Loading')} /></Center>}><Outlet /></Suspense></Box>
      </AppShell.Main>
      {searching && <ErrorBoundary fallback={(error) => <Unfound error={error} close={closeSearch} />}><Suspense><Commands close={closeSearch} help={help.open} /></Suspense></ErrorBoundary>}
      {helping && <Suspense><Keys close={help.close} creates={creates} /></Suspense>}
    </AppShell>
  )
}

/** The palette that could not be fetched: said in a corner, the page goes on. */
function Unfound({ error, close }: { error: unknown; close: () => void }) {
  useEffect(() => {
    tellFailure(error)
    close()
  }, [error, close])
  return null
}

function Places() {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const places = usePlaces()
  // Of two that lead here the closer one: /staff/leave is not /staff.
  const here = places.filter(({ to }) => path === to || (to !== '/' && path.startsWith(`${to}/`))).sort((a, b) => b.to.length - a.to.length)[0]
  return places.map(({ to, label, Icon }) => (
    <NavLink key={to} component={Link} to={to} activeOptions={{ exact: true }} aria-current={to === here?.to ? 'page' : undefined} label={label} leftSection={<Icon size={19} stroke={1.6} aria-hidden />} active={to === here?.to} variant="light" fw={500} style={{ borderRadius: 8 }} />
  ))
}

function OrganizationSwitch() {
  const { organizations, organization, choose } = useAccess()
  if (organizations.length < 2) return <Text size="sm" fw={500} className="clip">{organization?.name}</Text>
  return (
    <Select aria-label={t('Organization')} size="sm" w={{ base: 'min(48vw, 260px)', sm: 300 }} searchable allowDeselect={false} value={organization?.id ?? null}
      data={organizations.map(({ id, name }) => ({ value: id, label: name }))} onChange={(id) => id && choose(id)} />
  )
}

function Scheme() {
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  const label = dark ? t('Light colours') : t('Dark colours')
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
  const unread = data?.unreadCount ?? 0
  return (
    <Indicator disabled={unread === 0} label={unread > 99 ? '99+' : unread} size={16} offset={5} color="red.8" me={unread > 99 ? 10 : 4}>
      <ActionIcon renderRoot={(props) => <Link to="/notifications" {...props} />} variant="subtle" color="gray" size="lg" aria-label={unread ? t('Notifications, {{count}} unread', { count: unread, defaultValue_one: 'Notifications, {{count}} unread' }) : t('Notifications')}><IconBell size={20} /></ActionIcon>
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
    forgetKept()
    await navigate({ to: '/sign-in', search: {} })
  }
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <UnstyledButton aria-label={t('Account of {{name}}', { name: me.user.displayName })}><Avatar name={me.user.displayName} color="leaf" variant="filled" size={34} /></UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label><Text fw={600} c="var(--mantine-color-text)">{me.user.displayName}</Text>{me.memberships[0] && words(me.memberships[0].role)}</Menu.Label>
        <Menu.Item renderRoot={(props) => <Link to="/account" {...props} />}>{t('Account and sessions')}</Menu.Item>
        <Menu.Item renderRoot={(props) => <Link to="/notifications" search={{ tab: 'preferences' }} {...props} />}>{t('What to tell me')}</Menu.Item>
        <Menu.Item component="a" href="/api/docs">{t('API reference')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{t('Sign out')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
