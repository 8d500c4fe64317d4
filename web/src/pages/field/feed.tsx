import { Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { calendarFeeds } from '../../api/queries'
import { Secret } from '../../components/secret'
import { t } from '../../language/language'
import { sayAgo } from '../../time/say'
import { Shown } from '../../ui/states'
import { tell } from '../../ui/tell'

/** One's work in one's own calendar program, under an address that is shown once. */
export function Feed() {
  const [address, setAddress] = useState<string>()
  const queries = useQueryClient()
  const settled = { onSettled: () => queries.invalidateQueries({ queryKey: ['calendar-feed'] }) }
  const query = useQuery(calendarFeeds())
  const make = useMutation({
    mutationFn: () => body(api.POST('/api/calendar-feeds', { body: { kind: 'person' } })),
    onSuccess: ({ url }) => setAddress(url ?? undefined),
    ...settled,
  })
  const end = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/calendar-feeds/{id}', { params: { path: { id } } }),
    onSuccess: () => {
      setAddress(undefined)
      tell(t('The address leads nowhere any more'))
    },
    ...settled,
  })
  return (
    <Card>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>{t('In your calendar')}</Title>
          <Button variant="light" size="sm" loading={make.isPending} onClick={() => make.mutate()}>{t('New address')}</Button>
        </Group>
        <Text size="sm" c="dimmed">{t('Your calendar program can show your work. Whoever has the address sees it, so keep it to yourself.')}</Text>
        {address && <Secret title={t('Subscribe to this address. It is shown once.')} text={address} />}
        <Shown part query={query}>
          {(list) => list.filter(({ kind }) => kind === 'person').map((one) => (
            <Group key={one.id} justify="space-between">
              <Text size="sm">{t('{{name}}, made {{ago}}', { name: one.name ?? t('My work'), ago: sayAgo(one.createdAt) })}</Text>
              <Button size="compact-sm" variant="default" aria-label={t('End the address made {{ago}}', { ago: sayAgo(one.createdAt) })} loading={end.isPending} onClick={() => end.mutate(one.id)}>{t('End')}</Button>
            </Group>
          ))}
        </Shown>
      </Stack>
    </Card>
  )
}
