import { Alert, Badge, Button, Card, Checkbox, Drawer, Group, Progress, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import { candidates } from '../../api/queries'
import type { Booking, Candidate } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { percent } from '../../language/write'
import { useFocusBack } from '../../ui/focus'
import { money } from '../../ui/money'
import { Empty, Shown } from '../../ui/states'
import { STYLES } from '../../ui/status'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'

/** Everybody who could be asked, best first, with every reason for and against. */
export function Candidates({ booking, close }: { booking: Booking; close: () => void }) {
  useFocusBack()
  const roles = booking.staffRequirements?.roles?.map(({ role }) => role) ?? []
  const [role, setRole] = useState(roles[0])
  const [chosen, setChosen] = useState<Set<string>>(new Set())
  const [reason, setReason] = useState('')
  const queries = useQueryClient()
  const query = useQuery(candidates(booking.id, role))
  const picked = query.data?.candidates.filter(({ staffId }) => chosen.has(staffId)) ?? []
  const needsReason = picked.some(({ fit }) => fit === 'with_override')
  const assign = useMutation({
    mutationFn: () =>
      body(api.POST('/api/bookings/{id}/staff', {
        params: { path: { id: booking.id } },
        body: { assignments: picked.map((one) => ({ staffId: one.staffId, role: role ?? one.role })), ...(needsReason ? { override: { reason: reason.trim() } } : {}) },
      })),
    meta: { shown: true },
    onSuccess: () => {
      tell(t('{{count}} assigned', { count: picked.length, defaultValue_one: '{{count}} assigned' }))
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }),
  })
  const problem = assign.error && problemIn(assign.error)
  const flip = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={t('Assign to {{title}}', { title: booking.title })} closeButtonProps={{ 'aria-label': t('Close') }}>
      <Stack>
        {roles.length > 1 && <Select label={t('Role')} data={[...new Set(roles)]} value={role ?? null} onChange={(value) => { setRole(value ?? undefined); setChosen(new Set()) }} allowDeselect={false} />}
        {problem && <Alert color="red" title={problem.title}>{problem.detail}{problem.problems?.flatMap(({ reasons }) => reasons).map(({ message }) => <Text key={message} size="sm">{message}</Text>)}</Alert>}
        <Shown query={query}>
          {({ candidates: list }) => list.length === 0
            ? <Empty title={t('Nobody to choose from')}>{t('No staff member may work for this organization yet.')}</Empty>
            : <Stack gap="xs">{list.map((one) => <Person key={one.staffId} one={one} chosen={chosen.has(one.staffId)} flip={() => flip(one.staffId)} organizationId={booking.organizationId} />)}</Stack>}
        </Shown>
        <Card pos="sticky" bottom={0} shadow="md">
          <Stack gap="xs">
            {needsReason && <TextInput label={t('Why in spite of the warnings?')} description={t('The reason is kept in the story of the booking')} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />}
            <Button disabled={picked.length === 0 || (needsReason && !reason.trim())} loading={assign.isPending} onClick={() => assign.mutate()}>{picked.length ? t('Assign {{count}}', { count: picked.length, defaultValue_one: 'Assign {{count}}' }) : t('Choose somebody')}</Button>
          </Stack>
        </Card>
      </Stack>
    </Drawer>
  )
}

const fits = () => ({ fits: ['leaf', t('Fits')], with_override: ['orange', t('With a reason')], no: ['red', t('Not possible')] }) as const

function Person({ one, chosen, flip, organizationId }: { one: Candidate; chosen: boolean; flip: () => void; organizationId: string }) {
  const { organizations } = useAccess()
  const currency = organizations.find(({ id }) => id === organizationId)?.currency
  const [color, fit] = fits()[one.fit]
  return (
    <Card padding="sm">
      <Group justify="space-between" wrap="nowrap" align="start">
        <Checkbox checked={chosen} disabled={one.fit === 'no'} onChange={flip} label={<Text fw={600} size="sm">{one.displayName}</Text>} description={[one.distanceKm != null && t('{{distance}} km', { distance: Math.round(one.distanceKm) }), one.hourlyRate != null && t('{{amount}} an hour', { amount: money(one.hourlyRate, currency) })].filter(Boolean).join(' · ')} />
        <Group gap={6} wrap="nowrap">
          <Badge variant="light" color={color} tt="none" styles={STYLES}>{fit}</Badge>
          <Text fw={700} className="numbers" title={t('Score out of 100')}>{Math.round(one.score.points)}</Text>
        </Group>
      </Group>
      <Progress.Root size={8} mt="xs" aria-hidden>
        {one.score.parts.map(({ part, value, weight }) => (
          <Tooltip key={part} label={t('{{part}}: {{share}} of {{weight}}', { part: words(part), share: percent(value), weight })}><Progress.Section value={value * weight} color={`leaf.${3 + (one.score.parts.findIndex((other) => other.part === part) % 6)}`} /></Tooltip>
        ))}
      </Progress.Root>
      {one.reasons.map(({ code, kind, message }) => <Text key={code + message} size="xs" mt={4} c={kind === 'hard' ? 'var(--mantine-color-error)' : 'dimmed'}>{message}</Text>)}
    </Card>
  )
}
