import { Select } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import { useAccess } from '../../components/access'
import { bodyOf, emptyBooking, type BookingFields } from '../../forms/booking'
import { BookingForm } from '../../forms/booking-form'
import { Header } from '../../ui/header'
import { Forbidden } from '../../ui/states'
import { tell } from '../../ui/tell'

export function NewBooking() {
  const { may, organization, organizations } = useAccess()
  const { start, end, locationId } = useSearch({ from: '/shell/bookings/new' })
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [chosen, choose] = useState<string>()
  const mine = organizations.filter(({ id, status }) => status === 'active' && may('create_bookings', id))
  const target = mine.find(({ id }) => id === (chosen ?? organization?.id)) ?? mine[0]
  // A form sent twice by a bad connection makes one booking; an edited one is another.
  const [key, setKey] = useState(() => crypto.randomUUID())
  const create = useMutation({
    mutationFn: (fields: BookingFields) => body(api.POST('/api/bookings', { params: { header: { 'Idempotency-Key': key } }, body: { ...bodyOf(fields), organizationId: target?.id ?? '' } })),
    meta: { shown: true },
    onSuccess: async (booking) => {
      await queries.invalidateQueries({ queryKey: ['booking'] })
      tell('Booking made, as a draft')
      await navigate({ to: '/bookings/$id', params: { id: booking.id } })
    },
    onError: () => setKey(crypto.randomUUID()),
  })
  if (!target) return <Forbidden />
  return (
    <>
      <Header title="New booking" sub={`For ${target.name}`}>
        {mine.length > 1 && <Select aria-label="Organization of the booking" searchable allowDeselect={false} data={mine.map(({ id, name }) => ({ value: id, label: name }))} value={target.id} onChange={(id) => choose(id ?? undefined)} />}
      </Header>
      <BookingForm key={target.id} initial={{ ...emptyBooking(target.timezone, start, end), locationId: locationId ?? '' }} organizationId={target.id} label="Make the booking" pending={create.isPending} problem={create.error ? problemIn(create.error) : undefined} save={(fields) => create.mutate(fields)} />
    </>
  )
}
