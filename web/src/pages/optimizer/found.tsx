import { Alert, Badge, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import type { Optimization } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { number } from '../../language/write'
import { sayBoth, sayDate, sayFull } from '../../time/say'
import { Dialog } from '../../ui/dialog'
import { money } from '../../ui/money'
import { Pages } from '../../ui/pages'
import { Empty } from '../../ui/states'
import { STYLES, Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { inWords } from '../../ui/words'
import { sayGap } from './gap'
import { Unfilled } from './unfilled'

const SHOWN = 25

/** What was found, beside what is there today. */
export function Found({ it, again }: { it: Optimization; again: () => void }) {
  const { organizations } = useAccess()
  const one = organizations.find(({ id }) => id === it.organizationIds[0])
  const zone = one?.timezone ?? 'UTC'
  const planned = it.plan?.bookings.reduce((sum, { assignments }) => sum + assignments.length, 0) ?? 0
  return (
    <Stack>
      <Card>
        <Group justify="space-between" align="start">
          <Stack gap={4}>
            <Group gap="xs"><Title order={2}>{t('{{from}} to {{until}}', { from: sayDate(it.from, zone), until: sayDate(new Date(Date.parse(it.to) - 1), zone) })}</Title><Status of={it.state} /></Group>
            <Text size="sm" c="dimmed">{[`${number(it.elapsedSeconds, 1)} s, ${t('{{count}} attempts', { count: it.rounds, defaultValue_one: '{{count}} attempt' })}`, it.standing && sayGap(it.standing, it.proven), it.appliedAt && t('In force since {{time}}', { time: sayFull(it.appliedAt, zone) })].filter(Boolean).map((part) => `${part}.`).join(' ')}</Text>
          </Stack>
          <Group gap="xs"><Button variant="default" onClick={again}>{t('Search again')}</Button>{it.plan && planned > 0 && (it.state === 'done' || it.state === 'cancelled') && <Apply it={it} planned={planned} again={again} />}</Group>
        </Group>
        {it.notApplied && <Alert color="orange" mt="sm" title={t('Not put into force')}>{it.notApplied.detail}</Alert>}
        {it.plan && <Compared it={it} planned={planned} currency={one?.currency} />}
      </Card>
      {it.plan && (planned === 0 ? <Empty title={t('No place could be filled')} /> : <Planned of={it.plan.bookings} zone={zone} />)}
      {it.unfilled && it.unfilled.length > 0 && <Unfilled of={it.unfilled} zone={zone} />}
    </Stack>
  )
}

/** What the plan changes, in figures. */
function Compared({ it: { plan, standing, bookings, unfilled, state }, planned, currency }: { it: Optimization; planned: number; currency: string | undefined }) {
  if (!plan) return null
  const open = standing?.openPlaces ?? 0
  const lacking = new Set(unfilled?.map(({ bookingId }) => bookingId)).size
  const { sums } = plan
  const rows: [string, string, string][] = [
    [t('Open places'), number(open + planned), number(open)], [t('Bookings that lack people'), number(bookings), number(lacking)],
  ]
  if (planned > 0) rows.push(
    [t('Additional assignments'), '–', number(planned)], [t('Their hours'), '–', `${number(sums.hours, 1)} h`], ...(sums.cost ? [[t('Their cost'), '–', `${money(sums.cost.amount, currency)}${sums.cost.partial ? ` (${t('partial')})` : ''}`] as [string, string, string]] : []),
    [t('Kilometres from home'), '–', t('{{distance}} km', { distance: Math.round(sums.travelKm) })], [t('Least and most hours of a person'), '–', t('{{least}} to {{most}} h', { least: number(sums.fewestHours, 1), most: number(sums.mostHours, 1) })],
    ...(sums.undeclared ? [[t('Have not said that they can'), '–', number(sums.undeclared)] as [string, string, string]] : []), ...(sums.passedOver ? [[t('Reasons passed over'), '–', number(sums.passedOver)] as [string, string, string]] : []),
  )
  return (
    <Table mt="md" maw={560} highlightOnHover={false}>
      <Table.Thead><Table.Tr><Table.Th /><Table.Th ta="right">{state === 'applied' ? t('Before') : t('Today')}</Table.Th><Table.Th ta="right">{t('With the plan')}</Table.Th></Table.Tr></Table.Thead>
      <Table.Tbody>{rows.map(([name, before, after]) => <Table.Tr key={name}><Table.Td>{name}</Table.Td><Table.Td ta="right" className="numbers">{before}</Table.Td><Table.Td ta="right" className="numbers" fw={600}>{after}</Table.Td></Table.Tr>)}</Table.Tbody>
    </Table>
  )
}

function Planned({ of, zone }: { of: NonNullable<Optimization['plan']>['bookings']; zone: string }) {
  const [page, setPage] = useState(1)
  return (
    <Card>
      <Title order={2} mb="xs">{t('Who would go where')}</Title>
      <Stack>
        <div className="table-box stack" tabIndex={0}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t('Booking')}</Table.Th><Table.Th>{t('When')}</Table.Th><Table.Th>{t('Additional staff')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {of.slice((page - 1) * SHOWN, page * SHOWN).map((booking) => (
                <Table.Tr key={booking.bookingId}>
                  <Table.Td><Link className="row-link" to="/bookings/$id" params={{ id: booking.bookingId }}>{booking.title}</Link></Table.Td>
                  <Table.Td>{sayBoth(booking.scheduledStart, zone)}</Table.Td>
                  <Table.Td><Group gap={6}>{booking.assignments.map(({ staffId, displayName, role, passedOver }) => <Badge key={staffId} variant="light" tt="none" color={passedOver.length ? 'orange' : 'leaf'} styles={STYLES} title={passedOver.map(({ message }) => message).join(' ')}>{displayName}, {inWords(role)}{passedOver.length ? `, ${t('against a reason')}` : ''}</Badge>)}</Group></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
        <Pages total={of.length} size={SHOWN} page={page} turn={(next) => setPage(next ?? 1)} of={t('bookings')} />
      </Stack>
    </Card>
  )
}

function Apply({ it, planned, again }: { it: Optimization; planned: number; again: () => void }) {
  const [asked, { open, close }] = useDisclosure()
  const queries = useQueryClient()
  const apply = useMutation({
    mutationFn: () => body(api.POST('/api/schedule/optimize/{id}/apply', { params: { path: { id: it.id } } })),
    meta: { shown: true },
    onSuccess: (applied) => {
      queries.setQueryData(['optimization', it.id], applied)
      tell(t('In force: {{count}} assigned', { count: planned, defaultValue_one: 'In force: {{count}} assigned' }))
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }),
  })
  const problem = apply.error && problemIn(apply.error)
  return (
    <>
      <Button onClick={open}>{t('Put into force')}</Button>
      {asked && (
        <Dialog close={close} title={t('Assign {{count}} people?', { count: planned, defaultValue_one: 'Assign {{count}} person?' })}>
          <Stack>
            <Text size="sm">{t('All of the plan or nothing. Everybody is checked again, and told as if they had been assigned by hand.')}</Text>
            {problem && (
              <Alert color="red" title={problem.title} role="alert">
                <Text size="sm">{problem.detail}</Text>
                {problem.changed?.map(({ subject }) => <Text key={subject} size="sm">{t('Changed meanwhile: {{name}}', { name: it.plan?.bookings.find(({ bookingId }) => subject.endsWith(bookingId))?.title ?? subject })}</Text>)}
                {problem.problems?.flatMap(({ staffId, reasons }) => reasons.map(({ message }) => <Text key={staffId + message} size="sm">{message}</Text>))}
              </Alert>
            )}
            <Group justify="flex-end"><Button variant="default" onClick={close}>{t('Back')}</Button>{problem?.code === 'plan_stale' ? <Button onClick={again}>{t('Search again')}</Button> : <Button loading={apply.isPending} onClick={() => apply.mutate()}>{t('Put into force')}</Button>}</Group>
          </Stack>
        </Dialog>
      )}
    </>
  )
}
