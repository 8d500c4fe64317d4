import { Button, Card, Group, Select, Stack, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, body, ifMatch } from '../../api/client'
import { useAccess } from '../../components/access'
import { LANGUAGES, languageOf, speakTo, t } from '../../language/language'
import { zones } from '../../time/zone'
import { Refusal } from '../../ui/problem'
import { tell } from '../../ui/tell'

/** In which language one reads and is told of things, and on which clock. */
export function Language() {
  const { me: { user } } = useAccess()
  const queries = useQueryClient()
  const form = useForm({ initialValues: { locale: languageOf(user.locale) as string, timezone: user.timezone } })
  const save = useMutation({
    mutationFn: ({ locale, timezone }: typeof form.values) =>
      // "es-MX" stays, where only the clock was changed.
      body(api.PATCH('/api/users/{id}', { params: { path: { id: user.id }, header: ifMatch(user) }, body: { timezone, ...(form.isDirty('locale') ? { locale } : {}) } })),
    meta: { shown: true },
    onSuccess: async ({ locale }) => {
      await Promise.all([speakTo(locale), queries.invalidateQueries({ queryKey: ['me'] })])
      tell(t('Saved'))
    },
  })
  return (
    <Card>
      <Title order={2} mb="xs">{t('Language and time zone')}</Title>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack maw={380}>
          <Refusal error={save.error} />
          <Select label={t('Language')} description={t('Of these pages, of notifications and of mail')} allowDeselect={false} data={LANGUAGES} {...form.getInputProps('locale')} />
          <Select label={t('Your time zone')} searchable allowDeselect={false} data={zones()} {...form.getInputProps('timezone')} />
          <Text size="sm" c="dimmed">{t('Days, times and numbers are written as in your language; in which country’s way, your browser says.')}</Text>
          <Group><Button type="submit" loading={save.isPending}>{t('Save')}</Button></Group>
        </Stack>
      </form>
    </Card>
  )
}
