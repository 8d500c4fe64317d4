// Ctrl K: go anywhere, find a booking, a person or a place, begin something.
import '@mantine/spotlight/styles.css'
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconPlus } from '@tabler/icons-react'
import { useCallback, useEffect, useState } from 'react'
import { bookings, locations, staff } from '../api/queries'
import { t } from '../language/language'
import { sayRange } from '../time/say'
import { useFocusBack } from '../ui/focus'
import { useAccess, useOrganizationFilter } from './access'
import { typedAhead } from './ahead'
import { usePlaces } from './places'

export default function Commands({ close, help }: { close: () => void; help: () => void }) {
  const [query, setQuery] = useState('')
  const [search] = useDebouncedValue(query.trim(), 200)
  const filter = useOrganizationFilter()
  const { may, mayAnywhere, zone, organizations, organization, choose } = useAccess()
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  const navigate = useNavigate()
  const found = useQuery({ ...bookings({ ...filter, search, limit: 8 }), enabled: search.length >= 2 })
  useFocusBack()
  useEffect(() => spotlight.open(), [])
  // The dialog would focus it in its own time, when something else may have been typed into the page.
  const focused = useCallback((field: HTMLInputElement | null) => field?.focus(), [])
  const actions: SpotlightActionData[] = usePlaces().map(({ to, label, Icon }) => ({ id: to, label, leftSection: <Icon size={20} aria-hidden />, onClick: () => void navigate({ to }) }))
  if (may('create_bookings')) actions.push({ id: 'new', label: t('New booking'), leftSection: <IconPlus size={20} aria-hidden />, onClick: () => void navigate({ to: '/bookings/new', search: {} }) })
  const people = useQuery({ ...staff({ ...filter, search, limit: 5 }), enabled: search.length >= 2 && mayAnywhere('read_staff_profiles') })
  const places = useQuery({ ...locations({ ...filter, search, limit: 5 }), enabled: search.length >= 2 })
  actions.push(
    { id: 'preferences', label: t('Notifications: what to tell me'), onClick: () => void navigate({ to: '/notifications', search: { tab: 'preferences' } }) },
    { id: 'account', label: t('Account: language, time zone, password, sessions'), onClick: () => void navigate({ to: '/account' }) },
    { id: 'scheme', label: dark ? t('Light colours') : t('Dark colours'), onClick: () => setColorScheme(dark ? 'light' : 'dark') },
    { id: 'keys', label: t('Keyboard shortcuts'), onClick: help },
    ...organizations.filter(({ id }) => id !== organization?.id).slice(0, 50).map(({ id, name }) => ({ id: `for-${id}`, label: t('Work for {{name}}', { name }), onClick: () => choose(id) })),
  )
  const shown = actions.filter(({ label }) => label?.toLowerCase().includes(query.toLowerCase()))
  for (const { id, title, scheduledStart, scheduledEnd, timezone } of search.length >= 2 ? (found.data?.bookings ?? []) : []) {
    shown.push({ id, label: title, description: sayRange(scheduledStart, scheduledEnd, timezone || zone), onClick: () => void navigate({ to: '/bookings/$id', params: { id } }) })
  }
  if (search.length >= 2) {
    for (const { userId, displayName } of people.data?.staff ?? []) shown.push({ id: userId, label: displayName, description: t('Staff'), onClick: () => void navigate({ to: '/staff/$id', params: { id: userId } }) })
    for (const { id, name, address } of places.data?.locations ?? []) shown.push({ id, label: name, description: address.city, onClick: () => void navigate({ to: '/locations/$id', params: { id } }) })
  }
  // What was typed ahead, and what is found later, comes past the field, which would mark the first entry for Enter.
  useEffect(() => {
    if (query && !document.querySelector('[data-action][data-selected]')) document.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
  })
  return (
    <Spotlight actions={shown} query={query} onQueryChange={setQuery} filter={(_, all) => all} nothingFound={t('Nothing found')} scrollable maxHeight={420} shortcut={null}
      transitionProps={{ duration: 0 }}
      searchProps={{ placeholder: t('Pages, commands, bookings, people, locations'), 'aria-label': t('Search and commands'), ref: focused, onFocus: () => setQuery((before) => before + typedAhead()) }} onSpotlightClose={close} attributes={{ content: { 'aria-label': t('Search and commands') } }} />
  )
}
