import { Button, Card, Group, Table, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import { circuits } from '../../api/queries'
import { t } from '../../language/language'
import { number } from '../../language/write'
import { sayAgo } from '../../time/say'
import { Empty, Shown } from '../../ui/states'
import { Status } from '../../ui/status'

/** What keeps the platform from calling something that fails; by hand it may be held open or closed. */
export function Circuits({ writes }: { writes: boolean }) {
  const query = useQuery(circuits())
  const queries = useQueryClient()
  const labels = { open: t('Open'), close: t('Close'), auto: t('Automatic') }
  const names = (name: string) => ({ open: t('Hold {{name}} open', { name }), close: t('Hold {{name}} closed', { name }), auto: t('Let {{name}} decide by itself', { name }) })
  const order = useMutation({
    mutationFn: async ({ name, to }: { name: string; to: 'open' | 'close' | 'auto' }) => {
      const params = { path: { name } }
      if (to === 'open') await api.POST('/api/system/circuits/{name}/open', { params })
      else if (to === 'close') await api.POST('/api/system/circuits/{name}/close', { params })
      else await api.POST('/api/system/circuits/{name}/auto', { params })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['system'] }),
  })
  return (
    <Shown query={query}>
      {({ circuits: list }) => list.length === 0 ? <Empty title={t('No circuits yet')}>{t('Each appears when its service is first called.')}</Empty> : (
        <Card p={0} className="table-box stack" tabIndex={0}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t('Circuit')}</Table.Th><Table.Th>{t('State')}</Table.Th><Table.Th ta="right">{t('Lately')}</Table.Th><Table.Th ta="right">{t('Refused')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
            <Table.Tbody>
              {list.map((one) => (
                <Table.Tr key={one.name}>
                  <Table.Td><Text fw={600} size="sm">{one.name}</Text><Text size="xs" c="dimmed">{t('since {{ago}}', { ago: sayAgo(one.since) })}{one.lastFailure && `; ${one.lastFailure}`}</Text></Table.Td>
                  <Table.Td data-label={t('State')}><Status of={one.state} />{one.mode !== 'auto' && <Text size="xs" c="dimmed">{t('by hand')}</Text>}</Table.Td>
                  <Table.Td data-label={t('Lately')} ta="right" className="numbers">{t('{{failures}} of {{calls}} failed', { failures: one.window.failures, calls: one.window.calls })}</Table.Td>
                  <Table.Td data-label={t('Refused')} ta="right" className="numbers">{number(one.totals.refused)}</Table.Td>
                  <Table.Td>{writes && <Group gap={6} justify="flex-end">{(['open', 'close', 'auto'] as const).map((to) => <Button key={to} size="compact-sm" variant="default" aria-label={names(one.name)[to]} onClick={() => order.mutate({ name: one.name, to })}>{labels[to]}</Button>)}</Group>}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </Shown>
  )
}
