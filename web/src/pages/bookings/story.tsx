import { Card, Text, Timeline, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { story } from '../../api/queries'
import type { PlatformEvent } from '../../api/types'
import { sayAgo, sayFull } from '../../time/say'
import { Shown } from '../../ui/states'
import { eventWords, words } from '../../ui/words'

/** What has happened to the booking, newest first, as its events tell it. */
export function Story({ id, zone }: { id: string; zone: string }) {
  const query = useQuery(story(id))
  return (
    <Card>
      <Title order={2} mb="md">Story</Title>
      <Shown query={query}>
        {({ events }) => (
          <Timeline active={0} bulletSize={14} lineWidth={2}>
            {[...events].sort((a, b) => b.position - a.position).map((event) => (
              <Timeline.Item key={event.id} title={<Text size="sm" fw={600}>{headline(event)}</Text>}>
                {note(event) && <Text size="sm">{note(event)}</Text>}
                <Text size="xs" c="dimmed" title={sayFull(event.timestamp, zone)}>{sayAgo(event.timestamp)}</Text>
              </Timeline.Item>
            ))}
          </Timeline>
        )}
      </Shown>
    </Card>
  )
}

const field = (event: PlatformEvent, name: string): string | undefined => {
  const value = (event.data as Record<string, unknown>)[name] ?? (event.metadata as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'string' && value ? value : undefined
}

function headline(event: PlatformEvent): string {
  const to = field(event, 'newStatus') ?? field(event, 'status') ?? field(event, 'to')
  if (event.type === 'BOOKING_STATUS_CHANGED' && to) return field(event, 'statusTransitionReason') ?? `Now ${words(to).toLowerCase()}`
  if (event.type === 'ASSIGNMENT_STATUS_CHANGED' && to) return `Assignment ${words(to).toLowerCase()}`
  return eventWords(event.type)
}

const note = (event: PlatformEvent) => field(event, 'notes') ?? field(event, 'reason')
