import { Card, Text, Timeline, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { story } from '../../api/queries'
import type { Booking, PlatformEvent } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { sayAgo, sayFull } from '../../time/say'
import { Shown } from '../../ui/states'
import { eventWords, inWords } from '../../ui/words'
import { AddNote } from './note'

/** What has happened to the booking and was said about it, newest first, as its events tell it; not what the platform tells itself to do next. */
export function Story({ of: booking }: { of: Booking }) {
  const { me, may } = useAccess()
  const query = useQuery(story(booking.id))
  const final = booking.status === 'completed' || booking.status === 'cancelled'
  // Those that the booking names: nobody else's name is asked for.
  const names = new Map([booking.creator, ...booking.staffAssignments.map(({ staff }) => staff), me.user].map(({ id, displayName }) => [id, displayName]))
  return (
    <Card>
      <Title order={2} mb="md">{t('Story')}</Title>
      {!final && may('create_bookings', booking.organizationId) && <AddNote to={booking} />}
      <Shown part query={query}>
        {(events) => (
          <Timeline active={0} bulletSize={14} lineWidth={2}>
            {events.filter(({ type }) => !type.endsWith('_REQUIRED')).sort((a, b) => b.position - a.position).map((event) => (
              <Timeline.Item key={event.id} title={<Text size="sm" fw={600}>{headline(event)}</Text>}>
                {note(event) && <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>{note(event)}</Text>}
                <Text size="xs" c="dimmed" title={sayFull(event.timestamp, booking.timezone)}>{[names.get(event.userId ?? ''), sayAgo(event.timestamp)].filter(Boolean).join(', ')}</Text>
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

/** Which fields an edit changed. */
const changed = ({ type, data }: PlatformEvent) => (type === 'BOOKING_UPDATED' ? (data as { changed: string[] }).changed : [])

/** As the server tells of the steps (`statusTransitionReason`), which knows them in English. */
function step(from: string | undefined, to: string): string {
  switch (`${from} ${to}`) {
    case 'draft pending_approval': return t('Booking submitted for approval')
    case 'pending_approval approved': return t('Booking approved by manager')
    case 'approved confirmed': return t('Booking confirmed with staff and location')
    case 'confirmed in_progress': return t('Booking started')
    case 'in_progress completed': return t('Booking completed successfully')
    case 'draft cancelled': return t('Booking cancelled before submission')
    case 'pending_approval cancelled': return t('Booking rejected during approval')
    case 'approved cancelled': return t('Approved booking cancelled')
    case 'confirmed cancelled': return t('Confirmed booking cancelled')
    case 'in_progress cancelled': return t('Active booking cancelled')
    default: return t('Now {{status}}', { status: inWords(to) })
  }
}

function headline(event: PlatformEvent): string {
  const to = field(event, 'newStatus') ?? field(event, 'status') ?? field(event, 'to')
  if (event.type === 'BOOKING_STATUS_CHANGED' && to) return step(field(event, 'oldStatus'), to)
  if (event.type === 'ASSIGNMENT_STATUS_CHANGED' && to) return t('Assignment {{status}}', { status: inWords(to, 'assignment') })
  const fields = changed(event)
  if (fields.length === 1 && fields[0] === 'notes') return t('Note')
  if (fields.length > 0) return t('Changed: {{fields}}', { fields: fields.map((name) => inWords(name)).join(', ') })
  return eventWords(event.type)
}

const note = (event: PlatformEvent) => (changed(event).includes('notes') ? ((event.data as { booking: Booking }).booking.notes ?? undefined) : field(event, 'notes') ?? field(event, 'reason'))
