import { Alert, Anchor, Button, Card, Center, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api, body } from '../api/client'
import { problemIn } from '../api/errors'
import { me } from '../api/queries'

export function SignIn() {
  useDocumentTitle('Sign in · Rishi')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { to } = useSearch({ from: '/sign-in' })
  const form = useForm({ initialValues: { email: '', password: '' }, validate: { email: (text) => (text.includes('@') ? null : 'Your e-mail address'), password: (text) => (text ? null : 'Your password') } })
  const enter = useMutation({
    mutationFn: (credentials: { email: string; password: string }) => body(api.POST('/api/auth/login', { body: credentials })),
    meta: { shown: true },
    onSuccess: (answer) => {
      queries.clear()
      queries.setQueryData(me().queryKey, answer)
      // Only a path of this application: never another site's address.
      void navigate({ to: to?.startsWith('/') && !to.startsWith('//') ? to : '/' })
    },
  })
  const problem = enter.error && problemIn(enter.error)
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w="100%" maw={380} gap="lg">
        <Group gap="sm" justify="center"><img src="/icon.svg" width={44} height={44} alt="" /><Title order={1}>Rishi</Title></Group>
        <Card padding="lg" shadow="sm">
          <form onSubmit={form.onSubmit((values) => enter.mutate(values))}>
            <Stack>
              {problem && <Alert color="red" title={problem.title}>{problem.detail}</Alert>}
              <TextInput label="E-mail" type="email" autoComplete="username" data-autofocus {...form.getInputProps('email')} />
              <PasswordInput label="Password" autoComplete="current-password" visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }} {...form.getInputProps('password')} />
              <Button type="submit" loading={enter.isPending} fullWidth>Sign in</Button>
            </Stack>
          </form>
        </Card>
        <Text size="sm" c="dimmed" ta="center">
          No password yet, or forgotten? Whoever manages your organization’s members gives you a link. <Anchor href="/api/docs" size="sm">API reference</Anchor>
        </Text>
      </Stack>
    </Center>
  )
}
