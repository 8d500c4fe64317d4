import { Alert, Anchor, Button, Card, Center, Divider, Group, PasswordInput, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { api, body } from '../api/client'
import { problemIn } from '../api/errors'
import { me } from '../api/queries'
import { choose, LANGUAGES, speakTo, t, useLanguage, type Language } from '../language/language'

export function SignIn() {
  useDocumentTitle(`${t('Sign in')} · Rishi`)
  const language = useLanguage()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { to } = useSearch({ from: '/sign-in' })
  // Without an answer there is still the password.
  const methods = useQuery({ queryKey: ['sign-in-methods'], queryFn: () => body(api.GET('/api/auth/methods')) })
  const provider = methods.data?.oidc
  const form = useForm({ initialValues: { email: '', password: '' }, validate: { email: (text) => (text.includes('@') ? null : t('Your e-mail address')), password: (text) => (text ? null : t('Your password')) } })
  const enter = useMutation({
    mutationFn: (credentials: { email: string; password: string }) => body(api.POST('/api/auth/login', { body: credentials })),
    meta: { shown: true },
    onSuccess: async (answer) => {
      await speakTo(answer.user.locale)
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
          <form onSubmit={form.onSubmit((values) => enter.mutate(values))} noValidate>
            <Stack>
              {problem && <Alert color="red" title={problem.title}>{problem.detail}</Alert>}
              <TextInput label={t('E-mail')} type="email" autoComplete="username" autoFocus {...form.getInputProps('email')} />
              <PasswordInput label={t('Password')} autoComplete="current-password" visibilityToggleButtonProps={{ 'aria-label': t('Show the password') }} {...form.getInputProps('password')} />
              <Button type="submit" loading={enter.isPending} fullWidth>{t('Sign in')}</Button>
            </Stack>
          </form>
          {provider && (
            <Stack mt="md">
              <Divider label={t('or')} />
              <Button component="a" href={`${provider.start}${to ? `?to=${encodeURIComponent(to)}` : ''}`} variant="default" fullWidth>{t('Sign in with {{name}}', { name: provider.name })}</Button>
            </Stack>
          )}
        </Card>
        <Text size="sm" c="dimmed" ta="center">
          {methods.data?.forgottenByMail
            ? <><Anchor renderRoot={(props) => <Link to="/forgot" {...props} />} size="sm">{t('Forgotten your password?')}</Anchor> {t('No account yet? Whoever manages your organization’s members gives you one.')} </>
            : `${t('No password yet, or forgotten? Whoever manages your organization’s members gives you a link.')} `}
          <Anchor href="/api/docs" size="sm">{t('API reference')}</Anchor>
        </Text>
        <Select aria-label={t('Language')} size="sm" w={150} mx="auto" allowDeselect={false} data={LANGUAGES} value={language} onChange={(next) => void choose((next ?? 'en') as Language)} />
      </Stack>
    </Center>
  )
}
