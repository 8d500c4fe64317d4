import '@mantine/dates/styles.css'
import { Button, Card, Checkbox, Group, Menu, MultiSelect, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconPlus, IconSearch, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../api/client'
import { problemIn } from '../../api/errors'
import { bookings, PAGE, type BookingFilter } from '../../api/queries'
import type { Booking, BookingStatus, Priority } from '../../api/types'
import { useAccess, useOrganizationFilter } from '../../components/access'
import { BookingLine } from '../../components/booking-line'
import { need } from '../../components/need'
import { t } from '../../language/language'
import { number } from '../../language/write'
import { clockIn, instantOf } from '../../time/zone'
import { sayRange } from '../../time/say'
import { Header } from '../../ui/header'
import { money } from '../../ui/money'
import { Pages } from '../../ui/pages'
import { Empty, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { inWords, options, words } from '../../ui/words'
import { Export } from './export'

const STATUSES = ['draft', 'pending_approval', 'approved', 'confirmed', 'in_progress', 'on_hold', 'completed', 'cancelled'] as const
const PRIORITIES = ['urgent', 'high', 'medium', 'low'] as const
const sorts = () => [
  { value: '-scheduledStart', label: t('Latest first') }, { value: 'scheduledStart', label: t('Earliest first') }, { value: '-createdAt', label: t('Newest first') }, { value: 'title', label: t('By title') },
]

/** The table of bookings; what it shows is in its address. */
export function Bookings() {
  const search = useSearch({ from: '/shell/bookings' })
  const navigate = useNavigate({ from: '/bookings' })
  const { may, zone } = useAccess()
  const phone = useMediaQuery('(max-width: 48em)')
  const [marked, setMarked] = useState<Set<string>>(new Set())
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, page: undefined, ...change }) })
  const typed = useDebouncedCallback((text: string) => set({ search: text || undefined }), 250)
  const filter = useOrganizationFilter()
  const query = useQuery(bookings({ ...filter, ...asked(search, zone) }))
  const statuses = search.status?.split(',') ?? []
  return (
    <>
      <Header title={t('Bookings')} sub={query.data && t('{{count}} found', { count: query.data.pagination.total, defaultValue_one: '{{count}} found' })}>
        <Export filter={{ ...filter, ...asked(search, zone) }} />
        {may('create_bookings') && <Button component={Link} to="/bookings/import" variant="default" leftSection={<IconUpload size={16} aria-hidden />}>{t('Import')}</Button>}
        {may('create_bookings') && <Button component={Link} to="/bookings/new" leftSection={<IconPlus size={18} aria-hidden />}>{t('New booking')}</Button>}
      </Header>
      <Group mb="md" gap="xs" align="end">
        <TextInput aria-label={t('Search')} placeholder={t('Title or description')} leftSection={<IconSearch size={16} aria-hidden />} defaultValue={search.search ?? ''} onChange={({ currentTarget }) => typed(currentTarget.value)} flex="2 1 200px" />
        <MultiSelect aria-label={t('Status')} placeholder={statuses.length ? '' : t('Any status')} data={options(STATUSES)} value={statuses} onChange={(list) => set({ status: list.join(',') || undefined })} flex="2 1 220px" clearable clearButtonProps={{ 'aria-label': t('Any status') }} />
        <Select aria-label={t('Priority')} placeholder={t('Any priority')} data={options(PRIORITIES)} value={search.priority ?? null} onChange={(value) => set({ priority: value ?? undefined })} clearable clearButtonProps={{ 'aria-label': t('Any priority') }} flex="1 1 130px" />
        <DatePickerInput aria-label={t('Days')} type="range" placeholder={t('Any day')} value={[search.from ?? null, search.to ?? null]} onChange={([from, to]) => set({ from: from ?? undefined, to: to ?? undefined })} clearable clearButtonProps={{ 'aria-label': t('Any day') }} flex="1 1 170px" />
        <Select aria-label={t('Order')} data={sorts()} value={search.sort ?? '-scheduledStart'} onChange={(value) => set({ sort: value ?? undefined })} allowDeselect={false} flex="1 1 160px" />
      </Group>
      <Shown query={query}>
        {({ bookings: list, pagination }) => list.length === 0
          ? <Empty title={t('No bookings here')} action={may('create_bookings') && <Button component={Link} to="/bookings/new" variant="light">{t('Create one')}</Button>}>{Object.values(search).some(Boolean) ? t('Nothing fits these filters.') : t('What is booked appears here.')}</Empty>
          : (
            <Stack>
              {phone ? <Card py={4}>{list.map((booking) => <BookingLine key={booking.id} booking={booking} />)}</Card> : <Rows of={list} marked={marked} mark={setMarked} />}
              <Group justify="space-between">
                <Bulk of={list.filter(({ id }) => marked.has(id))} done={() => setMarked(new Set())} />
                <Pages total={pagination.total} size={PAGE} page={search.page} turn={(page) => set({ page })} of={t('bookings')} />
              </Group>
            </Stack>
          )}
      </Shown>
    </>
  )
}

