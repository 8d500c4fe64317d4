import { Alert, Anchor, Button, Card, Center, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../api/client'
import { problemIn } from '../api/errors'
import { t } from '../language/language'

/** Asks for a link to choose another password. Whether anybody has the address is not said. */
export function Forgot() {
  useDocumentTitle(`${t('Forgotten password')} · Rishi`)
  const form = useForm({ initialValues: { email: '' }, validate: { email: (text) => (text.includes('@') ? null : t('Your e-mail address')) } })
  const ask = useMutation({
    mutationFn: ({ email }: { email: string }) => api.POST('/api/auth/forgot', { body: { email: email.trim() } }),
    meta: { shown: true },
  })
  const problem = ask.error && problemIn(ask.error)
  return (
    <Center mih="100dvh" p="md" component="main">
      <Card padding="lg" shadow="sm" w="100%" maw={420}>
        {ask.isSuccess ? (
          <Stack role="status">
            <Title order={1}>{t('Look into your mail')}</Title>
            <Text>{t('If somebody here has the address {{email}}, a link to choose another password is on its way to it. It works once.', { email: form.values.email.trim() })}</Text>
            <Text size="sm" c="dimmed">{t('Nothing after a few minutes? Look among unwanted mail, or ask whoever manages your organization’s members for a link.')}</Text>
            <Anchor renderRoot={(props) => <Link to="/sign-in" search={{}} {...props} />}>{t('Back to sign-in')}</Anchor>
          </Stack>
        ) : (
          <form onSubmit={form.onSubmit((values) => ask.mutate(values))} noValidate>
            <Stack>
              <Title order={1}>{t('Forgotten your password?')}</Title>
              <Text c="dimmed" size="sm">{t('You get a link by mail to choose another one. The present one is good until then.')}</Text>
              {problem && <Alert color="red" title={problem.title} role="alert">{problem.code === 'order_refused' ? t('No mail is sent here. Whoever manages your organization’s members gives you a link.') : problem.errors?.map(({ message }) => message).join(' ') || problem.detail}</Alert>}
              <TextInput label={t('E-mail')} type="email" autoComplete="username" maxLength={254} autoFocus {...form.getInputProps('email')} />
              <Button type="submit" loading={ask.isPending}>{t('Send me a link')}</Button>
              <Anchor renderRoot={(props) => <Link to="/sign-in" search={{}} {...props} />} size="sm">{t('Back to sign-in')}</Anchor>
            </Stack>
          </form>
        )}
      </Card>
    </Center>
  )
}
