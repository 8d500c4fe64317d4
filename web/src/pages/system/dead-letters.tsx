import { Button, Card, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client'
import { deadLetters, PAGE } from '../../api/queries'
import { t } from '../../language/language'
import { sayAgo } from '../../time/say'
import { Dialog } from '../../ui/dialog'
import { Pages } from '../../ui/pages'
import { Empty, Shown } from '../../ui/states'
import { tell } from '../../ui/tell'

/** What could not be handled: try again, or give up with a reason. */
export function DeadLetters({ writes }: { writes: boolean }) {
  const { page } = useSearch({ from: '/shell/system' })
  const navigate = useNavigate({ from: '/system' })
  const query = useQuery(deadLetters(page ?? 1))
  const [given, setGiven] = useState<string>()
  const queries = useQueryClient()
  const again = useMutation({
    mutationFn: (id: string) => api.POST('/api/system/dead-letters/{id}/redrive', { params: { path: { id } } }),
    onSuccess: () => tell(t('It is tried again')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['system'] }),
  })
  return (
    <>
      <Shown query={query}>
        {({ deadLetters: list, pagination }) => list.length === 0 ? <Empty title={t('No dead letters')}>{t('Every event was handled, or is being tried again.')}</Empty> : (
          <Stack>
          <Card p={0} className="table-box stack" tabIndex={0}>
            <Table>
              <Table.Thead><Table.Tr><Table.Th>{t('Event')}</Table.Th><Table.Th>{t('Subscription')}</Table.Th><Table.Th>{t('Error')}</Table.Th><Table.Th ta="right">{t('Attempts')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
              <Table.Tbody>
                {list.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td><Text size="sm" fw={600}>{one.eventType}</Text><Text size="xs" c="dimmed">{t('position {{position}}, {{ago}}', { position: one.position, ago: sayAgo(one.last) })}{one.followers > 0 && `, ${t('{{count}} wait behind it', { count: one.followers, defaultValue_one: '{{count}} waits behind it' })}`}</Text></Table.Td>
                    <Table.Td data-label={t('Subscription')}>{one.subscription}</Table.Td><Table.Td maw={400} data-label={t('Error')}><Text size="sm">{one.error}</Text></Table.Td><Table.Td data-label={t('Attempts')} ta="right" className="numbers">{one.attempts}</Table.Td>
                    <Table.Td>{writes && <Group gap={6} justify="flex-end" wrap="nowrap"><Button size="compact-sm" variant="light" aria-label={`${t('Try again')}: ${one.eventType} ${one.position}`} onClick={() => again.mutate(one.id)}>{t('Try again')}</Button><Button size="compact-sm" variant="default" aria-label={`${t('Give up')}: ${one.eventType} ${one.position}`} onClick={() => setGiven(one.id)}>{t('Give up')}</Button></Group>}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Card>
          <Pages total={pagination.total} size={PAGE} page={page} turn={(next) => void navigate({ search: (before) => ({ ...before, page: next }) })} of={t('dead letters')} />
          </Stack>
        )}
      </Shown>
      {given && <GiveUp id={given} close={() => setGiven(undefined)} />}
    </>
  )
}

function GiveUp({ id, close }: { id: string; close: () => void }) {
  const [reason, setReason] = useState('')
  const queries = useQueryClient()
  const discard = useMutation({
    mutationFn: () => api.POST('/api/system/dead-letters/{id}/discard', { params: { path: { id } }, body: { reason: reason.trim() } }),
    onSuccess: close,
    onSettled: () => queries.invalidateQueries({ queryKey: ['system'] }),
  })
  return (
    <Dialog close={close} title={t('Give the dead letter up')}>
      <Stack>
        <TextInput label={t('Why?')} description={t('Kept in the log')} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} data-autofocus />
        <Button disabled={!reason.trim()} loading={discard.isPending} onClick={() => discard.mutate()}>{t('Give up')}</Button>
      </Stack>
    </Dialog>
  )
}
