import { Button, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body, ifMatch } from '../../../api/client'
import { eventTypes } from '../../../api/queries'
import type { Organization, Webhook } from '../../../api/types'
import { t } from '../../../language/language'
import { Dialog } from '../../../ui/dialog'
import { Refusal } from '../../../ui/problem'
import { tell } from '../../../ui/tell'

interface Fields { url: string; description: string; eventTypes: string[]; ordered: boolean }

export function NewWebhook({ organization, close, made }: { organization: Organization; close: () => void; made: (secret: string | undefined) => void }) {
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: ({ description, ...fields }: Fields) => body(api.POST('/api/webhooks', { body: { ...fields, description: description.trim() || null, organizationId: organization.id } })),
    meta: { shown: true },
    onSuccess: ({ secret }) => {
      made(secret ?? undefined)
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['webhook'] }),
  })
  return (
    <Dialog close={close} size="lg" title={t('New webhook')}>
      <Form initial={{ url: '', description: '', eventTypes: ['BOOKING_*'], ordered: false }} label={t('Create the webhook')} pending={create.isPending} error={create.error} save={(fields) => create.mutate(fields)} />
    </Dialog>
  )
}

export function EditWebhook({ it, close }: { it: Webhook; close: () => void }) {
  const [read] = useState(it)
  const queries = useQueryClient()
  const edit = useMutation({
    mutationFn: ({ description, ...fields }: Fields) => body(api.PATCH('/api/webhooks/{id}', { params: { path: { id: read.id }, header: ifMatch(read) }, body: { ...fields, description: description.trim() || null } })),
    meta: { shown: true },
    onSuccess: () => {
      tell(t('Saved'))
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['webhook'] }),
  })
  return (
    <Dialog close={close} size="lg" title={t('Change the webhook')}>
      <Form initial={{ url: read.url, description: read.description ?? '', eventTypes: read.eventTypes, ordered: read.ordered }} label={t('Save')} pending={edit.isPending} error={edit.error} save={(fields) => edit.mutate(fields)} />
    </Dialog>
  )
}

function Form({ initial, label, pending, error, save }: { initial: Fields; label: string; pending: boolean; error: unknown; save: (fields: Fields) => void }) {
  const types = useQuery(eventTypes())
  const names = types.data?.eventTypes.map(({ type }) => type) ?? []
  // A prefix takes in what comes later, too.
  const prefixes = [...new Set(names.map((name) => `${name.split('_')[0]}_*`))]
  const form = useForm<Fields>({
    initialValues: initial,
    validate: { url: (text) => (/^https?:\/\//.test(text.trim()) ? null : t('An address that begins with https://')), eventTypes: (list) => (list.length ? null : t('Of what is it told?')) },
  })
  return (
    <form onSubmit={form.onSubmit((values) => save({ ...values, url: values.url.trim() }))} noValidate>
      <Stack>
        <Refusal error={error} />
        <TextInput label={t('Address')} type="url" placeholder="https://hooks.example.com/rishi" maxLength={2000} data-autofocus {...form.getInputProps('url')} />
        <TextInput label={t('What for')} placeholder={t('Optional')} maxLength={500} {...form.getInputProps('description')} />
        <TagsInput label={t('Event types')} description={t('Types of event, prefixes such as BOOKING_*, or * for all')} data={['*', ...prefixes, ...names]} maxDropdownHeight={220} {...form.getInputProps('eventTypes')} />
        <Switch label={t('In order: what happens to one thing waits until what happened to it before has arrived')} {...form.getInputProps('ordered', { type: 'checkbox' })} />
        <Text size="sm" c="dimmed">{t('Only addresses that anybody could reach are called.')}</Text>
        <Button type="submit" loading={pending}>{label}</Button>
      </Stack>
    </form>
  )
}
