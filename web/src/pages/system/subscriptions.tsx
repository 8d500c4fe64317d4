import { Button, Card, Table, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import { subscriptions } from '../../api/queries'
import { t } from '../../language/language'
import { number } from '../../language/write'
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
        <Card p={0} className="table-box stack" tabIndex={0}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t('Subscription')}</Table.Th><Table.Th>{t('State')}</Table.Th><Table.Th ta="right">{t('Lag')}</Table.Th><Table.Th ta="right">{t('Retrying')}</Table.Th><Table.Th ta="right">{t('Dead')}</Table.Th><Table.Th ta="right">{t('Events a second')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
            <Table.Tbody>
              {list.map((one) => (
                <Table.Tr key={one.name}>
                  <Table.Td><Text fw={600} size="sm">{one.name}</Text>{one.live?.lastError && <Text size="xs" c="dimmed">{one.live.lastError}{one.live.lastErrorAt && `, ${sayAgo(one.live.lastErrorAt)}`}</Text>}</Table.Td>
                  <Table.Td data-label={t('State')}><Status of={one.paused ? 'paused' : 'running'} /></Table.Td>
                  <Table.Td data-label={t('Lag')} ta="right" className="numbers">{number(one.lagEvents)}{one.lagSeconds > 0 && `, ${number(one.lagSeconds)} s`}</Table.Td>
                  <Table.Td data-label={t('Retrying')} ta="right" className="numbers">{one.retrying}</Table.Td><Table.Td data-label={t('Dead')} ta="right" className="numbers">{one.dead}</Table.Td>
                  <Table.Td data-label={t('Events a second')} ta="right" className="numbers">{one.live ? number(one.live.throughput, 1) : '–'}</Table.Td>
                  <Table.Td ta="right">{writes && <Button size="compact-sm" variant="default" aria-label={`${one.paused ? t('Resume') : t('Pause')} ${one.name}`} onClick={() => order.mutate(one)}>{one.paused ? t('Resume') : t('Pause')}</Button>}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </Shown>
  )
}
