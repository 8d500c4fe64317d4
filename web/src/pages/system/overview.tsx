import { Card, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { health } from '../../api/queries'
import { sayAgo } from '../../time/say'
import { Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { words } from '../../ui/words'

export function Overview() {
  const query = useQuery(health())
  return (
    <Shown query={query}>
      {(it) => (
        <Stack>
          <Group><Status of={it.overall} size="lg" /><Text c="dimmed" size="sm">Measured {sayAgo(it.timestamp)}; up for {duration(it.metrics.uptime / 1000)}; {it.metrics.requestsProcessed.toLocaleString()} requests; {it.metrics.errorsRecent} errors in the last hour</Text></Group>
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            {Object.entries(it.components).map(([name, component]) => component && (
              <Card key={name}>
                <Group justify="space-between" mb="xs"><Title order={2}>{words(name)}</Title><Status of={component.status} /></Group>
                <Facts of={component.details} />
              </Card>
            ))}
          </SimpleGrid>
        </Stack>
      )}
    </Shown>
  )
}

/** What a component says of itself: plain values as a table, lists by their length. */
function Facts({ of }: { of: object | undefined }) {
  return (
    <Table verticalSpacing={4} highlightOnHover={false}>
      <Table.Tbody>
        {Object.entries(of ?? {}).map(([name, value]) => (
          <Table.Tr key={name}><Table.Td c="dimmed">{words(name)}</Table.Td><Table.Td ta="right" className="numbers">{Array.isArray(value) ? value.length : typeof value === 'object' && value ? Object.keys(value).length : typeof value === 'number' ? value.toLocaleString() : String(value)}</Table.Td></Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60]
  return days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes} min` : `${minutes} min`
}
