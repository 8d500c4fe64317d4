import '@mantine/dates/styles.css'
import { Badge, Card, Group, Pagination, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { staff } from '../../api/queries'
import type { Staff } from '../../api/types'
import { useOrganizationFilter } from '../../components/access'
import { expiry } from '../../components/expiry'
import { Header } from '../../ui/header'
import { Empty, Shown } from '../../ui/states'
import { STYLES, Status } from '../../ui/status'
import { options, words } from '../../ui/words'

const PAGE = 25
const LEVELS = ['beginner', 'intermediate', 'experienced', 'expert'] as const

/** Everybody who may work for the chosen organization. */
export function Directory() {
  const search = useSearch({ from: '/shell/staff' })
  const navigate = useNavigate({ from: '/staff' })
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, page: undefined, ...change }) })
  const name = useDebouncedCallback((text: string) => set({ search: text || undefined }), 250)
  const skill = useDebouncedCallback((text: string) => set({ skill: text || undefined }), 250)
  const query = useQuery(staff({
    ...useOrganizationFilter(), limit: PAGE, page: search.page ?? 1,
    ...(search.search ? { search: search.search } : {}), ...(search.skill ? { skill: search.skill } : {}), ...(search.level ? { level: search.level as 'expert' } : {}),
  }))
  return (
    <>
      <Header title="Staff" sub={query.data && `${query.data.pagination.total} people`} />
      <Group mb="md" gap="xs">
        <TextInput aria-label="Name" placeholder="Name" leftSection={<IconSearch size={16} aria-hidden />} defaultValue={search.search ?? ''} onChange={({ currentTarget }) => name(currentTarget.value)} flex="1 1 180px" />
        <TextInput aria-label="Skill" placeholder="Skill" defaultValue={search.skill ?? ''} onChange={({ currentTarget }) => skill(currentTarget.value)} flex="1 1 180px" />
        <Select aria-label="Level" placeholder="Any level" data={options(LEVELS)} value={search.level ?? null} onChange={(value) => set({ level: value ?? undefined })} clearable clearButtonProps={{ 'aria-label': 'Any level' }} />
      </Group>
      <Shown query={query}>
        {({ staff: list, pagination }) => list.length === 0 ? <Empty title="Nobody fits">Staff members with a profile appear here.</Empty> : (
          <Stack>
            <Card p={0} className="table-box" tabIndex={0}>
              <Table>
                <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th>Skills</Table.Th><Table.Th>Status</Table.Th></Table.Tr></Table.Thead>
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
            <Pagination total={Math.ceil(pagination.total / PAGE)} value={search.page ?? 1} onChange={(page) => set({ page })} getItemProps={(page) => ({ 'aria-label': `Page ${page}` })} getControlProps={(control) => ({ 'aria-label': `${words(control)} page` })} />
          </Stack>
        )}
      </Shown>
    </>
  )
}

function Skills({ of }: { of: Staff }) {
  const [now] = useState(() => Date.now())
  return (
    <Group gap={6}>
      {of.skills.map(({ name, level, certification }) => {
        const state = certification ? expiry(certification.expiresOn, now) : undefined
        return <Badge key={name} variant="light" tt="none" color={state?.color ?? 'gray'} styles={STYLES} title={state?.text}>{name}, {words(level).toLowerCase()}{state?.soon ? ` · ${state.text}` : ''}</Badge>
      })}
    </Group>
  )
}
