import { Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createEventSource } from 'eventsource-client'
import { useEffect, useState } from 'react'
import { api } from '../../api/client'
import type { Optimization, OptimizationProgress } from '../../api/types'
import { t } from '../../language/language'
import { sayGap } from './gap'

/** A search as it goes on, by its stream. */
export function Running({ it }: { it: Optimization }) {
  const queries = useQueryClient()
  const [at, setAt] = useState<OptimizationProgress>({ state: it.state, elapsedSeconds: it.elapsedSeconds, rounds: it.rounds, proven: it.proven, standing: it.standing ?? null })
  useEffect(() => {
    const source = createEventSource({
      url: `${location.origin}/api/schedule/optimize/${it.id}/progress`,
      onMessage({ event, data }) {
        setAt(JSON.parse(data) as OptimizationProgress)
        if (event !== 'end') return
        source.close()
        void queries.invalidateQueries({ queryKey: ['optimization', it.id] })
      },
    })
    return () => source.close()
  }, [it.id, queries])
  const cancel = useMutation({
    mutationFn: () => api.POST('/api/schedule/optimize/{id}/cancel', { params: { path: { id: it.id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['optimization', it.id] }),
  })
  const share = Math.min(100, (100 * at.elapsedSeconds) / it.timeLimitSeconds)
  return (
    <Card maw={800}>
      <Stack>
        <Group justify="space-between"><Title order={2}>{t('Searching')}</Title><Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>{t('Enough: keep the best so far')}</Button></Group>
        <Progress value={share} aria-label={t('{{seconds}} of at most {{limit}} s', { seconds: Math.round(at.elapsedSeconds), limit: it.timeLimitSeconds })} />
        <Group gap="xl" aria-live="polite">
          <Text size="sm">{t('{{seconds}} of at most {{limit}} s', { seconds: Math.round(at.elapsedSeconds), limit: it.timeLimitSeconds })}</Text>
          <Text size="sm" className="numbers">{t('{{count}} attempts', { count: at.rounds, defaultValue_one: '{{count}} attempt' })}</Text>
          {at.standing && <Text size="sm" className="numbers">{t('{{count}} places open', { count: at.standing.openPlaces, defaultValue_one: '{{count}} place open' })}</Text>}
          {at.standing && <Text size="sm">{sayGap(at.standing, at.proven)}</Text>}
        </Group>
        <Text size="sm" c="dimmed">{t('{{count}} bookings with open places', { count: it.bookings, defaultValue_one: '{{count}} booking with open places' })}, {t('{{count}} people', { count: it.people, defaultValue_one: '{{count}} person' })}. {t('You may leave this page: the address leads back.')}</Text>
      </Stack>
    </Card>
  )
}
