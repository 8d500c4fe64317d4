import { Button, Group, Menu, NumberInput, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body, ifMatch } from '../../../api/client'
import type { Webhook } from '../../../api/types'
import { t } from '../../../language/language'
import { Dialog } from '../../../ui/dialog'
import { Refusal } from '../../../ui/problem'
import { tell } from '../../../ui/tell'

interface Props { of: Webhook; edit: () => void; rotated: (secret: string | undefined) => void; gone: () => Promise<void> }
type Ask = 'rotate' | 'replay' | 'delete'

/** What can be done with a webhook. */
export function Orders({ of, edit, rotated, gone }: Props) {
  const [asked, setAsked] = useState<Ask>()
  const queries = useQueryClient()
  const settled = { onSettled: () => queries.invalidateQueries({ queryKey: ['webhook'] }) }
  const path = { id: of.id }
  const test = useMutation({ mutationFn: () => api.POST('/api/webhooks/{id}/test', { params: { path } }), onSuccess: () => tell(t('Sent: the deliveries show whether it arrives')), ...settled })
  const flip = useMutation({
    mutationFn: () => api.PATCH('/api/webhooks/{id}', { params: { path, header: ifMatch(of) }, body: { status: of.status === 'enabled' ? 'disabled' : 'enabled' } }),
    onSuccess: () => tell(of.status === 'enabled' ? t('Disabled') : t('Enabled: what was pending is delivered')),
    ...settled,
  })
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><Button size="compact-sm" variant="default" loading={test.isPending || flip.isPending} aria-label={t('Change {{name}}', { name: of.url })}>{t('Change')}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={edit}>{t('Edit')}</Menu.Item>
          <Menu.Item onClick={() => test.mutate()}>{t('Send a test')}</Menu.Item>
          <Menu.Item onClick={() => setAsked('replay')}>{t('Send again from a position on')}</Menu.Item>
          <Menu.Item onClick={() => setAsked('rotate')}>{t('New secret')}</Menu.Item>
          <Menu.Item onClick={() => flip.mutate()}>{of.status === 'enabled' ? t('Disable') : t('Enable')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" onClick={() => setAsked('delete')}>{t('Delete')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asked && <Order of={of} what={asked} close={() => setAsked(undefined)} rotated={rotated} gone={gone} />}
    </>
  )
}

const titles = (): Record<Ask, string> => ({ rotate: t('New secret'), replay: t('Send again'), delete: t('Delete the webhook') })

function Order({ of, what, close, rotated, gone }: { of: Webhook; what: Ask; close: () => void; rotated: Props['rotated']; gone: () => void }) {
  const queries = useQueryClient()
  const [hours, setHours] = useState<number | ''>(24)
  const [position, setPosition] = useState<number | ''>('')
  const path = { id: of.id }
  const order = useMutation({
    mutationFn: async () => {
      if (what === 'rotate') rotated((await body(api.POST('/api/webhooks/{id}/rotate-secret', { params: { path }, body: { overlapHours: hours === '' ? null : hours } }))).secret ?? undefined)
      else if (what === 'replay') await api.POST('/api/webhooks/{id}/replay', { params: { path }, body: { position: Number(position) } })
      else {
        // Its deliveries are put away first: afterwards there are none to ask for.
        await gone()
        await api.DELETE('/api/webhooks/{id}', { params: { path, header: ifMatch(of) } })
      }
    },
    meta: { shown: true },
    onSuccess: () => {
      tell({ rotate: t('The secret is new'), replay: t('It is sent again'), delete: t('Deleted') }[what])
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['webhook'] }),
  })
  return (
    <Dialog close={close} title={titles()[what]}>
      <Stack>
        <Refusal error={order.error} />
        {what === 'rotate' && <NumberInput label={t('Hours for which the present secret is good, too')} description={t('0 when it has leaked')} min={0} max={168} value={hours} onChange={(value) => setHours(typeof value === 'number' ? value : '')} />}
        {what === 'replay' && <NumberInput label={t('From which position of the log on')} description={t('What was delivered before comes again, under the same ids')} min={1} value={position} onChange={(value) => setPosition(typeof value === 'number' ? value : '')} />}
        {what === 'delete' && <Text size="sm">{t('{{url}} is not called any more, and what waits for it is dropped.', { url: of.url })}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>{t('Back')}</Button>
          <Button color={what === 'delete' ? 'red.8' : undefined} disabled={what === 'replay' && position === ''} loading={order.isPending} onClick={() => order.mutate()}>{{ rotate: t('Make it'), replay: t('Send again'), delete: t('Delete') }[what]}</Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
