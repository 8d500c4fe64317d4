import { Card, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body, ifMatch } from '../../api/client'
import { problemIn } from '../../api/errors'
import { booking, series } from '../../api/queries'
import type { Booking, EditScope } from '../../api/types'
import { Scope } from '../../components/scope'
import { bodyOf, fieldsOf, type BookingFields } from '../../forms/booking'
import { BookingForm } from '../../forms/booking-form'
import { t } from '../../language/language'
import { Header } from '../../ui/header'
import { Shown } from '../../ui/states'
import { tell } from '../../ui/tell'

export function EditBooking() {
  const { id } = useParams({ from: '/shell/bookings/$id/edit' })
  return <Shown query={useQuery(booking(id))}>{(found) => <Edit now={found} />}</Shown>
}

function Edit({ now }: { now: Booking }) {
  // What is edited is what was read when the form opened: a change by others meanwhile is told, not overwritten.
  const [read] = useState(now)
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [scope, setScope] = useState<EditScope>('this')
  const whole = useQuery({ ...series(read.series?.id ?? ''), enabled: Boolean(read.series) })
  const before = bodyOf(fieldsOf(read))
  const edit = useMutation({
    mutationFn: async (fields: BookingFields): Promise<unknown> => {
      const after = bodyOf(fields)
      const changed = Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before])))
      if (scope === 'this' || !whole.data) return body(api.PATCH('/api/bookings/{id}', { params: { path: { id: read.id }, header: ifMatch(read) }, body: changed }))
      return body(api.PATCH('/api/booking-series/{id}', { params: { path: { id: whole.data.id }, query: { scope, from: read.id }, header: ifMatch(whole.data) }, body: changed }))
    },
    meta: { shown: true },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['booking'] })
      tell(t('Saved'))
      await navigate({ to: '/bookings/$id', params: { id: read.id } })
    },
  })
  return (
    <>
      <Header title={t('Edit {{name}}', { name: read.title })} sub={now.version === read.version ? undefined : t('Somebody else has changed this booking since you opened it.')} />
      <BookingForm initial={fieldsOf(read)} organizationId={read.organizationId} id={read.id} label={t('Save')} pending={edit.isPending} problem={edit.error ? problemIn(edit.error) : undefined} save={(fields) => edit.mutate(fields)}>
        {read.series && whole.data && (
          <Card>
            <Scope label={t('It is number {{number}} of a series of {{total}}. What is changed?', { number: read.series.number, total: whole.data.occurrences.length })} value={scope} change={setScope} />
            {scope !== 'this' && <Text size="sm" c="dimmed" mt="xs">{t('What is over or has begun stays as it is; what was changed in one alone stays there. Times move by as much as here.')}</Text>}
          </Card>
        )}
      </BookingForm>
    </>
  )
}
