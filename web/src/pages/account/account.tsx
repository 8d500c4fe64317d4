import { Alert, Button, Card, Group, PasswordInput, SegmentedControl, Stack, Table, Text, Title, useMantineColorScheme } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../../api/client'
import { problemIn } from '../../api/errors'
import { sessions } from '../../api/queries'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { sayAgo } from '../../time/say'
import { Header } from '../../ui/header'
import { Shown } from '../../ui/states'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'
import { Language } from './language'
import { Shortcuts } from './shortcuts'

export function Account() {
  const { me, zone, mayAnywhere } = useAccess()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <Header title={t('Account')} sub={`${me.user.displayName} · ${me.user.email}`} />
      <Stack maw={800}>
        <Card>
          <Title order={2} mb="xs">{t('Roles')}</Title>
          {me.memberships.map(({ id, organization, role }) => <Text key={id}>{organization.name}: <b>{words(role)}</b></Text>)}
          <Text size="sm" c="dimmed" mt="xs">{t('Times are shown in {{zone}} unless a booking has its own time zone.', { zone })}</Text>
          {mayAnywhere('own_availability') && <Text size="sm" mt="xs"><Link to="/staff/$id" params={{ id: me.user.id }}>{t('My profile: skills, certifications, limits')}</Link></Text>}
        </Card>
        <Card>
          <Title order={2} mb="xs">{t('Colours')}</Title>
          <SegmentedControl aria-label={t('Colours')} value={colorScheme} onChange={(value) => setColorScheme(value as 'auto' | 'light' | 'dark')} data={[{ value: 'auto', label: t('As the device') }, { value: 'light', label: t('Light') }, { value: 'dark', label: t('Dark') }]} />
        </Card>
        <Language />
        <Shortcuts />
        <Password />
        <Sessions />
      </Stack>
    </>
  )
}

function Password() {
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '', again: '' },
    validate: { currentPassword: (text) => (text ? null : t('Needed')), newPassword: (text) => (text.length < 15 ? t('At least 15 characters') : null), again: (text, { newPassword }) => (text === newPassword ? null : t('Not the same')) },
  })
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: ({ currentPassword, newPassword }: typeof form.values) => api.POST('/api/auth/password', { body: { currentPassword, newPassword } }),
    meta: { shown: true },
    onSuccess: async () => {
      form.reset()
      tell(t('Password changed; your other sessions have ended'))
      await queries.invalidateQueries({ queryKey: ['session'] })
    },
  })
  const problem = change.error && problemIn(change.error)
  return (
    <Card>
      <Title order={2} mb="xs">{t('Password')}</Title>
      <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <Stack maw={380}>
          {problem && <Alert color="red" title={problem.title}>{problem.errors?.map(({ message }) => message).join(' ') || problem.detail}</Alert>}
          <PasswordInput label={t('Present password')} autoComplete="current-password" {...form.getInputProps('currentPassword')} />
          <PasswordInput label={t('New password')} description={t('15 to 128 characters; your other sessions end')} autoComplete="new-password" {...form.getInputProps('newPassword')} />
          <PasswordInput label={t('Once more')} autoComplete="new-password" {...form.getInputProps('again')} />
          <Group><Button type="submit" loading={change.isPending}>{t('Change the password')}</Button></Group>
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
      <Title order={2} mb="xs">{t('Where you are signed in')}</Title>
      <Shown part query={query}>
        {({ sessions: list }) => (
          <div className="table-box stack" tabIndex={0}>
            <Table>
              <Table.Tbody>
                {list.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td><Text size="sm" fw={600}>{device(one.userAgent)}{one.current && ` (${t('this one')})`}</Text><Text size="xs" c="dimmed">{one.address ?? ''}</Text></Table.Td>
                    <Table.Td><Text size="sm">{t('Seen {{ago}}', { ago: sayAgo(one.lastSeenAt) })}</Text></Table.Td>
                    <Table.Td ta="right">{!one.current && <Button size="compact-sm" variant="default" onClick={() => end.mutate(one.id)}>{t('End')}</Button>}</Table.Td>
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
  const name = browser?.replace('Edg', 'Edge').replace('OPR', 'Opera')
  return name && system ? t('{{browser}} on {{system}}', { browser: name, system }) : name ?? system ?? t('Unknown device')
}
