import { Button, Card, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client'
import { deadLetters } from '../../api/queries'
import { sayAgo } from '../../time/say'
import { Empty, Shown } from '../../ui/states'
import { tell } from '../../ui/tell'

/** What could not be handled: try again, or give up with a reason. */
export function DeadLetters({ writes }: { writes: boolean }) {
  const query = useQuery(deadLetters())
  const [given, setGiven] = useState<string>()
  const queries = useQueryClient()
  const again = useMutation({
    mutationFn: (id: string) => api.POST('/api/system/dead-letters/{id}/redrive', { params: { path: { id } } }),
    onSuccess: () => tell('It is tried again'),
    onSettled: () => queries.invalidateQueries({ queryKey: ['system'] }),
  })
  return (
    <>
      <Shown query={query}>
        {({ deadLetters: list }) => list.length === 0 ? <Empty title="No dead letters">Every event was handled, or is being tried again.</Empty> : (
          <Card p={0} className="table-box" tabIndex={0}>
            <Table>
              <Table.Thead><Table.Tr><Table.Th>Event</Table.Th><Table.Th>Subscription</Table.Th><Table.Th>Error</Table.Th><Table.Th ta="right">Attempts</Table.Th><Table.Th /></Table.Tr></Table.Thead>
              <Table.Tbody>
                {list.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td><Text size="sm" fw={600}>{one.eventType}</Text><Text size="xs" c="dimmed">position {one.position}, {sayAgo(one.last)}{one.followers > 0 && `, ${one.followers} wait behind it`}</Text></Table.Td>
                    <Table.Td>{one.subscription}</Table.Td><Table.Td maw={400}><Text size="sm">{one.error}</Text></Table.Td><Table.Td ta="right" className="numbers">{one.attempts}</Table.Td>
                    <Table.Td>{writes && <Group gap={6} justify="flex-end" wrap="nowrap"><Button size="compact-sm" variant="light" onClick={() => again.mutate(one.id)}>Try again</Button><Button size="compact-sm" variant="default" onClick={() => setGiven(one.id)}>Give up</Button></Group>}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Card>
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
    <Modal opened onClose={close} title="Give the dead letter up" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <TextInput label="Why?" description="Kept in the log" value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} data-autofocus />
        <Button disabled={!reason.trim()} loading={discard.isPending} onClick={() => discard.mutate()}>Give up</Button>
      </Stack>
    </Modal>
  )
}
