import { Badge, Button, Card, Group, Menu, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconUserPlus, IconWand } from '@tabler/icons-react'
import { useState } from 'react'
import { api, body } from '../../api/client'
import type { Assignment, Booking } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { sayTime } from '../../time/say'
import { money } from '../../ui/money'
import { Empty } from '../../ui/states'
import { Status, STYLES } from '../../ui/status'
import { tell } from '../../ui/tell'
import { inWords, words } from '../../ui/words'
import { Candidates } from './candidates'

const LIVE = ['assigned', 'confirmed', 'checked_in']

/** Who is on a booking, what is still open, and how to fill it. */
export function Staffing({ booking }: { booking: Booking }) {
  const { may, organizations } = useAccess()
  const [choosing, setChoosing] = useState(false)
  const queries = useQueryClient()
  const currency = organizations.find(({ id }) => id === booking.organizationId)?.currency
  const final = booking.status === 'completed' || booking.status === 'cancelled'
  const assigns = !final && may('assign_staff', booking.organizationId)
  const auto = useMutation({
    mutationFn: () => body(api.POST('/api/bookings/{id}/auto-assign', { params: { path: { id: booking.id } } })),
    onSuccess: ({ assigned, filled, unfilled }) =>
      tell(filled ? t('{{count}} assigned: everybody is there', { count: assigned, defaultValue_one: '{{count}} assigned: everybody is there' }) : t('{{count}} assigned. Still open: {{places}}', { count: assigned, places: unfilled.map(({ role, places }) => `${places} × ${inWords(role)}`).join(', '), defaultValue_one: '{{count}} assigned. Still open: {{places}}' })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }),
  })
  const people = booking.staffAssignments
  return (
    <Card>
      <Group justify="space-between" mb="sm">
        <Group gap="xs"><Title order={2}>{t('Staff')}</Title><Open booking={booking} /></Group>
        {assigns && (
          <Group gap="xs">
            <Button size="xs" variant="light" leftSection={<IconWand size={16} aria-hidden />} loading={auto.isPending} onClick={() => auto.mutate()}>{t('Best team')}</Button>
            <Button size="xs" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setChoosing(true)}>{t('Assign')}</Button>
          </Group>
        )}
      </Group>
      {people.length === 0 ? <Empty title={t('Nobody is assigned yet')} /> : (
        <div className="table-box stack" tabIndex={0}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t('Who')}</Table.Th><Table.Th>{t('Status')}</Table.Th><Table.Th>{t('Present')}</Table.Th><Table.Th ta="right">{t('Rate')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
            <Table.Tbody>
              {people.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td><Text fw={600} size="sm">{one.staff.displayName}</Text><Text size="xs" c="dimmed">{words(one.role)}</Text></Table.Td>
                  <Table.Td data-label={t('Status')}><Status of={one.status} about="assignment" /></Table.Td>
                  <Table.Td data-label={t('Present')}><Present one={one} zone={booking.timezone} /></Table.Td>
                  <Table.Td data-label={t('Rate')} ta="right" className="numbers">{one.hourlyRate == null ? money(one.hourlyRate, currency) : t('{{amount}} an hour', { amount: money(one.hourlyRate, currency) })}</Table.Td>
                  <Table.Td ta="right">{!final && <Steps booking={booking} one={one} />}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {choosing && <Candidates booking={booking} close={() => setChoosing(false)} />}
    </Card>
  )
}

function Open({ booking: { staffRequirements, staffAssignments } }: { booking: Booking }) {
  const live = staffAssignments.filter(({ status }) => LIVE.includes(status) || status === 'completed')
  const wanted = staffRequirements?.roles?.length ? staffRequirements.roles : staffRequirements?.count ? [{ role: 'staff', count: staffRequirements.count }] : []
  return wanted.map(({ role, count }) => {
    const there = wanted.length === 1 ? live.length : live.filter((one) => one.role === role).length
    return <Badge key={role} variant="light" color={there >= count ? 'leaf' : 'orange'} tt="none" styles={STYLES}>{words(role)} {there}/{count}</Badge>
  })
}

function Present({ one, zone }: { one: Assignment; zone: string }) {
  if (!one.checkedInAt) return <Text c="dimmed" size="sm">–</Text>
  const away = one.checkIn?.withinGeofence === false
  return (
    <Stack gap={0}>
      <Text size="sm">{sayTime(one.checkedInAt, zone)}{one.checkedOutAt ? ` – ${sayTime(one.checkedOutAt, zone)}` : ''}</Text>
      {away && <Text size="xs" c="dimmed">{t('outside the geofence')}</Text>}
    </Stack>
  )
}

/** What a coordinator may do for somebody who is on the booking. */
function Steps({ booking, one }: { booking: Booking; one: Assignment }) {
  const { may } = useAccess()
  const queries = useQueryClient()
  const path = { id: booking.id, assignmentId: one.id }
  const step = useMutation({
    mutationFn: async (what: string) => {
      if (what === 'release') return api.DELETE('/api/bookings/{id}/staff/{assignmentId}', { params: { path } })
      if (what === 'confirm') return api.POST('/api/bookings/{id}/staff/{assignmentId}/confirm', { params: { path }, body: {} })
      if (what === 'decline') return api.POST('/api/bookings/{id}/staff/{assignmentId}/decline', { params: { path }, body: {} })
      if (what === 'check-in') return api.POST('/api/bookings/{id}/staff/{assignmentId}/check-in', { params: { path }, body: {} })
      if (what === 'check-out') return api.POST('/api/bookings/{id}/staff/{assignmentId}/check-out', { params: { path }, body: {} })
      return api.POST('/api/bookings/{id}/staff/{assignmentId}/no-show', { params: { path }, body: {} })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }),
  })
  const steps: [string, string][] = []
  if (may('override_presence', booking.organizationId)) {
    if (one.status === 'assigned') steps.push(['confirm', t('Confirm for them')], ['decline', t('Decline for them')])
    if (one.status === 'confirmed') steps.push(['check-in', t('Check in')], ['no-show', t('Did not come')])
    if (one.status === 'no_show') steps.push(['check-in', t('Came after all')])
    if (one.status === 'checked_in') steps.push(['check-out', t('Check out')])
  }
  if (may('assign_staff', booking.organizationId) && ['assigned', 'confirmed'].includes(one.status)) steps.push(['release', t('Release')])
  if (steps.length === 0) return null
  return (
    <Menu position="bottom-end">
      <Menu.Target><Button size="compact-sm" variant="default" loading={step.isPending} aria-label={t('Steps for {{name}}', { name: one.staff.displayName })}>{t('Steps')}</Button></Menu.Target>
      <Menu.Dropdown>{steps.map(([what, label]) => <Menu.Item key={what} color={what === 'release' ? 'red' : undefined} onClick={() => step.mutate(what)}>{label}</Menu.Item>)}</Menu.Dropdown>
    </Menu>
  )
}
