import { Alert, Button, Card, Center, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api/client'
import { problemIn } from '../api/errors'

/** An invitation or a reset: choose a password by a link that works once. */
export function Link() {
  useDocumentTitle('Choose a password · Rishi')
  const navigate = useNavigate()
  const [token] = useState(() => location.hash.slice(1))
  const form = useForm({
    initialValues: { password: '', again: '' },
    validate: { password: (text) => (text.length < 15 ? 'At least 15 characters: a few words together are easy to keep' : null), again: (text, { password }) => (text === password ? null : 'Not the same') },
  })
  const choose = useMutation({
    mutationFn: ({ password }: { password: string }) => api.POST('/api/auth/link', { body: { token, password } }),
    meta: { shown: true },
    onSuccess: () => void navigate({ to: '/sign-in', search: {} }),
    onError: (error) => {
      const field = problemIn(error).errors?.find((entry) => entry.field === 'password')
      if (field) form.setFieldError('password', field.message)
    },
  })
  const problem = choose.error && problemIn(choose.error)
  return (
    <Center mih="100dvh" p="md" component="main">
      <Card padding="lg" shadow="sm" w="100%" maw={420}>
        <form onSubmit={form.onSubmit((values) => choose.mutate(values))}>
          <Stack>
            <Title order={1}>Choose a password</Title>
            {token ? <Text c="dimmed" size="sm">The link works once. Afterwards you sign in with your e-mail address and this password.</Text>
              : <Alert color="red" title="The link is not whole">Open it again, or ask for another.</Alert>}
            {problem && !problem.errors && <Alert color="red" title={problem.title}>{problem.detail}</Alert>}
            <PasswordInput label="Password" description="15 to 128 characters" autoComplete="new-password" {...form.getInputProps('password')} />
            <PasswordInput label="Once more" autoComplete="new-password" {...form.getInputProps('again')} />
            <Button type="submit" loading={choose.isPending} disabled={!token}>Save</Button>
          </Stack>
        </form>
      </Card>
    </Center>
  )
}
