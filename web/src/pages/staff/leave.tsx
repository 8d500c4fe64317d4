import { Button, Card, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client'
import { availability, staff } from '../../api/queries'
import type { Availability } from '../../api/types'
import { useAccess } from '../../components/access'
import { Header } from '../../ui/header'
import { Empty, Forbidden, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'

const local = (text: string) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(`${text.replace(' ', 'T')}Z`))

/** Who asks for leave, and what was answered. */
export function LeaveRequests() {
  const { mayAnywhere } = useAccess()
  const [approval, setApproval] = useState<'pending' | 'approved' | 'rejected'>('pending')
  const query = useQuery(availability({ kind: 'leave', approval, limit: 100 }))
  const people = useQuery(staff({ limit: 200 }))
  if (!mayAnywhere('approve_leave')) return <Forbidden />
  const name = (id: string) => people.data?.staff.find(({ userId }) => userId === id)?.displayName ?? 'Somebody'
  return (
    <>
      <Header title="Leave" sub="Approved leave goes before anything else that people have said of their time." />
      <SegmentedControl mb="md" aria-label="Which" value={approval} onChange={(value) => setApproval(value as typeof approval)} data={[{ value: 'pending', label: 'To decide' }, { value: 'approved', label: 'Approved' }, { value: 'rejected', label: 'Rejected' }]} />
      <Shown query={query}>
        {({ availability: list }) => list.length === 0 ? <Empty title={approval === 'pending' ? 'Nothing to decide' : 'None'} /> : <Stack maw={800}>{list.map((one) => <Request key={one.id} one={one} name={name(one.userId)} />)}</Stack>}
      </Shown>
    </>
  )
}

function Request({ one, name }: { one: Availability; name: string }) {
  const queries = useQueryClient()
  const decide = useMutation({
    mutationFn: async (yes: boolean) => {
      const params = { path: { id: one.id } }
      if (yes) await api.POST('/api/availability/{id}/approve', { params, body: {} })
      else await api.POST('/api/availability/{id}/reject', { params, body: {} })
    },
    onSuccess: (_, yes) => tell(yes ? `Approved for ${name}` : `Rejected for ${name}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['availability'] }),
  })
  return (
    <Card>
      <Group justify="space-between">
        <Stack gap={2}><Text fw={600}>{name}</Text><Text size="sm">{local(one.localStart)} – {local(one.localEnd)}</Text>{one.title && <Text size="sm" c="dimmed">{one.title}</Text>}</Stack>
        {one.approval === 'pending'
          ? <Group gap="xs"><Button loading={decide.isPending} onClick={() => decide.mutate(true)} aria-label={`Approve the leave of ${name}`}>Approve</Button><Button variant="default" loading={decide.isPending} onClick={() => decide.mutate(false)} aria-label={`Reject the leave of ${name}`}>Reject</Button></Group>
          : one.approval && <Status of={one.approval} />}
      </Group>
    </Card>
  )
}
