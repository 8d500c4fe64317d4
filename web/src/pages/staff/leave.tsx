import { Alert, Button, Card, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { availability, everybody, PAGE } from '../../api/queries'
import type { Availability, Conflict } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { sayLocalRange, sayRange } from '../../time/say'
import { Header } from '../../ui/header'
import { Pages } from '../../ui/pages'
import { Empty, Forbidden, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'

/** Who asks for leave, and what was answered. */
export function LeaveRequests() {
  const { mayAnywhere } = useAccess()
  const search = useSearch({ from: '/shell/staff/leave' })
  const navigate = useNavigate({ from: '/staff/leave' })
  const approval = search.approval === 'approved' || search.approval === 'rejected' ? search.approval : 'pending'
  const query = useQuery(availability({ kind: 'leave', approval, limit: PAGE, page: search.page ?? 1 }))
  const people = useQuery(everybody())
  if (!mayAnywhere('approve_leave')) return <Forbidden />
  const name = (id: string) => people.data?.find(({ userId }) => userId === id)?.displayName ?? t('Somebody')
  return (
    <>
      <Header title={t('Leave')} sub={t('Approved leave goes before anything else that people have said of their time.')} />
      <SegmentedControl mb="md" aria-label={t('Which')} value={approval} onChange={(value) => void navigate({ search: { approval: value === 'pending' ? undefined : value } })} data={[{ value: 'pending', label: t('To decide') }, { value: 'approved', label: t('Approved', { context: 'leave' }) }, { value: 'rejected', label: t('Rejected', { context: 'leave' }) }]} />
      <Shown query={query}>
        {({ availability: list, pagination }) => list.length === 0 ? <Empty title={approval === 'pending' ? t('Nothing to decide') : t('No requests')}>{approval === 'pending' && t('Who asks for leave appears here.')}</Empty> : (
          <Stack maw={800}>
            {list.map((one) => <Request key={one.id} one={one} name={name(one.userId)} />)}
            <Pages total={pagination.total} size={PAGE} page={search.page} turn={(page) => void navigate({ search: (before) => ({ ...before, page }) })} of={t('requests')} />
          </Stack>
        )}
      </Shown>
    </>
  )
}

/** What is in the way of a leave that was approved: somebody else has to be found. */
function InTheWay({ of }: { of: Conflict[] }) {
  const { zone } = useAccess()
  return (
    <Alert color="orange" mt="sm" title={t('Assigned in that time: somebody else is needed')}>
      {of.map(({ bookingId, scheduledStart, scheduledEnd }) => (
        <Text key={scheduledStart} size="sm">{sayRange(scheduledStart, scheduledEnd, zone)}{bookingId && <> · <Link to="/bookings/$id" params={{ id: bookingId }}>{t('the booking')}</Link></>}</Text>
      ))}
    </Alert>
  )
}

function Request({ one, name }: { one: Availability; name: string }) {
  const queries = useQueryClient()
  const [notes, setNotes] = useState('')
  const [way, setWay] = useState<Conflict[]>()
  const decide = useMutation({
    mutationFn: async (yes: boolean) => {
      const params = { path: { id: one.id } }
      const sent = { notes: notes.trim() || null }
      return yes ? body(api.POST('/api/availability/{id}/approve', { params, body: sent })) : body(api.POST('/api/availability/{id}/reject', { params, body: sent }))
    },
    onSuccess: ({ conflicts }, yes) => {
      tell(yes ? t('Approved for {{name}}', { name }) : t('Rejected for {{name}}', { name }))
      // The list asks again; what is in the way stays to be read until it is put away.
      if (yes && conflicts.length) setWay(conflicts)
      else void queries.invalidateQueries({ queryKey: ['availability'] })
    },
    onError: () => queries.invalidateQueries({ queryKey: ['availability'] }),
  })
  return (
    <Card>
      <Group justify="space-between">
        <Stack gap={2} miw={0} flex="1 1 220px"><Link className="row-link" to="/staff/$id" params={{ id: one.userId }}>{name}</Link><Text size="sm">{sayLocalRange(one.localStart, one.localEnd)} ({one.timezone})</Text>{one.title && <Text size="sm" c="dimmed">{one.title}</Text>}</Stack>
        {way ? <Button variant="default" onClick={() => void queries.invalidateQueries({ queryKey: ['availability'] })}>{t('Seen')}</Button> : one.approval === 'pending'
          ? <Group gap="xs"><TextInput aria-label={t('Remark on the leave of {{name}}', { name })} placeholder={t('Remark, if you like')} value={notes} onChange={({ currentTarget }) => setNotes(currentTarget.value)} /><Button loading={decide.isPending} onClick={() => decide.mutate(true)} aria-label={t('Approve the leave of {{name}}', { name })}>{t('Approve')}</Button><Button variant="default" loading={decide.isPending} onClick={() => decide.mutate(false)} aria-label={t('Reject the leave of {{name}}', { name })}>{t('Reject')}</Button></Group>
          : one.approval && <Status of={one.approval} about="leave" />}
      </Group>
      {way && <InTheWay of={way} />}
    </Card>
  )
}
