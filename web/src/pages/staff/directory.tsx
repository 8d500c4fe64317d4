import '@mantine/dates/styles.css'
import { Badge, Button, Card, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { PAGE, staff } from '../../api/queries'
import type { Staff, StaffStatus } from '../../api/types'
import { useAccess, useOrganizationFilter } from '../../components/access'
import { expiry } from '../../components/expiry'
import { t } from '../../language/language'
import { clockIn, instantOf } from '../../time/zone'
import { Header } from '../../ui/header'
import { Pages } from '../../ui/pages'
import { Empty, Shown } from '../../ui/states'
import { STYLES, Status } from '../../ui/status'
import { inWords, options } from '../../ui/words'

const LEVELS = ['beginner', 'intermediate', 'experienced', 'expert'] as const

/** Everybody who may work for the chosen organization. */
export function Directory() {
  const search = useSearch({ from: '/shell/staff' })
  const navigate = useNavigate({ from: '/staff' })
  const { organization, zone } = useAccess()
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, page: undefined, ...change }) })
  const name = useDebouncedCallback((text: string) => set({ search: text || undefined }), 250)
  const skill = useDebouncedCallback((text: string) => set({ skill: text || undefined }), 250)
  const free = freeTime(search.free, search.until, organization?.timezone ?? zone)
  const query = useQuery(staff({
    ...useOrganizationFilter(), limit: PAGE, page: search.page ?? 1,
    ...(search.search ? { search: search.search } : {}), ...(search.skill ? { skill: search.skill } : {}), ...(search.level ? { level: search.level as 'expert' } : {}),
    ...(search.status ? { status: search.status as StaffStatus } : {}), ...(search.certified ? { certifiedOn: search.certified } : {}), ...free,
  }))
  return (
    <>
      <Header title={t('Staff')} sub={query.data && t('{{count}} people', { count: query.data.pagination.total, defaultValue_one: '{{count}} person' })} />
      <Group mb="md" gap="xs">
        <TextInput aria-label={t('Name')} placeholder={t('Name')} leftSection={<IconSearch size={16} aria-hidden />} defaultValue={search.search ?? ''} onChange={({ currentTarget }) => name(currentTarget.value)} flex="1 1 180px" />
        <TextInput aria-label={t('Skill')} placeholder={t('Skill')} defaultValue={search.skill ?? ''} onChange={({ currentTarget }) => skill(currentTarget.value)} flex="1 1 180px" />
        <Select aria-label={t('Level')} placeholder={t('Any level')} data={options(LEVELS)} value={search.level ?? null} onChange={(value) => set({ level: value ?? undefined })} clearable clearButtonProps={{ 'aria-label': t('Any level') }} flex="1 1 130px" />
        <Select aria-label={t('Status')} placeholder={t('Any status')} data={options(['active', 'pending', 'inactive', 'suspended'])} value={search.status ?? null} onChange={(value) => set({ status: value ?? undefined })} clearable clearButtonProps={{ 'aria-label': t('Any status') }} flex="1 1 130px" />
      </Group>
      <Group mb="md" gap="xs" align="end">
        <TextInput type="date" label={t('Certified on')} value={search.certified ?? ''} onChange={({ currentTarget }) => set({ certified: currentTarget.value || undefined })} />
        <TextInput type="datetime-local" label={t('Free from')} value={search.free ?? ''} onChange={({ currentTarget }) => set({ free: currentTarget.value || undefined })} />
        <TextInput type="datetime-local" label={t('Free until')} value={search.until ?? ''} error={search.free && search.until && !free ? t('After the beginning') : undefined} onChange={({ currentTarget }) => set({ until: currentTarget.value || undefined })} />
        {(search.free || search.until || search.certified) && <Button variant="subtle" onClick={() => set({ free: undefined, until: undefined, certified: undefined })}>{t('Any time')}</Button>}
      </Group>
      <Shown query={query}>
        {({ staff: list, pagination }) => list.length === 0 ? <Empty title={t('Nobody fits')}>{t('Staff members with a profile appear here.')}</Empty> : (
          <Stack>
            <Card p={0} className="table-box stack" tabIndex={0}>
              <Table>
                <Table.Thead><Table.Tr><Table.Th>{t('Name')}</Table.Th><Table.Th>{t('Skills')}</Table.Th><Table.Th>{t('Status')}</Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>
                  {list.map((one) => (
                    <Table.Tr key={one.userId}>
                      <Table.Td><Link className="row-link" to="/staff/$id" params={{ id: one.userId }}>{one.displayName}</Link>{one.phone && <Text size="xs" c="dimmed">{one.phone}</Text>}</Table.Td>
                      <Table.Td><Skills of={one} /></Table.Td>
                      <Table.Td><Status of={one.status} /></Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Card>
            <Pages total={pagination.total} size={PAGE} page={search.page} turn={(page) => set({ page })} of={t('people')} />
          </Stack>
        )}
      </Shown>
    </>
  )
}

/** A range on the organization's clock as the API takes it; nothing unless it is whole. */
function freeTime(from: string | undefined, until: string | undefined, zone: string): { freeFrom?: string; freeTo?: string } | undefined {
  const [first, last] = [clockIn(from ?? ''), clockIn(until ?? '')]
  if (!first || !last) return undefined
  const [freeFrom, freeTo] = [instantOf(first, zone).toISOString(), instantOf(last, zone).toISOString()]
  return freeFrom < freeTo ? { freeFrom, freeTo } : undefined
}

function Skills({ of }: { of: Staff }) {
  const [now] = useState(() => Date.now())
  return (
    <Group gap={6}>
      {of.skills.map(({ name, level, certification }) => {
        const state = certification ? expiry(certification.expiresOn, now) : undefined
        return <Badge key={name} variant="light" tt="none" color={state?.color ?? 'gray'} styles={STYLES} title={state?.text}>{name}, {inWords(level)}{state?.soon ? ` · ${state.text}` : ''}</Badge>
      })}
    </Group>
  )
}
