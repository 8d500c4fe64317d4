// Ctrl K: go anywhere, find a booking, begin something.
import '@mantine/spotlight/styles.css'
import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconPlus } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { bookings } from '../api/queries'
import { sayRange } from '../time/say'
import { useAccess, useOrganizationFilter } from './access'
import { usePlaces } from './places'

export default function Commands({ close }: { close: () => void }) {
  const [query, setQuery] = useState('')
  const [search] = useDebouncedValue(query.trim(), 200)
  const filter = useOrganizationFilter()
  const { may, zone } = useAccess()
  const navigate = useNavigate()
  const found = useQuery({ ...bookings({ ...filter, search, limit: 8 }), enabled: search.length >= 2 })
  useEffect(() => spotlight.open(), [])
  const actions: SpotlightActionData[] = usePlaces().map(({ to, label, Icon }) => ({ id: to, label, leftSection: <Icon size={20} aria-hidden />, onClick: () => void navigate({ to }) }))
  if (may('create_bookings')) actions.push({ id: 'new', label: 'New booking', leftSection: <IconPlus size={20} aria-hidden />, onClick: () => void navigate({ to: '/bookings/new', search: {} }) })
  const shown = actions.filter(({ label }) => label?.toLowerCase().includes(query.toLowerCase()))
  for (const { id, title, scheduledStart, scheduledEnd, timezone } of search.length >= 2 ? (found.data?.bookings ?? []) : []) {
    shown.push({ id, label: title, description: sayRange(scheduledStart, scheduledEnd, timezone || zone), onClick: () => void navigate({ to: '/bookings/$id', params: { id } }) })
  }
  return (
    <Spotlight actions={shown} query={query} onQueryChange={setQuery} filter={(_, all) => all} nothingFound="Nothing found" scrollable maxHeight={420} shortcut={null}
      searchProps={{ placeholder: 'Pages, commands, bookings', 'aria-label': 'Search' }} onSpotlightClose={close} />
  )
}
