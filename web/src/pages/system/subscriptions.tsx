import { Button, Card, Table, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import { subscriptions } from '../../api/queries'
import { sayAgo } from '../../time/say'
import { Shown } from '../../ui/states'
import { Status } from '../../ui/status'

/** Who reacts to events, and how far each has come. */
export function Subscriptions({ writes }: { writes: boolean }) {
  const query = useQuery(subscriptions())
  const queries = useQueryClient()
  const order = useMutation({
    mutationFn: async ({ name, paused }: { name: string; paused: boolean }) => {
      const params = { path: { name } }
      if (paused) await api.POST('/api/system/subscriptions/{name}/resume', { params })
      else await api.POST('/api/system/subscriptions/{name}/pause', { params })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['system'] }),
  })
  return (
    <Shown query={query}>
      {({ subscriptions: list }) => (
        <Card p={0} className="table-box" tabIndex={0}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>Subscription</Table.Th><Table.Th>State</Table.Th><Table.Th ta="right">Lag</Table.Th><Table.Th ta="right">Retrying</Table.Th><Table.Th ta="right">Dead</Table.Th><Table.Th ta="right">A second</Table.Th><Table.Th /></Table.Tr></Table.Thead>
            <Table.Tbody>
              {list.map((one) => (
                <Table.Tr key={one.name}>
                  <Table.Td><Text fw={600} size="sm">{one.name}</Text>{one.live?.lastError && <Text size="xs" c="dimmed">{one.live.lastError}{one.live.lastErrorAt && `, ${sayAgo(one.live.lastErrorAt)}`}</Text>}</Table.Td>
                  <Table.Td><Status of={one.paused ? 'paused' : 'running'} /></Table.Td>
                  <Table.Td ta="right" className="numbers">{one.lagEvents.toLocaleString()}{one.lagSeconds > 0 && `, ${one.lagSeconds} s`}</Table.Td>
                  <Table.Td ta="right" className="numbers">{one.retrying}</Table.Td><Table.Td ta="right" className="numbers">{one.dead}</Table.Td>
                  <Table.Td ta="right" className="numbers">{one.live?.throughput.toFixed(1) ?? '–'}</Table.Td>
                  <Table.Td ta="right">{writes && <Button size="compact-sm" variant="default" aria-label={`${one.paused ? 'Resume' : 'Pause'} ${one.name}`} onClick={() => order.mutate(one)}>{one.paused ? 'Resume' : 'Pause'}</Button>}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </Shown>
  )
}
