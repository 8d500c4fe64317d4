import { Badge, Button, Card, Grid, Group, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { api, body, ifMatch } from '../../api/client'
import { problemIn } from '../../api/errors'
import { bookings, location } from '../../api/queries'
import type { Location } from '../../api/types'
import { useAccess, useOrganizationFilter } from '../../components/access'
import { BookingLine } from '../../components/booking-line'
import { LocationForm, locationBody, locationFields, type LocationFields } from '../../forms/location-form'
import { t } from '../../language/language'
import { Dialog } from '../../ui/dialog'
import { Header } from '../../ui/header'
import { Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'
import { Geofence } from './geofence'

export function LocationPage() {
  const { id } = useParams({ from: '/shell/locations/$id' })
  return <Shown query={useQuery(location(id))}>{(found) => <Detail it={found} />}</Shown>
}

function Detail({ it }: { it: Location }) {
  const { may } = useAccess()
  const [editing, { open, close }] = useDisclosure()
  const [from] = useState(() => new Date().toISOString())
  const next = useQuery(bookings({ ...useOrganizationFilter(), locationId: it.id, from, sort: 'scheduledStart', limit: 20 }))
  return (
    <>
      <Header title={it.name} sub={<Group gap={8} component="span"><span>{words(it.locationType)}</span>{it.status === 'inactive' && <Status of="inactive" about="location" />}</Group>}>
        {may('write_locations', it.organizationId ?? undefined) && <Button variant="default" onClick={open}>{t('Edit')}</Button>}
        {may('create_bookings') && <Button renderRoot={(props) => <Link to="/bookings/new" search={{ locationId: it.id }} {...props} />}>{t('Book it')}</Button>}
      </Header>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <Card>
              <Text>{it.address.line1}{it.address.line2 ? `, ${it.address.line2}` : ''}</Text>
              <Text>{it.address.city}, {it.address.region} {it.address.postalCode}, {it.address.country}</Text>
              <Text size="sm" c="dimmed" mt="xs">{t('{{zone}} time', { zone: it.timezone })}{it.capacity ? ` · ${t('for {{count}} people', { count: it.capacity, defaultValue_one: 'for {{count}} person' })}` : ''}</Text>
              <Group gap={6} mt="sm">{[...it.amenities, ...it.accessibilityFeatures].map((name) => <Badge key={name} variant="default" tt="none">{name}</Badge>)}</Group>
            </Card>
            <Geofence of={it} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Card>
            <Title order={2} mb="xs">{t('What comes next here')}</Title>
            <Shown part query={next}>{({ bookings: list }) => list.length === 0 ? <Text c="dimmed" size="sm">{t('Nothing is booked.')}</Text> : list.map((booking) => <BookingLine key={booking.id} booking={booking} />)}</Shown>
          </Card>
        </Grid.Col>
      </Grid>
      {editing && <Edit it={it} close={close} />}
    </>
  )
}

function Edit({ it, close }: { it: Location; close: () => void }) {
  const [read] = useState(it)
  const queries = useQueryClient()
  const edit = useMutation({
    mutationFn: (fields: LocationFields) => body(api.PATCH('/api/locations/{id}', { params: { path: { id: read.id }, header: ifMatch(read) }, body: locationBody(fields) })),
    meta: { shown: true },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['location'] })
      tell(t('Saved'))
      close()
    },
  })
  return (
    <Dialog close={close} size="lg" title={t('Edit {{name}}', { name: read.name })}>
      <LocationForm initial={locationFields(read)} label={t('Save')} pending={edit.isPending} problem={edit.error ? problemIn(edit.error) : undefined} save={(fields) => edit.mutate(fields)} />
    </Dialog>
  )
}
