import '@mantine/dates/styles.css'
import { Button, Card, Checkbox, Group, Menu, MultiSelect, Pagination, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useDebouncedCallback, useMediaQuery } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../api/client'
import { problemIn } from '../../api/errors'
import { bookings, type BookingFilter } from '../../api/queries'
import type { Booking, BookingStatus, Priority } from '../../api/types'
import { useAccess, useOrganizationFilter } from '../../components/access'
import { BookingLine } from '../../components/booking-line'
import { clockIn, instantOf } from '../../time/zone'
import { sayRange } from '../../time/say'
import { Header } from '../../ui/header'
import { money } from '../../ui/money'
import { Empty, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { options, words } from '../../ui/words'

const STATUSES = ['draft', 'pending_approval', 'approved', 'confirmed', 'in_progress', 'on_hold', 'completed', 'cancelled'] as const
const PRIORITIES = ['urgent', 'high', 'medium', 'low'] as const
const SORTS = [
  { value: '-scheduledStart', label: 'Latest first' }, { value: 'scheduledStart', label: 'Earliest first' }, { value: '-createdAt', label: 'Newest first' }, { value: 'title', label: 'By title' },
]
const PAGE = 25

/** The table of bookings; what it shows is in its address. */
export function Bookings() {
  const search = useSearch({ from: '/shell/bookings' })
  const navigate = useNavigate({ from: '/bookings' })
  const { may, zone } = useAccess()
  const phone = useMediaQuery('(max-width: 48em)')
  const [marked, setMarked] = useState<Set<string>>(new Set())
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, page: undefined, ...change }) })
  const typed = useDebouncedCallback((text: string) => set({ search: text || undefined }), 250)
  const query = useQuery(bookings({ ...useOrganizationFilter(), ...asked(search, zone) }))
  const statuses = search.status?.split(',') ?? []
  return (
    <>
      <Header title="Bookings" sub={query.data && `${query.data.pagination.total.toLocaleString()} found`}>
        {may('create_bookings') && <Button component={Link} to="/bookings/new" leftSection={<IconPlus size={18} aria-hidden />}>New booking</Button>}
      </Header>
      <Group mb="md" gap="xs" align="end">
        <TextInput aria-label="Search" placeholder="Title or description" leftSection={<IconSearch size={16} aria-hidden />} defaultValue={search.search ?? ''} onChange={({ currentTarget }) => typed(currentTarget.value)} flex="2 1 200px" />
        <MultiSelect aria-label="Status" placeholder={statuses.length ? '' : 'Any status'} data={options(STATUSES)} value={statuses} onChange={(list) => set({ status: list.join(',') || undefined })} flex="2 1 220px" clearable clearButtonProps={{ 'aria-label': 'Any status' }} />
        <Select aria-label="Priority" placeholder="Any priority" data={options(PRIORITIES)} value={search.priority ?? null} onChange={(value) => set({ priority: value ?? undefined })} clearable clearButtonProps={{ 'aria-label': 'Any priority' }} flex="1 1 130px" />
        <DatePickerInput aria-label="Days" type="range" placeholder="Any day" value={[search.from ?? null, search.to ?? null]} onChange={([from, to]) => set({ from: from ?? undefined, to: to ?? undefined })} clearable clearButtonProps={{ 'aria-label': 'Any day' }} flex="1 1 190px" />
        <Select aria-label="Order" data={SORTS} value={search.sort ?? '-scheduledStart'} onChange={(value) => set({ sort: value ?? undefined })} allowDeselect={false} flex="1 1 140px" />
      </Group>
      <Shown query={query}>
        {({ bookings: list, pagination }) => list.length === 0
          ? <Empty title="No bookings here" action={may('create_bookings') && <Button component={Link} to="/bookings/new" variant="light">Make one</Button>}>{Object.values(search).some(Boolean) ? 'Nothing fits these filters.' : 'What is booked appears here.'}</Empty>
          : (
            <Stack>
              {phone ? <Card py={4}>{list.map((booking) => <BookingLine key={booking.id} booking={booking} />)}</Card> : <Rows of={list} marked={marked} mark={setMarked} />}
              <Group justify="space-between">
                <Bulk of={list.filter(({ id }) => marked.has(id))} done={() => setMarked(new Set())} />
                <Pagination total={Math.ceil(pagination.total / PAGE)} value={search.page ?? 1} onChange={(page) => set({ page })} getItemProps={(page) => ({ 'aria-label': `Page ${page}` })} getControlProps={(control) => ({ 'aria-label': `${words(control)} page` })} />
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
            <Table.Th w={40}><Checkbox aria-label="Mark all" checked={all} indeterminate={!all && marked.size > 0} onChange={() => mark(all ? new Set() : new Set(of.map(({ id }) => id)))} /></Table.Th>
            <Table.Th>Booking</Table.Th><Table.Th>When</Table.Th><Table.Th>Where</Table.Th><Table.Th>Staff</Table.Th><Table.Th ta="right">Budget</Table.Th><Table.Th>Status</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {of.map((booking) => (
            <Table.Tr key={booking.id}>
              <Table.Td><Checkbox aria-label={`Mark ${booking.title}`} checked={marked.has(booking.id)} onChange={() => flip(booking.id)} /></Table.Td>
              <Table.Td maw={360}>
                <Group gap={6} wrap="nowrap"><Link className="row-link clip" to="/bookings/$id" params={{ id: booking.id }}>{booking.title}</Link>{['urgent', 'high'].includes(booking.priority) && <Status of={booking.priority} size="xs" />}</Group>
                <Text size="xs" c="dimmed">{words(booking.operationType)} · {booking.creator.displayName}</Text>
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{sayRange(booking.scheduledStart, booking.scheduledEnd, booking.timezone)}</Table.Td>
              <Table.Td maw={220}>{booking.location?.name ?? <Text c="dimmed" size="sm" span>None</Text>}</Table.Td>
              <Table.Td className="numbers">{booking.staffCount}</Table.Td>
              <Table.Td ta="right" className="numbers">{money(booking.budget, currency(booking.organizationId))}</Table.Td>
              <Table.Td><Status of={booking.status} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  )
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
      tell(refused.length ? `Not all could be changed.\n${refused.join('\n')}` : `${of.length} changed`)
      done()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['booking'] }),
  })
  const [first, ...rest] = of.map(({ allowedTransitions }) => allowedTransitions)
  const shared = first?.filter((status) => rest.every((list) => list.includes(status))) ?? []
  if (of.length === 0) return <span />
  return (
    <Menu>
      <Menu.Target><Button variant="light" loading={move.isPending}>{of.length} marked</Button></Menu.Target>
      <Menu.Dropdown>
        {shared.length === 0 && <Menu.Item disabled>No status that all of them can take</Menu.Item>}
        {shared.map((status) => <Menu.Item key={status} onClick={() => move.mutate(status)}>Set to {words(status).toLowerCase()}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  )
}
