import { Button, Card, Group, SegmentedControl, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api } from '../../../api/client'
import { deliveries, PAGE } from '../../../api/queries'
import { t } from '../../../language/language'
import { sayAgo } from '../../../time/say'
import { Pages } from '../../../ui/pages'
import { Empty, Shown } from '../../../ui/states'
import { Status } from '../../../ui/status'
import { tell } from '../../../ui/tell'

const STATES = ['pending', 'delivered', 'failed'] as const

/** What was sent to a webhook in the last thirty days, and what came of it. */
export function Deliveries({ id }: { id: string }) {
  const search = useSearch({ from: '/shell/organization' })
  const navigate = useNavigate({ from: '/organization' })
  const status = STATES.find((one) => one === search.status)
  const query = useQuery(deliveries(id, { page: search.page ?? 1, ...(status ? { status } : {}) }))
  const queries = useQueryClient()
  const resend = useMutation({
    mutationFn: (deliveryId: string) => api.POST('/api/webhooks/{id}/deliveries/{deliveryId}/resend', { params: { path: { id, deliveryId } } }),
    onSuccess: () => tell(t('It is sent again')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['webhook'] }),
  })
  return (
    <Card>
      <Stack>
        <Group justify="space-between">
          <Title order={2}>{t('Deliveries')}</Title>
          <SegmentedControl aria-label={t('Which deliveries')} value={status ?? 'all'} onChange={(next) => void navigate({ search: (before) => ({ ...before, page: undefined, status: next === 'all' ? undefined : next }) })}
            data={[{ value: 'all', label: t('All') }, { value: 'pending', label: t('Waiting') }, { value: 'delivered', label: t('Arrived') }, { value: 'failed', label: t('Failed') }]} />
        </Group>
        <Shown part query={query}>
          {({ deliveries: list, pagination }) => list.length === 0 ? <Empty title={t('Nothing yet')} /> : (
            <>
              <div className="table-box stack" tabIndex={0}>
                <Table>
                  <Table.Thead><Table.Tr><Table.Th>{t('Event')}</Table.Th><Table.Th>{t('State')}</Table.Th><Table.Th>{t('Answer')}</Table.Th><Table.Th ta="right">{t('Attempts')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
                  <Table.Tbody>
                    {list.map((one) => (
                      <Table.Tr key={one.id}>
                        <Table.Td><Stack gap={0}><Text size="sm" fw={600}>{one.eventType}</Text><Text size="xs" c="dimmed">{t('position {{position}}, {{ago}}', { position: one.position, ago: sayAgo(one.createdAt) })}</Text></Stack></Table.Td>
                        <Table.Td data-label={t('State')}><Status of={one.status} /></Table.Td>
                        <Table.Td data-label={t('Answer')}><Stack gap={0}><Text size="sm">{one.lastStatus ?? '–'}{one.durationMs != null && ` ${t('in {{duration}} ms', { duration: one.durationMs })}`}</Text>{one.lastError && <Text size="xs" c="dimmed">{one.lastError}</Text>}{one.nextAttemptAt && one.status === 'pending' && <Text size="xs" c="dimmed">{t('again {{ago}}', { ago: sayAgo(one.nextAttemptAt) })}</Text>}</Stack></Table.Td>
                        <Table.Td data-label={t('Attempts')} ta="right" className="numbers">{one.attempts}</Table.Td>
                        <Table.Td ta="right"><Button size="compact-sm" variant="default" aria-label={t('Send {{type}} {{position}} again', { type: one.eventType, position: one.position })} onClick={() => resend.mutate(one.id)}>{t('Send again')}</Button></Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </div>
              <Pages total={pagination.total} size={PAGE} page={search.page} turn={(page) => void navigate({ search: (before) => ({ ...before, page }) })} of={t('deliveries')} />
            </>
          )}
        </Shown>
      </Stack>
    </Card>
  )
}
