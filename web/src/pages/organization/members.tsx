import { Alert, Button, Card, Group, Menu, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import { members, PAGE } from '../../api/queries'
import type { Organization, Role } from '../../api/types'
import { useAccess } from '../../components/access'
import { Secret } from '../../components/secret'
import { t } from '../../language/language'
import { Dialog } from '../../ui/dialog'
import { Pages } from '../../ui/pages'
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
  const { page } = useSearch({ from: '/shell/organization' })
  const navigate = useNavigate({ from: '/organization' })
  const query = useQuery(members(organization.id, page ?? 1))
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
    onSuccess: (made) => {
      if (made.mailed) tell(t('The link was mailed'))
      setLink(made.link ?? undefined)
    },
  })
  return (
    <Stack>
      {writes && <Group justify="flex-end"><Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={open}>{t('Add somebody')}</Button></Group>}
      {link && <Secret title={t('A link to choose a password. It works once and is shown once.')} text={link} />}
      <Shown query={query}>
        {({ members: list, pagination }) => list.length === 0 ? <Empty title={t('No members yet')}>{t('Whoever is added can sign in and sees what belongs to this organization.')}</Empty> : (
          <Stack>
          <Card p={0} className="table-box stack" tabIndex={0}>
            <Table>
              <Table.Thead><Table.Tr><Table.Th>{t('Name')}</Table.Th><Table.Th>{t('E-mail')}</Table.Th><Table.Th>{t('Role')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
              <Table.Tbody>
                {list.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td><Group gap={6}><Text fw={600} size="sm">{one.user.displayName}</Text>{one.user.status === 'disabled' && <Status of="inactive" size="xs" />}</Group></Table.Td>
                    <Table.Td data-label={t('E-mail')}>{one.user.email}</Table.Td>
                    <Table.Td data-label={t('Role')}>{words(one.role)}</Table.Td>
                    <Table.Td ta="right">
                      {writes && one.userId !== me.user.id && (
                        <Menu position="bottom-end">
                          <Menu.Target><Button size="compact-sm" variant="default" aria-label={t('Change {{name}}', { name: one.user.displayName })}>{t('Change')}</Button></Menu.Target>
                          <Menu.Dropdown>
                            <Menu.Label>{t('Role')}</Menu.Label>
                            {rolesIn(organization).filter((role) => role !== one.role).map((role) => <Menu.Item key={role} onClick={() => change.mutate({ userId: one.userId, version: one.version, role })}>{words(role)}</Menu.Item>)}
                            <Menu.Divider />
                            <Menu.Item onClick={() => makeLink.mutate(one.userId)}>{t('Link to choose a password')}</Menu.Item>
                            <Menu.Item color="red" onClick={() => end.mutate(one.userId)}>{t('End the membership')}</Menu.Item>
                          </Menu.Dropdown>
                        </Menu>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Card>
          <Pages total={pagination.total} size={PAGE} page={page} turn={(next) => void navigate({ search: (before) => ({ ...before, page: next }) })} of={t('members')} />
          </Stack>
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
    validate: { email: (text) => (text.includes('@') ? null : t('An e-mail address')), displayName: (text) => (text.trim() ? null : t('A name')) },
  })
  const invite = useMutation({
    mutationFn: ({ email, displayName, role }: typeof form.values) => body(api.POST('/api/organizations/{id}/members', { params: { path: { id: organization.id } }, body: { email, displayName, role: role as Role } })),
    meta: { shown: true },
    onSuccess: ({ user, signInLink }) => {
      tell(signInLink?.mailed ? t('{{name}} is a member and gets a link by mail', { name: user.displayName }) : t('{{name}} is a member', { name: user.displayName }))
      made(signInLink?.link ?? undefined)
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['membership'] }),
  })
  const problem = invite.error && problemIn(invite.error)
  return (
    <Dialog close={close} title={t('Add somebody to {{name}}', { name: organization.name })}>
      <form onSubmit={form.onSubmit((values) => invite.mutate(values))}>
        <Stack>
          {problem && <Alert color="red" title={problem.title}>{problem.errors?.map(({ field, message }) => `${field}: ${message}`).join('; ') || problem.detail}</Alert>}
          <TextInput label={t('E-mail')} type="email" data-autofocus {...form.getInputProps('email')} />
          <TextInput label={t('Name')} {...form.getInputProps('displayName')} />
          <Select label={t('Role')} allowDeselect={false} data={options(rolesIn(organization))} {...form.getInputProps('role')} />
          <Button type="submit" loading={invite.isPending}>{t('Add')}</Button>
        </Stack>
      </form>
    </Dialog>
  )
}

