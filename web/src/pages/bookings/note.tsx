import { Button, Group, Stack, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body, ifMatch } from '../../api/client'
import type { Booking } from '../../api/types'
import { t } from '../../language/language'
import { Refusal } from '../../ui/problem'
import { tell } from '../../ui/tell'

/** Something to say about the booking: it becomes its newest note, and the story keeps those before. */
export function AddNote({ to: booking }: { to: Booking }) {
  const [text, setText] = useState('')
  const queries = useQueryClient()
  const add = useMutation({
    mutationFn: () => body(api.PATCH('/api/bookings/{id}', { params: { path: { id: booking.id }, header: ifMatch(booking) }, body: { notes: text.trim() } })),
    meta: { shown: true },
    onSuccess: () => {
      tell(t('Note added'))
      setText('')
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }),
  })
  return (
    <form onSubmit={(event) => { event.preventDefault(); add.mutate() }}>
      <Stack gap="xs" mb="md">
        <Refusal error={add.error} />
        <Textarea label={t('Add a note')} description={t('Everybody who sees the booking reads it')} autosize minRows={2} maxRows={8} maxLength={5000} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
        {text.trim() && <Group justify="flex-end"><Button type="submit" size="xs" loading={add.isPending}>{t('Add the note')}</Button></Group>}
      </Stack>
    </form>
  )
}
