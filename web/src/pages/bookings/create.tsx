import { Select } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import { useAccess } from '../../components/access'
import { bodyOf, emptyBooking, type BookingFields } from '../../forms/booking'
import { BookingForm } from '../../forms/booking-form'
import { once, ruleOf, type Repeat } from '../../forms/recurrence'
import { t } from '../../language/language'
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
  const [repeat, setRepeat] = useState<Repeat>(once)
  // A form sent twice by a bad connection makes one booking; an edited one is another.
  const [key, setKey] = useState(() => crypto.randomUUID())
  const create = useMutation({
    mutationFn: async (fields: BookingFields): Promise<string[]> => {
      const params = { header: { 'Idempotency-Key': key } }
      const made = { ...bodyOf(fields), organizationId: target?.id ?? '' }
      const recurrence = ruleOf(repeat, fields.start)
      if (!recurrence) return [(await body(api.POST('/api/bookings', { params, body: made }))).id]
      return (await body(api.POST('/api/booking-series', { params, body: { ...made, recurrence } }))).bookingIds
    },
    meta: { shown: true },
    onSuccess: async ([first, ...more]) => {
      await queries.invalidateQueries({ queryKey: ['booking'] })
      tell(t('{{count}} bookings made, as drafts', { count: more.length + 1, defaultValue_one: 'Booking made, as a draft' }))
      if (first) await navigate({ to: '/bookings/$id', params: { id: first } })
    },
    onError: () => setKey(crypto.randomUUID()),
  })
  if (!target) return <Forbidden />
  return (
    <>
      <Header title={t('New booking')} sub={t('For {{name}}', { name: target.name })}>
        {mine.length > 1 && <Select aria-label={t('Organization of the booking')} w={280} searchable allowDeselect={false} data={mine.map(({ id, name }) => ({ value: id, label: name }))} value={target.id} onChange={(id) => choose(id ?? undefined)} />}
      </Header>
      <BookingForm key={target.id} initial={{ ...emptyBooking(target.timezone, start, end), locationId: locationId ?? '' }} organizationId={target.id} label={repeat.every === 'never' ? t('Create the booking') : t('Create the bookings')} pending={create.isPending} problem={create.error ? problemIn(create.error) : undefined} save={(fields) => create.mutate(fields)} repeat={{ value: repeat, change: setRepeat }} />
    </>
  )
}
