import { Button, Group, Menu, Modal, Stack, Text, Textarea, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconDots } from '@tabler/icons-react'
import { useState } from 'react'
import { api, ifMatch } from '../../api/client'
import type { Booking, BookingStatus, EditScope } from '../../api/types'
import { useAccess } from '../../components/access'
import { Scope } from '../../components/scope'
import { t } from '../../language/language'
import { useFocusBack } from '../../ui/focus'
import { Refusal } from '../../ui/problem'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'

/** The lifecycle as a table: from each status, where to. */
const LIFE: Record<BookingStatus, BookingStatus[]> = {
  draft: ['pending_approval', 'cancelled'], pending_approval: ['approved', 'cancelled'], approved: ['confirmed', 'on_hold', 'cancelled'], confirmed: ['in_progress', 'on_hold', 'cancelled'],
  in_progress: ['completed', 'cancelled'], on_hold: ['approved', 'cancelled'], completed: [], cancelled: [],
}
const verbs = (): Record<BookingStatus, string> => ({ draft: t('Draft'), pending_approval: t('Submit for approval'), approved: t('Approve'), confirmed: t('Confirm'), in_progress: t('Start'), completed: t('Complete'), on_hold: t('Put on hold'), cancelled: t('Cancel') })

const verb = (booking: Booking, to: BookingStatus) => (booking.status === 'on_hold' && to === 'approved' ? t('Resume') : booking.status === 'pending_approval' && to === 'cancelled' ? t('Reject') : verbs()[to])

/** The steps that may be taken; the others are shown with the reason why not. */
export function Transitions({ booking }: { booking: Booking }) {
  const [asked, setAsked] = useState<BookingStatus>()
  const { me } = useAccess()
  const allowed = booking.allowedTransitions
  const [main] = allowed.filter((status) => status !== 'cancelled' && status !== 'on_hold')
  const rest = LIFE[booking.status].filter((status) => status !== main)
  const why = (to: BookingStatus) => (to === 'approved' && booking.submittedBy === me.user.id ? t('Somebody else than who submitted it approves it') : t('Your role does not do this here'))
  return (
    <>
      {main && <Button onClick={() => setAsked(main)}>{verb(booking, main)}</Button>}
      {rest.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target><Tooltip label={t('Other steps')}><Button variant="default" px="xs" aria-label={t('Other steps')}><IconDots size={18} /></Button></Tooltip></Menu.Target>
          <Menu.Dropdown>
            {rest.map((status) => allowed.includes(status)
              ? <Menu.Item key={status} color={status === 'cancelled' ? 'red' : undefined} onClick={() => setAsked(status)}>{verb(booking, status)}</Menu.Item>
              : <Menu.Item key={status} disabled>{verb(booking, status)}<Text size="xs">{why(status)}</Text></Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      )}
      {asked && <Confirm booking={booking} to={asked} close={() => setAsked(undefined)} />}
    </>
  )
}

function Confirm({ booking, to, close }: { booking: Booking; to: BookingStatus; close: () => void }) {
  useFocusBack()
  const [opened, { close: fade }] = useDisclosure(true)
  const [notes, setNotes] = useState('')
  const [scope, setScope] = useState<EditScope>('this')
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: async () => {
      if (scope !== 'this' && booking.series) {
        await api.DELETE('/api/booking-series/{id}', { params: { path: { id: booking.series.id }, query: { scope, from: booking.id, ...(notes.trim() ? { notes: notes.trim() } : {}) } } })
        return
      }
      await api.POST('/api/bookings/{id}/status', { params: { path: { id: booking.id }, header: ifMatch(booking) }, body: { status: to, notes: notes.trim() || null } })
    },
    meta: { shown: true },
    onSuccess: () => {
      tell(`${words(to)}: ${booking.title}`)
      fade()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }),
  })
  return (
    <Modal opened={opened} onClose={fade} onExitTransitionEnd={close} title={`${verb(booking, to)}: ${booking.title}`} closeButtonProps={{ 'aria-label': t('Close') }}>
      <Stack>
        <Refusal error={change.error} />
        {to === 'cancelled' && <Text size="sm">{t('Its people are told, and it cannot be brought back.')}</Text>}
        {to === 'cancelled' && booking.series && <Scope label={t('It is one of a series. Which are cancelled?')} value={scope} change={setScope} />}
        <Textarea label={t('Notes')} description={t('Kept in the story of the booking')} autosize minRows={2} value={notes} onChange={({ currentTarget }) => setNotes(currentTarget.value)} data-autofocus />
        <Group justify="flex-end">
          <Button variant="default" onClick={fade}>{t('Back')}</Button>
          <Button color={to === 'cancelled' ? 'red.8' : undefined} loading={change.isPending} onClick={() => change.mutate()}>{verb(booking, to)}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