function asked(search: { search?: string; status?: string; priority?: string; from?: string; to?: string; sort?: string; page?: number }, zone: string): BookingFilter {
  const midnight = (day: string, later = 0) => {
    const clock = clockIn(`${day}T00:00`)
    return clock && instantOf({ ...clock, day: clock.day + later }, zone).toISOString()
  }
  return {
    limit: PAGE, page: search.page ?? 1, sort: (search.sort ?? '-scheduledStart') as BookingFilter['sort'],
    ...(search.search ? { search: search.search } : {}),
    ...(search.status ? { status: search.status.split(',') as BookingStatus[] } : {}),
    ...(search.priority ? { priority: search.priority as Priority } : {}),
    ...(search.from ? { from: midnight(search.from) } : {}),
    ...(search.to ? { to: midnight(search.to, 1) } : {}),
  }
}

function Rows({ of, marked, mark }: { of: Booking[]; marked: Set<string>; mark: (ids: Set<string>) => void }) {
  const { organization, organizations } = useAccess()
  const currency = (id: string) => (organizations.find((one) => one.id === id) ?? organization)?.currency
  const all = of.every(({ id }) => marked.has(id))
  const flip = (id: string) => {
    const next = new Set(marked)
    if (!next.delete(id)) next.add(id)
    mark(next)
  }
  return (
    <Card p={0} className="table-box" tabIndex={0}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={40}><Checkbox aria-label={t('Mark all')} checked={all} indeterminate={!all && marked.size > 0} onChange={() => mark(all ? new Set() : new Set(of.map(({ id }) => id)))} /></Table.Th>
            <Table.Th>{t('Booking')}</Table.Th><Table.Th>{t('When')}</Table.Th><Table.Th>{t('Where')}</Table.Th><Table.Th>{t('Staff')}</Table.Th><Table.Th ta="right">{t('Budget')}</Table.Th><Table.Th>{t('Status')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {of.map((booking) => (
            <Table.Tr key={booking.id}>
              <Table.Td><Checkbox aria-label={t('Mark {{title}}', { title: booking.title })} checked={marked.has(booking.id)} onChange={() => flip(booking.id)} /></Table.Td>
              <Table.Td maw={360}>
                <Group gap={6} wrap="nowrap"><Link className="row-link clip" to="/bookings/$id" params={{ id: booking.id }}>{booking.title}</Link>{['urgent', 'high'].includes(booking.priority) && <Status of={booking.priority} size="xs" />}</Group>
                <Text size="xs" c="dimmed">{words(booking.operationType)} · {booking.creator.displayName}</Text>
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{sayRange(booking.scheduledStart, booking.scheduledEnd, booking.timezone)}</Table.Td>
              <Table.Td maw={220}>{booking.location?.name ?? <Text c="dimmed" size="sm" span>{t('No location')}</Text>}</Table.Td>
              <Table.Td className="numbers">{staffed(booking)}</Table.Td>
              <Table.Td ta="right" className="numbers">{money(booking.budget, currency(booking.organizationId))}</Table.Td>
              <Table.Td><Status of={booking.status} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  )
}

/** "1/2" where it is known how many are wanted. */
function staffed(booking: Booking): string {
  const { wanted, there } = need(booking)
  return wanted ? `${number(there)}/${number(wanted)}` : number(there)
}

/** What all the marked bookings can become. */
function Bulk({ of, done }: { of: Booking[]; done: () => void }) {
  const queries = useQueryClient()
  const move = useMutation({
    mutationFn: async (status: BookingStatus) => {
      const refused: string[] = []
      for (const { id, title } of of) {
        try {
          await api.POST('/api/bookings/{id}/status', { params: { path: { id } }, body: { status } })
        } catch (error) {
          refused.push(`${title}: ${problemIn(error).detail}`)
        }
      }
      return refused
    },
    onSuccess: (refused) => {
      tell(refused.length ? `${t('Not all could be changed.')}\n${refused.join('\n')}` : t('{{count}} changed', { count: of.length, defaultValue_one: '{{count}} changed' }))
      done()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }),
  })
  const [first, ...rest] = of.map(({ allowedTransitions }) => allowedTransitions)
  const shared = first?.filter((status) => rest.every((list) => list.includes(status))) ?? []
  if (of.length === 0) return <span />
  return (
    <Menu>
      <Menu.Target><Button variant="light" loading={move.isPending}>{t('{{count}} marked', { count: of.length, defaultValue_one: '{{count}} marked' })}</Button></Menu.Target>
      <Menu.Dropdown>
        {shared.length === 0 && <Menu.Item disabled>{t('No status that all of them can take')}</Menu.Item>}
        {shared.map((status) => <Menu.Item key={status} onClick={() => move.mutate(status)}>{t('Set to {{status}}', { status: inWords(status) })}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  )
}
