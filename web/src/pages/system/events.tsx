import { Badge, Button, Card, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createEventSource } from 'eventsource-client'
import { useEffect, useState } from 'react'
import { events } from '../../api/queries'
import type { PlatformEvent } from '../../api/types'
import { useAccess } from '../../components/access'
import { sayFull } from '../../time/say'
import { Shown } from '../../ui/states'

const SHOWN = 200

/** The log as it grows, by type or subject. */
export function Events() {
  const [type, setType] = useState('')
  const [subject, setSubject] = useState('')
  const [filter, setFilter] = useState<{ type?: string; subject?: string }>({})
  const [live, setLive] = useState(true)
  const [news, setNews] = useState<PlatformEvent[]>([])
  const queries = useQueryClient()
  const query = useQuery(events(filter))
  useEffect(() => {
    if (!live) return
    const search = new URLSearchParams(filter)
    const source = createEventSource({
      url: `${location.origin}/api/events/stream?${search}`,
      onMessage: ({ data }) => setNews((before) => [JSON.parse(data) as PlatformEvent, ...before].slice(0, SHOWN)),
    })
    return () => source.close()
  }, [live, filter])
  const apply = () => {
    setNews([])
    setFilter({ ...(type.trim() ? { type: type.trim() } : {}), ...(subject.trim() ? { subject: subject.trim() } : {}) })
    void queries.invalidateQueries({ queryKey: ['event'] })
  }
  return (
    <Stack>
      <form onSubmit={(event) => { event.preventDefault(); apply() }}>
        <Group align="end">
          <TextInput label="Type" placeholder="BOOKING_*" value={type} onChange={({ currentTarget }) => setType(currentTarget.value)} />
          <TextInput label="Subject" placeholder="booking/…" value={subject} onChange={({ currentTarget }) => setSubject(currentTarget.value)} />
          <Button type="submit" variant="light">Filter</Button>
          <Button variant={live ? 'filled' : 'default'} onClick={() => setLive(!live)} aria-pressed={live}>{live ? 'Live' : 'Stopped'}</Button>
        </Group>
      </form>
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
    <Card p={0} className="table-box" tabIndex={0}>
      <Table>
        <Table.Thead><Table.Tr><Table.Th ta="right">Position</Table.Th><Table.Th>Event</Table.Th><Table.Th>When</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {of.map((event) => (
            <Table.Tr key={event.id}>
              <Table.Td ta="right" className="numbers" valign="top">{event.position}</Table.Td>
              <Table.Td>
                <Button variant="subtle" size="compact-sm" px={0} aria-expanded={opened === event.id} onClick={() => setOpened(opened === event.id ? undefined : event.id)}>{event.type}</Button>
                <Group gap={6}><Text size="xs" c="dimmed">{event.subject}</Text><Badge size="xs" variant="default" tt="none">{event.source}</Badge></Group>
                {opened === event.id && <Code block mt={6} style={{ maxWidth: 'min(900px, 80vw)' }}>{JSON.stringify(event, null, 2)}</Code>}
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }} valign="top">{sayFull(event.timestamp, zone)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  )
}
