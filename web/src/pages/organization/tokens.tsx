import { Alert, Button, Card, Group, Modal, NumberInput, Stack, Table, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import { tokens } from '../../api/queries'
import type { Organization } from '../../api/types'
import { useAccess } from '../../components/access'
import { Secret } from '../../components/secret'
import { sayAgo, sayDate } from '../../time/say'
import { Empty, Shown } from '../../ui/states'

export function Tokens({ organization }: { organization: Organization }) {
  const { zone } = useAccess()
  const [making, { open, close }] = useDisclosure()
  const [made, setMade] = useState<string>()
  const queries = useQueryClient()
  const query = useQuery(tokens(organization.id))
  const revoke = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/tokens/{id}', { params: { path: { id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['token'] }),
  })
  return (
    <Stack>
      <Group justify="space-between"><Text size="sm" c="dimmed">A token lets a program do what you may do here, until it expires. <a href="/api/docs">API reference</a></Text><Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>New token</Button></Group>
      {made && <Secret title="The new token. It is shown once." text={made} />}
      <Shown query={query}>
        {({ tokens: list }) => list.length === 0 ? <Empty title="No tokens yet" /> : (
          <Card p={0} className="table-box" tabIndex={0}>
            <Table>
              <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th>Acts for</Table.Th><Table.Th>Last used</Table.Th><Table.Th>Expires</Table.Th><Table.Th /></Table.Tr></Table.Thead>
              <Table.Tbody>
                {list.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td fw={600}>{one.name}</Table.Td><Table.Td>{one.userName}</Table.Td><Table.Td>{one.lastUsedAt ? sayAgo(one.lastUsedAt) : 'Never'}</Table.Td><Table.Td>{sayDate(one.expiresAt, zone)}</Table.Td>
                    <Table.Td ta="right"><Button size="compact-sm" variant="default" aria-label={`Revoke ${one.name}`} onClick={() => revoke.mutate(one.id)}>Revoke</Button></Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Card>
        )}
      </Shown>
      {making && <Make organization={organization} close={close} made={setMade} />}
    </Stack>
  )
}

function Make({ organization, close, made }: { organization: Organization; close: () => void; made: (token: string | undefined) => void }) {
  const queries = useQueryClient()
  const form = useForm({ initialValues: { name: '', expiresInDays: 90 as number | '' }, validate: { name: (text) => (text.trim() ? null : 'A name, so that you know it again') } })
  const make = useMutation({
    mutationFn: ({ name, expiresInDays }: typeof form.values) => body(api.POST('/api/tokens', { body: { name, organizationId: organization.id, ...(expiresInDays === '' ? {} : { expiresInDays }) } })),
    meta: { shown: true },
    onSuccess: ({ token }) => {
      made(token ?? undefined)
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['token'] }),
  })
  const problem = make.error && problemIn(make.error)
  return (
    <Modal opened onClose={close} title="New API token" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
        <Stack>
          {problem && <Alert color="red" title={problem.title}>{problem.errors?.map(({ field, message }) => `${field}: ${message}`).join('; ') || problem.detail}</Alert>}
          <TextInput label="Name" data-autofocus {...form.getInputProps('name')} />
          <NumberInput label="Days until it expires" min={1} max={366} {...form.getInputProps('expiresInDays')} onChange={(value) => form.setFieldValue('expiresInDays', typeof value === 'number' ? value : '')} />
          <Button type="submit" loading={make.isPending}>Make the token</Button>
        </Stack>
      </form>
    </Modal>
  )
}
