import { Alert, Button, Card, Group, Menu, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import { members } from '../../api/queries'
import type { Organization, Role } from '../../api/types'
import { useAccess } from '../../components/access'
import { Secret } from '../../components/secret'
import { Empty, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { options, words } from '../../ui/words'

const CLIENT: Role[] = ['client_manager', 'client_user', 'brand_agent']
const INTERNAL: Role[] = ['super_admin', 'internal_admin', 'internal_field_manager', 'field_coordinator', 'brand_agent']

const rolesIn = ({ kind }: Organization): Role[] => (kind === 'internal' ? INTERNAL : CLIENT)

export function Members({ organization }: { organization: Organization }) {
  const { may, me } = useAccess()
  const [inviting, { open, close }] = useDisclosure()
  const [link, setLink] = useState<string>()
  const queries = useQueryClient()
  const query = useQuery(members(organization.id))
  const writes = may('write_users', organization.id)
  const path = (userId: string) => ({ path: { id: organization.id, userId } })
  const change = useMutation({
    mutationFn: ({ userId, version, role }: { userId: string; version: number; role: Role }) => api.PATCH('/api/organizations/{id}/members/{userId}', { params: { ...path(userId), header: { 'If-Match': `"${version}"` } }, body: { role } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['membership'] }),
  })
  const end = useMutation({
    mutationFn: (userId: string) => api.DELETE('/api/organizations/{id}/members/{userId}', { params: path(userId) }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['membership'] }),
  })
  const makeLink = useMutation({
    mutationFn: (id: string) => body(api.POST('/api/users/{id}/sign-in-link', { params: { path: { id } } })),
    onSuccess: (made) => setLink(made.link ?? undefined),
  })
  return (
    <Stack>
      {writes && <Group justify="flex-end"><Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={open}>Add somebody</Button></Group>}
      {link && <Secret title="A link to choose a password. It works once and is shown once." text={link} />}
      <Shown query={query}>
        {({ members: list }) => list.length === 0 ? <Empty title="No members yet" /> : (
          <Card p={0} className="table-box" tabIndex={0}>
            <Table>
              <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th>E-mail</Table.Th><Table.Th>Role</Table.Th><Table.Th /></Table.Tr></Table.Thead>
              <Table.Tbody>
                {list.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td><Group gap={6}><Text fw={600} size="sm">{one.user.displayName}</Text>{one.user.status === 'disabled' && <Status of="inactive" size="xs" />}</Group></Table.Td>
                    <Table.Td>{one.user.email}</Table.Td>
                    <Table.Td>{words(one.role)}</Table.Td>
                    <Table.Td ta="right">
                      {writes && one.userId !== me.user.id && (
                        <Menu position="bottom-end">
                          <Menu.Target><Button size="compact-sm" variant="default" aria-label={`Change ${one.user.displayName}`}>Change</Button></Menu.Target>
                          <Menu.Dropdown>
                            <Menu.Label>Role</Menu.Label>
                            {rolesIn(organization).filter((role) => role !== one.role).map((role) => <Menu.Item key={role} onClick={() => change.mutate({ userId: one.userId, version: one.version, role })}>{words(role)}</Menu.Item>)}
                            <Menu.Divider />
                            <Menu.Item onClick={() => makeLink.mutate(one.userId)}>Link to choose a password</Menu.Item>
                            <Menu.Item color="red" onClick={() => end.mutate(one.userId)}>End the membership</Menu.Item>
                          </Menu.Dropdown>
                        </Menu>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Card>
        )}
      </Shown>
      {inviting && <Invite organization={organization} close={close} made={setLink} />}
    </Stack>
  )
}

function Invite({ organization, close, made }: { organization: Organization; close: () => void; made: (link: string | undefined) => void }) {
  const queries = useQueryClient()
  const form = useForm({
    initialValues: { email: '', displayName: '', role: rolesIn(organization)[0] as string },
    validate: { email: (text) => (text.includes('@') ? null : 'An e-mail address'), displayName: (text) => (text.trim() ? null : 'A name') },
  })
  const invite = useMutation({
    mutationFn: ({ email, displayName, role }: typeof form.values) => body(api.POST('/api/organizations/{id}/members', { params: { path: { id: organization.id } }, body: { email, displayName, role: role as Role } })),
    meta: { shown: true },
    onSuccess: ({ user, signInLink }) => {
      tell(`${user.displayName} is a member`)
      made(signInLink?.link ?? undefined)
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['membership'] }),
  })
  const problem = invite.error && problemIn(invite.error)
  return (
    <Modal opened onClose={close} title={`Add somebody to ${organization.name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={form.onSubmit((values) => invite.mutate(values))}>
        <Stack>
          {problem && <Alert color="red" title={problem.title}>{problem.errors?.map(({ field, message }) => `${field}: ${message}`).join('; ') || problem.detail}</Alert>}
          <TextInput label="E-mail" type="email" data-autofocus {...form.getInputProps('email')} />
          <TextInput label="Name" {...form.getInputProps('displayName')} />
          <Select label="Role" allowDeselect={false} data={options(rolesIn(organization))} {...form.getInputProps('role')} />
          <Button type="submit" loading={invite.isPending}>Add</Button>
        </Stack>
      </form>
    </Modal>
  )
}

