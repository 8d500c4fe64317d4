import { Alert, Button, Card, Group, PasswordInput, SegmentedControl, Stack, Table, Text, Title, useMantineColorScheme } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client'
import { problemIn } from '../../api/errors'
import { sessions } from '../../api/queries'
import { useAccess } from '../../components/access'
import { sayAgo } from '../../time/say'
import { Header } from '../../ui/header'
import { Shown } from '../../ui/states'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'

export function Account() {
  const { me, zone } = useAccess()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <Header title="Account" sub={`${me.user.displayName} · ${me.user.email}`} />
      <Stack maw={800}>
        <Card>
          <Title order={2} mb="xs">Roles</Title>
          {me.memberships.map(({ id, organization, role }) => <Text key={id}>{organization.name}: <b>{words(role)}</b></Text>)}
          <Text size="sm" c="dimmed" mt="xs">Times are shown on the {zone} clock unless a booking has its own.</Text>
        </Card>
        <Card>
          <Title order={2} mb="xs">Colours</Title>
          <SegmentedControl aria-label="Colours" value={colorScheme} onChange={(value) => setColorScheme(value as 'auto' | 'light' | 'dark')} data={[{ value: 'auto', label: 'As the device' }, { value: 'light', label: 'Light' }, { value: 'dark', label: 'Dark' }]} />
        </Card>
        <Password />
        <Sessions />
      </Stack>
    </>
  )
}

function Password() {
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '', again: '' },
    validate: { currentPassword: (text) => (text ? null : 'Needed'), newPassword: (text) => (text.length < 15 ? 'At least 15 characters' : null), again: (text, { newPassword }) => (text === newPassword ? null : 'Not the same') },
  })
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: ({ currentPassword, newPassword }: typeof form.values) => api.POST('/api/auth/password', { body: { currentPassword, newPassword } }),
    meta: { shown: true },
    onSuccess: async () => {
      form.reset()
      tell('Password changed; your other sessions have ended')
      await queries.invalidateQueries({ queryKey: ['session'] })
    },
  })
  const problem = change.error && problemIn(change.error)
  return (
    <Card>
      <Title order={2} mb="xs">Password</Title>
      <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <Stack maw={380}>
          {problem && <Alert color="red" title={problem.title}>{problem.errors?.map(({ message }) => message).join(' ') || problem.detail}</Alert>}
          <PasswordInput label="Present password" autoComplete="current-password" {...form.getInputProps('currentPassword')} />
          <PasswordInput label="New password" description="15 to 128 characters; your other sessions end" autoComplete="new-password" {...form.getInputProps('newPassword')} />
          <PasswordInput label="Once more" autoComplete="new-password" {...form.getInputProps('again')} />
          <Group><Button type="submit" loading={change.isPending}>Change the password</Button></Group>
        </Stack>
      </form>
    </Card>
  )
}

function Sessions() {
  const queries = useQueryClient()
  const query = useQuery(sessions())
  const end = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/auth/sessions/{id}', { params: { path: { id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['session'] }),
  })
  return (
    <Card>
      <Title order={2} mb="xs">Where you are signed in</Title>
      <Shown query={query}>
        {({ sessions: list }) => (
          <div className="table-box" tabIndex={0}>
            <Table>
              <Table.Tbody>
                {list.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td><Text size="sm" fw={600}>{device(one.userAgent)}{one.current && ' (this one)'}</Text><Text size="xs" c="dimmed">{one.address ?? ''}</Text></Table.Td>
                    <Table.Td><Text size="sm">Seen {sayAgo(one.lastSeenAt)}</Text></Table.Td>
                    <Table.Td ta="right">{!one.current && <Button size="compact-sm" variant="default" onClick={() => end.mutate(one.id)}>End</Button>}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
      </Shown>
    </Card>
  )
}

/** A browser's own words about itself, in short. */
function device(agent: string | null | undefined): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent ?? '')?.[1]
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent ?? '')?.[1]
  return [browser?.replace('Edg', 'Edge').replace('OPR', 'Opera'), system].filter(Boolean).join(' on ') || 'Unknown device'
}
