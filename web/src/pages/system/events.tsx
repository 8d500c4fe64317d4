import { Badge, Button, Card, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createEventSource } from 'eventsource-client'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { events } from '../../api/queries'
import type { PlatformEvent } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { sayFull } from '../../time/say'
import { Shown } from '../../ui/states'

const SHOWN = 200

/** The log as it grows, by type or subject. */
export function Events() {
  const search = useSearch({ from: '/shell/system' })
  const navigate = useNavigate({ from: '/system' })
  const [type, setType] = useState(search.type ?? '')
  const [subject, setSubject] = useState(search.subject ?? '')
  const filter = useMemo(() => ({ ...(search.type ? { type: search.type } : {}), ...(search.subject ? { subject: search.subject } : {}) }), [search.type, search.subject])
  const [live, setLive] = useState(true)
  const [news, setNews] = useState<PlatformEvent[]>([])
  const [missing, setMissing] = useState<number>()
  const queries = useQueryClient()
  const query = useQuery(events(filter))
  useEffect(() => {
    if (!live) return
    const search = new URLSearchParams(filter)
    const source = createEventSource({
      url: `${location.origin}/api/events/stream?${search}`,
      onMessage: ({ event, data }) => {
        if (event !== 'gap') return setNews((before) => [JSON.parse(data) as PlatformEvent, ...before].slice(0, SHOWN))
        // It is no event: retention has removed what would have come next.
        setMissing((JSON.parse(data) as { removedThrough: number }).removedThrough)
        void queries.invalidateQueries({ queryKey: ['event'] })
      },
    })
    return () => source.close()
  }, [live, filter, queries])
  const apply = () => {
    setNews([])
    void navigate({ search: (before) => ({ ...before, type: type.trim() || undefined, subject: subject.trim() || undefined }) })
    void queries.invalidateQueries({ queryKey: ['event'] })
  }
  return (
    <Stack>
      <form onSubmit={(event) => { event.preventDefault(); apply() }}>
        <Group align="end">
          <TextInput label={t('Type')} placeholder="BOOKING_*" value={type} onChange={({ currentTarget }) => setType(currentTarget.value)} />
          <TextInput label={t('Subject')} placeholder="booking/…" value={subject} onChange={({ currentTarget }) => setSubject(currentTarget.value)} />
          <Button type="submit" variant="light">{t('Filter')}</Button>
          <Button variant={live ? 'filled' : 'default'} onClick={() => setLive(!live)} aria-pressed={live}>{live ? t('Live') : t('Stopped')}</Button>
        </Group>
      </form>
      <Text size="sm" c="dimmed">{t('The newest {{count}} that fit; what came before is in the API:', { count: SHOWN, defaultValue_one: 'The newest one that fits; what came before is in the API:' })} <a href="/api/docs">GET /api/events</a></Text>
      {missing !== undefined && <Text size="sm" role="status">{t('Events up to position {{position}} were removed by retention.', { position: missing })}</Text>}
      <Shown query={query}>
        {({ events: list }) => {
          const seen = new Set(news.map(({ id }) => id))
          return <Rows of={[...news, ...list.filter(({ id }) => !seen.has(id))].slice(0, SHOWN)} />
        }}
      </Shown>
    </Stack>
  )
}

function Rows({ of }: { of: PlatformEvent[] }) {
  const { zone } = useAccess()
  const [opened, setOpened] = useState<string>()
  return (
    <Card p={0} className="table-box stack" tabIndex={0}>
      <Table>
        <Table.Thead><Table.Tr><Table.Th ta="right">{t('Position')}</Table.Th><Table.Th>{t('Event')}</Table.Th><Table.Th>{t('When')}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {of.map((event) => (
            <Table.Tr key={event.id}>
              <Table.Td ta="right" className="numbers" valign="top" data-label={t('Position')}>{event.position}</Table.Td>
              <Table.Td><div>
                <Button variant="subtle" size="compact-sm" px={0} aria-expanded={opened === event.id} onClick={() => setOpened(opened === event.id ? undefined : event.id)}>{event.type}</Button>
                <Group gap={6}><Text size="xs" c="dimmed">{event.subject}</Text><Badge size="xs" variant="default" tt="none">{event.source}</Badge></Group>
                {opened === event.id && <Code block mt={6} style={{ maxWidth: 'min(900px, 80vw)' }}>{JSON.stringify(event, null, 2)}</Code>}
              </div></Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }} valign="top" data-label={t('When')}>{sayFull(event.timestamp, zone)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  )
}
