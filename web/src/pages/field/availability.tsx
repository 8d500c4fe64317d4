import { Alert, Button, Card, Chip, Group, Menu, Modal, NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { api, body, ifMatch } from '../../api/client'
import { problemIn } from '../../api/errors'
import { availability } from '../../api/queries'
import type { Availability } from '../../api/types'
import { useAccess } from '../../components/access'
import { DAYS, endingAt, once, ruleOf, sayRule, type Repeat } from '../../forms/recurrence'
import { clockAt, localText } from '../../time/zone'
import { Header } from '../../ui/header'
import { Empty, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'

/** When somebody can work and when not, and leave. */
export function MyAvailability() {
  const { me } = useAccess()
  const [making, setMaking] = useState<'preference' | 'leave'>()
  const query = useQuery(availability({ userId: me.user.id, limit: 200 }))
  return (
    <>
      <Header title="My availability" sub="Leave goes before single times, single times before those that come again.">
        <Button variant="default" onClick={() => setMaking('leave')}>Ask for leave</Button>
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setMaking('preference')}>Add times</Button>
      </Header>
      <Shown query={query}>
        {({ availability: list }) => list.length === 0 ? <Empty title="You have not said when you can work">Coordinators then have to ask.</Empty> : <Stack maw={720}>{list.map((one) => <Block key={one.id} one={one} />)}</Stack>}
      </Shown>
      {making && <Declare kind={making} close={() => setMaking(undefined)} />}
    </>
  )
}

const local = (text: string, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(undefined, { ...options, timeZone: 'UTC' }).format(new Date(`${text.replace(' ', 'T')}Z`))

function Block({ one }: { one: Availability }) {
  const queries = useQueryClient()
  const withdraw = useMutation({
    mutationFn: async (what: 'all' | 'to come') => {
      const params = { path: { id: one.id }, header: ifMatch(one) }
      if (what === 'to come' && one.recurrence) await api.PATCH('/api/availability/{id}', { params, body: { recurrence: endingAt(one.recurrence, new Date()) } })
      else await api.DELETE('/api/availability/{id}', { params })
    },
    onSuccess: (_, what) => tell(what === 'all' ? 'Taken back' : 'Ended'),
    onSettled: () => queries.invalidateQueries({ queryKey: ['availability'] }),
  })
  const begun = one.localStart.replace(' ', 'T') < localText(clockAt(new Date(), one.timezone))
  const sameDay = one.localStart.slice(0, 10) === one.localEnd.slice(0, 10)
  return (
    <Card>
      <Group justify="space-between" wrap="nowrap" align="start">
        <Stack gap={2} miw={0}>
          <Text fw={600}>{local(one.localStart, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })} – {local(one.localEnd, sameDay ? { hour: 'numeric', minute: '2-digit' } : { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })}</Text>
          {one.recurrence && <Text size="sm">{sayRule(one.recurrence)}</Text>}
          <Text size="sm" c="dimmed">{one.title ? `${one.title} · ` : ''}{one.timezone}</Text>
        </Stack>
        <Group gap="xs" wrap="nowrap">
          <Status of={one.kind === 'leave' ? (one.approval ?? 'pending') : one.status} />
          <Menu position="bottom-end">
            <Menu.Target><Button size="compact-sm" variant="default" loading={withdraw.isPending} aria-label={`Change ${one.title ?? 'these times'}`}>Change</Button></Menu.Target>
            <Menu.Dropdown>
              {one.recurrence && begun && <Menu.Item onClick={() => withdraw.mutate('to come')}>End it from now on</Menu.Item>}
              <Menu.Item color="red" onClick={() => withdraw.mutate('all')}>Take it back</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
    </Card>
  )
}

function Declare({ kind, close }: { kind: 'preference' | 'leave'; close: () => void }) {
  const { zone } = useAccess()
  const queries = useQueryClient()
  const [tomorrow] = useState(() => localText(clockAt(new Date(Date.now() + 86_400_000), zone)).slice(0, 10))
  const [repeat, setRepeat] = useState<Repeat>(once)
  const form = useForm({
    initialValues: { title: '', status: 'available', start: `${tomorrow}T09:00`, end: `${tomorrow}T17:00` },
    validate: { end: (text, { start }) => (text > start ? null : 'Must be after the start') },
  })
  const declare = useMutation({
    mutationFn: ({ title, status, start, end }: typeof form.values) =>
      body(api.POST('/api/availability', { body: { kind, localStart: `${start}:00`, localEnd: `${end}:00`, timezone: zone, title: title.trim() || null, ...(kind === 'leave' ? {} : { status: status as 'available', recurrence: ruleOf(repeat) }) } })),
    meta: { shown: true },
    onSuccess: () => {
      tell(kind === 'leave' ? 'Asked for' : 'Added')
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['availability'] }),
  })
  const problem = declare.error && problemIn(declare.error)
  return (
    <Modal opened onClose={close} title={kind === 'leave' ? 'Ask for leave' : 'When can you work?'} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={form.onSubmit((values) => declare.mutate(values))}>
        <Stack>
          {problem && <Alert color="red" title={problem.title}>{problem.errors?.map(({ field, message }) => `${field}: ${message}`).join('; ') || problem.detail}</Alert>}
          {kind === 'preference' && <SegmentedControl aria-label="I am" data={[{ value: 'available', label: 'Available' }, { value: 'tentative', label: 'Perhaps' }, { value: 'unavailable', label: 'Not available' }]} {...form.getInputProps('status')} />}
          <Group grow><TextInput label="From" type="datetime-local" {...form.getInputProps('start')} /><TextInput label="Until" type="datetime-local" {...form.getInputProps('end')} /></Group>
          {kind === 'preference' && (
            <>
              <Select label="Again" allowDeselect={false} value={repeat.every} onChange={(every) => setRepeat({ ...repeat, every: (every ?? 'never') as Repeat['every'] })} data={[{ value: 'never', label: 'Only then' }, { value: 'day', label: 'By days' }, { value: 'week', label: 'By weeks' }]} />
              {repeat.every !== 'never' && <Group grow><NumberInput label={`Every how many ${repeat.every}s`} min={1} max={52} value={repeat.interval} onChange={(value) => setRepeat({ ...repeat, interval: Number(value) || 1 })} /><TextInput label="Last day" type="date" value={repeat.until} onChange={({ currentTarget }) => setRepeat({ ...repeat, until: currentTarget.value })} /></Group>}
              {repeat.every === 'week' && <Chip.Group multiple value={repeat.days} onChange={(days) => setRepeat({ ...repeat, days })}><Group gap={6}>{DAYS.map(([code, label]) => <Chip key={code} value={code} size="sm">{label}</Chip>)}</Group></Chip.Group>}
            </>
          )}
          <TextInput label="What for" placeholder="If you like" {...form.getInputProps('title')} />
          <Text size="sm" c="dimmed">Times on the {zone} clock.</Text>
          <Button type="submit" loading={declare.isPending}>{kind === 'leave' ? 'Ask' : 'Add'}</Button>
        </Stack>
      </form>
    </Modal>
  )
}
