import { Alert, Anchor, Button, Card, Center, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { Link as To, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/client'
import { problemIn } from '../api/errors'
import { t } from '../language/language'
import { tell } from '../ui/tell'

/** An invitation or a reset: choose a password by a link that works once. */
export function Link() {
  useDocumentTitle(`${t('Choose a password')} · Rishi`)
  const navigate = useNavigate()
  const [token] = useState(() => location.hash.slice(1))
  const form = useForm({
    initialValues: { password: '', again: '' },
    validate: { password: (text) => (text.length < 15 ? t('At least 15 characters: a few words together are easy to keep') : null), again: (text, { password }) => (text === password ? null : t('Not the same')) },
  })
  const choose = useMutation({
    mutationFn: ({ password }: { password: string }) => api.POST('/api/auth/link', { body: { token, password } }),
    meta: { shown: true },
    onSuccess: () => {
      tell(t('The password is chosen: sign in with it'))
      void navigate({ to: '/sign-in', search: {} })
    },
    onError: (error) => {
      const fields = problemIn(error).errors
      if (fields) form.setFieldError('password', fields.map(({ message }) => message).join(' '))
    },
  })
  const problem = choose.error && problemIn(choose.error)
  return (
    <Center mih="100dvh" p="md" component="main">
      <Card padding="lg" shadow="sm" w="100%" maw={420}>
        <form onSubmit={form.onSubmit((values) => choose.mutate(values))}>
          <Stack>
            <Title order={1}>{t('Choose a password')}</Title>
            {token ? <Text c="dimmed" size="sm">{t('The link works once. Afterwards you sign in with your e-mail address and this password.')}</Text>
              : <Alert color="red" title={t('The link is not whole')}>{t('Open it again from the message it came with, or ask for another.')}</Alert>}
            {problem && !problem.errors && <Alert color="red" title={problem.title} role="alert">{problem.detail} {problem.code === 'link_invalid' && <Anchor size="sm" renderRoot={(props) => <To to="/forgot" {...props} />}>{t('Ask for another')}</Anchor>}</Alert>}
            <PasswordInput label={t('Password')} description={t('15 to 128 characters')} autoComplete="new-password" {...form.getInputProps('password')} />
            <PasswordInput label={t('Once more')} autoComplete="new-password" {...form.getInputProps('again')} />
            <Button type="submit" loading={choose.isPending} disabled={!token}>{t('Save')}</Button>
            <Anchor renderRoot={(props) => <To to="/sign-in" search={{}} {...props} />} size="sm">{t('To sign-in')}</Anchor>
          </Stack>
        </form>
      </Card>
    </Center>
  )
}
