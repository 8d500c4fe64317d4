import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body, ifMatch } from '../../api/client'
import { problemIn } from '../../api/errors'
import { booking } from '../../api/queries'
import type { Booking } from '../../api/types'
import { bodyOf, fieldsOf, type BookingFields } from '../../forms/booking'
import { BookingForm } from '../../forms/booking-form'
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
  const before = bodyOf(fieldsOf(read))
  const edit = useMutation({
    mutationFn: (fields: BookingFields) => {
      const after = bodyOf(fields)
      const changed = Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before])))
      return body(api.PATCH('/api/bookings/{id}', { params: { path: { id: read.id }, header: ifMatch(read) }, body: changed }))
    },
    meta: { shown: true },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['booking'] })
      tell('Saved')
      await navigate({ to: '/bookings/$id', params: { id: read.id } })
    },
  })
  return (
    <>
      <Header title={`Edit ${read.title}`} sub={now.version === read.version ? undefined : 'Somebody else has changed this booking since you opened it.'} />
      <BookingForm initial={fieldsOf(read)} organizationId={read.organizationId} id={read.id} label="Save" pending={edit.isPending} problem={edit.error ? problemIn(edit.error) : undefined} save={(fields) => edit.mutate(fields)} />
    </>
  )
}
