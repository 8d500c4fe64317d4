import { Button, Group, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body, ifMatch } from '../../api/client'
import type { Availability, EditScope } from '../../api/types'
import { Scope } from '../../components/scope'
import { sayRule } from '../../forms/recurrence'
import { t } from '../../language/language'
import { occurrences } from '../../time/occurrences'
import { sayLocal } from '../../time/say'
import { clockAt, localText } from '../../time/zone'
import { Dialog } from '../../ui/dialog'
import { Refusal } from '../../ui/problem'
import { tell } from '../../ui/tell'

interface Props { block: Availability; local?: string; close: () => void }

const minute = (text: string) => text.replace(' ', 'T').slice(0, 16)

/** Changes a time or takes it back: of what recurs one occurrence, that and those after it, or all. */
export function ChangeTime({ block, local, close }: Props) {
  const [read] = useState(block)
  const [now] = useState(() => new Date())
  const recurs = Boolean(read.recurrence)
  const coming = recurs ? occurrences(read, now, new Date(now.getTime() + 400 * 86_400_000)).slice(0, 60) : []
  const [which, setWhich] = useState(local ?? coming[0]?.local)
  const [scope, setScope] = useState<EditScope>(recurs && which ? 'this' : 'all')
  const days = [...new Set([...(local ? [local] : []), ...coming.map((one) => one.local)])].sort()
  return (
    <Dialog close={close} title={read.title ?? (read.kind === 'leave' ? t('Leave') : t('Your time'))}>
      <Stack>
        {read.recurrence && <Text size="sm" c="dimmed">{sayRule(read.recurrence)}</Text>}
        {recurs && which && <Scope label={t('Which?')} value={scope} change={setScope} />}
        {recurs && which && scope !== 'all' && <Select label={scope === 'this' ? t('The one on') : t('From the one on')} searchable allowDeselect={false} value={which} onChange={(next) => next && setWhich(next)} data={days.map((value) => ({ value, label: sayLocal(value) }))} />}
        <Fields key={scope + (which ?? '')} read={read} scope={scope} which={which} close={close} />
      </Stack>
    </Dialog>
  )
}

function Fields({ read, scope, which, close }: { read: Availability; scope: EditScope; which: string | undefined; close: () => void }) {
  const queries = useQueryClient()
  const part = scope === 'all' || !which ? undefined : occurrences(read, new Date(Date.parse(`${which}Z`) - 2 * 86_400_000), new Date(Date.parse(`${which}Z`) + 2 * 86_400_000)).find(({ local }) => local === which)
  const form = useForm({
    initialValues: {
      title: read.title ?? '', status: read.status as string,
      start: minute(part?.local ?? read.localStart), end: part ? localText(clockAt(part.end, read.timezone)) : minute(read.localEnd),
    },
    validate: { end: (text, { start }) => (text > start ? null : t('Must be after the start')) },
  })
  const params = { path: { id: read.id }, query: { scope, ...(scope !== 'all' && which ? { from: which } : {}) }, header: ifMatch(read) }
  const settled = {
    meta: { shown: true },
    onSuccess: () => {
      tell(t('Saved'))
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['availability'] }),
  }
  const save = useMutation({
    mutationFn: ({ title, status, start, end }: typeof form.values) =>
      body(api.PATCH('/api/availability/{id}', { params, body: { title: title.trim() || null, ...(form.isDirty('start') || form.isDirty('end') ? { localStart: `${start}:00`, localEnd: `${end}:00` } : {}), ...(read.kind === 'leave' ? {} : { status: status as 'available' }) } })),
    ...settled,
  })
  const back = useMutation({ mutationFn: () => api.DELETE('/api/availability/{id}', { params }), ...settled, onSuccess: () => { tell(t('Taken back')); close() } })
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <Refusal error={save.error ?? back.error} />
        {read.kind !== 'leave' && <SegmentedControl aria-label={t('I am')} data={[{ value: 'available', label: t('Available') }, { value: 'tentative', label: t('Perhaps') }, { value: 'unavailable', label: t('Not available') }]} {...form.getInputProps('status')} />}
        <SimpleGrid cols={{ base: 1, xs: 2 }}><TextInput label={t('From')} type="datetime-local" {...form.getInputProps('start')} /><TextInput label={t('Until')} type="datetime-local" {...form.getInputProps('end')} /></SimpleGrid>
        <TextInput label={t('What for')} placeholder={t('Optional')} maxLength={200} {...form.getInputProps('title')} />
        <Text size="sm" c="dimmed">{t('Times are in {{zone}}.', { zone: read.timezone })}{read.kind === 'leave' && ` ${t('Leave whose time changes has to be approved again.')}`}</Text>
        <Group justify="space-between">
          <Button variant="light" color="red" loading={back.isPending} onClick={() => back.mutate()}>{t('Take back')}</Button>
          <Button type="submit" loading={save.isPending}>{t('Save')}</Button>
        </Group>
      </Stack>
    </form>
  )
}
