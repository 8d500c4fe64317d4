import { Button, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { useAccess } from '../../components/access'
import { once, ruleOf, wrongRepeat, type Repeat } from '../../forms/recurrence'
import { RepeatFields } from '../../forms/repeat-fields'
import { t } from '../../language/language'
import { clockAt, localText } from '../../time/zone'
import { Dialog } from '../../ui/dialog'
import { Refusal } from '../../ui/problem'
import { tell } from '../../ui/tell'

export interface NewTime { kind: 'preference' | 'leave'; start?: string; end?: string }

/** "I can work then", once or again and again; or "I ask for leave". */
export function Declare({ of: { kind, start, end }, close }: { of: NewTime; close: () => void }) {
  const { zone } = useAccess()
  const queries = useQueryClient()
  const [tomorrow] = useState(() => localText(clockAt(new Date(Date.now() + 86_400_000), zone)).slice(0, 10))
  const [repeat, setRepeat] = useState<Repeat>(once)
  const form = useForm({
    initialValues: { title: '', status: 'available', start: start ?? `${tomorrow}T09:00`, end: end ?? `${tomorrow}T17:00` },
    validate: { end: (text, { start: from }) => (text > from ? null : t('Must be after the start')) },
  })
  const wrong = wrongRepeat(repeat, form.values.start, false)
  const declare = useMutation({
    mutationFn: ({ title, status, start: from, end: to }: typeof form.values) =>
      body(api.POST('/api/availability', { body: { kind, localStart: `${from}:00`, localEnd: `${to}:00`, timezone: zone, title: title.trim() || null, ...(kind === 'leave' ? {} : { status: status as 'available', recurrence: ruleOf(repeat, from) }) } })),
    meta: { shown: true },
    onSuccess: () => {
      tell(kind === 'leave' ? t('Asked for') : t('Added'))
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['availability'] }),
  })
  return (
    <Dialog close={close} title={kind === 'leave' ? t('Ask for leave') : t('When can you work?')}>
      <form onSubmit={form.onSubmit((values) => { if (!wrong) declare.mutate(values) })}>
        <Stack>
          <Refusal error={declare.error} />
          {kind === 'preference' && <SegmentedControl aria-label={t('I am')} data={[{ value: 'available', label: t('Available') }, { value: 'tentative', label: t('Perhaps') }, { value: 'unavailable', label: t('Not available') }]} {...form.getInputProps('status')} />}
          <SimpleGrid cols={{ base: 1, xs: 2 }}><TextInput label={t('From')} type="datetime-local" {...form.getInputProps('start')} /><TextInput label={t('Until')} type="datetime-local" {...form.getInputProps('end')} /></SimpleGrid>
          {kind === 'preference' && <RepeatFields value={repeat} change={setRepeat} start={form.values.start} error={wrong} />}
          <TextInput label={t('What for')} placeholder={t('Optional')} maxLength={200} {...form.getInputProps('title')} />
          <Text size="sm" c="dimmed">{t('Times are in {{zone}}.', { zone })}</Text>
          <Button type="submit" loading={declare.isPending}>{kind === 'leave' ? t('Ask') : t('Add')}</Button>
        </Stack>
      </form>
    </Dialog>
  )
}
