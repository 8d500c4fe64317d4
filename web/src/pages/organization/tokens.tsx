import { Button, Card, Group, NumberInput, Stack, Table, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { PAGE, tokens } from '../../api/queries'
import type { Organization } from '../../api/types'
import { useAccess } from '../../components/access'
import { Secret } from '../../components/secret'
import { t } from '../../language/language'
import { sayAgo, sayDate } from '../../time/say'
import { Dialog } from '../../ui/dialog'
import { Pages } from '../../ui/pages'
import { Refusal } from '../../ui/problem'
import { Empty, Shown } from '../../ui/states'

export function Tokens({ organization }: { organization: Organization }) {
  const { me, zone } = useAccess()
  const [making, { open, close }] = useDisclosure()
  const [made, setMade] = useState<string>()
  const queries = useQueryClient()
  const { page } = useSearch({ from: '/shell/organization' })
  const navigate = useNavigate({ from: '/organization' })
  const query = useQuery(tokens(organization.id, page ?? 1))
  const revoke = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/tokens/{id}', { params: { path: { id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['token'] }),
  })
  return (
    <Stack>
      <Group justify="space-between"><Text size="sm" c="dimmed">{t('A token lets a program do what you may do here, until it expires.')} <a href="/api/docs">{t('API reference')}</a></Text>{me.memberships.some(({ organizationId }) => organizationId === organization.id) && <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>{t('New token')}</Button>}</Group>
      {made && <Secret title={t('The new token. It is shown once.')} text={made} />}
      <Shown query={query}>
        {({ tokens: list, pagination }) => list.length === 0 ? <Empty title={t('No tokens yet')} /> : (
          <Stack>
          <Card p={0} className="table-box stack" tabIndex={0}>
            <Table>
              <Table.Thead><Table.Tr><Table.Th>{t('Name')}</Table.Th><Table.Th>{t('Acts for')}</Table.Th><Table.Th>{t('Last used')}</Table.Th><Table.Th>{t('Expires')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
              <Table.Tbody>
                {list.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td fw={600}>{one.name}</Table.Td><Table.Td data-label={t('Acts for')}>{one.userName}</Table.Td><Table.Td data-label={t('Last used')}>{one.lastUsedAt ? sayAgo(one.lastUsedAt) : t('Never')}</Table.Td><Table.Td data-label={t('Expires')}>{sayDate(one.expiresAt, zone)}</Table.Td>
                    <Table.Td ta="right"><Button size="compact-sm" variant="default" aria-label={t('Revoke {{name}}', { name: one.name })} onClick={() => revoke.mutate(one.id)}>{t('Revoke')}</Button></Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Card>
          <Pages total={pagination.total} size={PAGE} page={page} turn={(next) => void navigate({ search: (before) => ({ ...before, page: next }) })} of={t('tokens')} />
          </Stack>
        )}
      </Shown>
      {making && <Make organization={organization} close={close} made={setMade} />}
    </Stack>
  )
}

function Make({ organization, close, made }: { organization: Organization; close: () => void; made: (token: string | undefined) => void }) {
  const queries = useQueryClient()
  const form = useForm({ initialValues: { name: '', expiresInDays: 90 as number | '' }, validate: { name: (text) => (text.trim() ? null : t('A name, so that you know it again')) } })
  const make = useMutation({
    mutationFn: ({ name, expiresInDays }: typeof form.values) => body(api.POST('/api/tokens', { body: { name, organizationId: organization.id, ...(expiresInDays === '' ? {} : { expiresInDays }) } })),
    meta: { shown: true },
    onSuccess: ({ token }) => {
      made(token ?? undefined)
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['token'] }),
  })
  return (
    <Dialog close={close} title={t('New API token')}>
      <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
        <Stack>
          <Refusal error={make.error} />
          <TextInput label={t('Name')} data-autofocus {...form.getInputProps('name')} />
          <NumberInput label={t('Days until it expires')} min={1} max={365} {...form.getInputProps('expiresInDays')} onChange={(value) => form.setFieldValue('expiresInDays', typeof value === 'number' ? value : '')} />
          <Button type="submit" loading={make.isPending}>{t('Create the token')}</Button>
        </Stack>
      </form>
    </Dialog>
  )
}
