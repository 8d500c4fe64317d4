import { Button, Card, Checkbox, Group, Stack, Switch, Table, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { preferences } from '../../api/queries'
import type { NotificationKind, Preferences as Chosen } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { Refusal } from '../../ui/problem'
import { Shown } from '../../ui/states'
import { tell } from '../../ui/tell'

const kinds = (): [NotificationKind, string][] => [
  ['staff_assigned', t('You are asked to come')], ['staff_released', t('You are taken off a booking')], ['booking_reminder', t('A booking is near')],
  ['approval_waiting', t('A booking waits for approval too long')], ['booking_created', t('Somebody drafted a booking')], ['booking_approved', t('A booking is approved')],
  ['booking_confirmed', t('A booking is confirmed')], ['booking_cancelled', t('A booking is cancelled')], ['booking_status_changed', t('Any other step of a booking')],
  ['completion_summary', t('A booking is over, and what it took')], ['auto_assignment_failed', t('No team was found')], ['no_show', t('Somebody did not come')],
  ['leave_requested', t('Somebody asks for leave')], ['leave_decided', t('Your leave was decided')], ['certification_expiring', t('A certification ends soon')], ['webhook_disabled', t('A webhook is no longer called')],
]

export function Preferences() {
  return <Shown query={useQuery(preferences())}>{(found) => <Form now={found} />}</Shown>
}

function Form({ now }: { now: Chosen }) {
  const { me } = useAccess()
  const queries = useQueryClient()
  const [read] = useState(now)
  const [version, setVersion] = useState(now.version)
  const form = useForm({
    initialValues: { inApp: read.muted.inApp ?? [], email: read.muted.email ?? [], quiet: Boolean(read.quietHours), from: read.quietHours?.from.slice(0, 5) ?? '22:00', to: read.quietHours?.to.slice(0, 5) ?? '07:00' },
    validate: { to: (text, { quiet, from }) => (quiet && text === from ? t('Not the same as the beginning') : null) },
  })
  const save = useMutation({
    mutationFn: ({ inApp, email, quiet, from, to }: typeof form.values) =>
      body(api.PUT('/api/notification-preferences', { params: { header: { 'If-Match': `"${version}"` } }, body: { muted: { inApp, email }, quietHours: quiet ? { from, to } : null } })),
    meta: { shown: true },
    onSuccess: (saved) => {
      setVersion(saved.version)
      tell(t('Saved'))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['notification', 'preferences'] }),
  })
  const box = (channel: 'inApp' | 'email', kind: NotificationKind, label: string) => {
    const muted = form.values[channel]
    return (
      <Checkbox aria-label={`${label}: ${channel === 'inApp' ? t('inbox') : t('e-mail')}`} checked={!muted.includes(kind)}
        onChange={({ currentTarget }) => form.setFieldValue(channel, currentTarget.checked ? muted.filter((one) => one !== kind) : [...muted, kind])} />
    )
  }
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack maw={800}>
        <Refusal error={save.error} />
        <Card p={0}>
          <Table className="whole-words">
            <Table.Thead><Table.Tr><Table.Th>{t('What')}</Table.Th><Table.Th w={112}>{t('Inbox')}</Table.Th><Table.Th w={112}>{t('E-mail')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>{kinds().map(([kind, label]) => <Table.Tr key={kind}><Table.Td>{label}</Table.Td><Table.Td>{box('inApp', kind, label)}</Table.Td><Table.Td>{box('email', kind, label)}</Table.Td></Table.Tr>)}</Table.Tbody>
          </Table>
        </Card>
        <Text size="sm" c="dimmed">{t('What is not told in the inbox is still there, as read already. Mail goes out only where the platform has a mail server.')}</Text>
        <Card>
          <Title order={2} mb="xs">{t('Quiet hours')}</Title>
          <Stack gap="sm">
            <Switch label={t('Send no mail at night; it comes when they end')} {...form.getInputProps('quiet', { type: 'checkbox' })} />
            {form.values.quiet && <Group><TextInput type="time" label={t('From')} {...form.getInputProps('from')} /><TextInput type="time" label={t('Until')} {...form.getInputProps('to')} /></Group>}
            <Text size="sm" c="dimmed">{t('In your time zone, {{zone}}.', { zone: me.user.timezone })} <Link to="/account">{t('Your language and time zone')}</Link></Text>
          </Stack>
        </Card>
        <Group justify="flex-end"><Button type="submit" loading={save.isPending}>{t('Save')}</Button></Group>
      </Stack>
    </form>
  )
}
