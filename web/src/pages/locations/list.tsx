import { Button, Card, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import { locations } from '../../api/queries'
import { useAccess, useOrganizationFilter } from '../../components/access'
import { LocationForm, emptyLocation, locationBody, type LocationFields } from '../../forms/location-form'
import { t } from '../../language/language'
import { Dialog } from '../../ui/dialog'
import { Header } from '../../ui/header'
import { Pages } from '../../ui/pages'
import { Empty, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'

const PAGE = 24

export function Locations() {
  const search = useSearch({ from: '/shell/locations' })
  const navigate = useNavigate({ from: '/locations' })
  const { may } = useAccess()
  const [creating, { open, close }] = useDisclosure()
  const query = useQuery(locations({ ...useOrganizationFilter(), limit: PAGE, page: search.page ?? 1, ...(search.search ? { search: search.search } : {}) }))
  const typed = useDebouncedCallback((text: string) => void navigate({ search: { search: text || undefined } }), 250)
  return (
    <>
      <Header title={t('Locations')} sub={query.data && t('{{count}} found', { count: query.data.pagination.total, defaultValue_one: '{{count}} found' })}>
        <TextInput aria-label={t('Search')} placeholder={t('Name or city')} leftSection={<IconSearch size={16} aria-hidden />} defaultValue={search.search ?? ''} onChange={({ currentTarget }) => typed(currentTarget.value)} />
        {may('write_locations') && <Button onClick={open} leftSection={<IconPlus size={18} aria-hidden />}>{t('New location')}</Button>}
      </Header>
      <Shown query={query}>
        {({ locations: list, pagination }) => list.length === 0 ? <Empty title={t('No locations here')} /> : (
          <Stack>
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {list.map((one) => (
                <Card key={one.id}>
                  <Group justify="space-between" wrap="nowrap"><Link className="row-link clip" to="/locations/$id" params={{ id: one.id }}>{one.name}</Link>{one.status === 'inactive' && <Status of="inactive" about="location" />}</Group>
                  <Text size="sm" c="dimmed">{words(one.locationType)}{one.organizationId ? '' : ` · ${t('shared by all')}`}</Text>
                  <Text size="sm">{one.address.line1}, {one.address.city}, {one.address.region}</Text>
                </Card>
              ))}
            </SimpleGrid>
            <Pages total={pagination.total} size={PAGE} page={search.page} turn={(page) => void navigate({ search: (before) => ({ ...before, page }) })} of={t('locations')} />
          </Stack>
        )}
      </Shown>
      {creating && <Create close={close} />}
    </>
  )
}

function Create({ close }: { close: () => void }) {
  const { organization } = useAccess()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const create = useMutation({
    mutationFn: (fields: LocationFields) => body(api.POST('/api/locations', { body: { ...locationBody(fields), ...(organization ? { organizationId: organization.id } : {}) } })),
    meta: { shown: true },
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['location'] })
      tell(t('Location made'))
      await navigate({ to: '/locations/$id', params: { id } })
    },
  })
  return (
    <Dialog close={close} size="lg" title={organization ? t('New location for {{name}}', { name: organization.name }) : t('New location')}>
      <LocationForm initial={emptyLocation(organization?.timezone ?? 'UTC')} label={t('Create the location')} pending={create.isPending} problem={create.error ? problemIn(create.error) : undefined} save={(fields) => create.mutate(fields)} />
    </Dialog>
  )
}
