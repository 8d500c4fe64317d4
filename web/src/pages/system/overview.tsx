import { Card, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { health } from '../../api/queries'
import { t } from '../../language/language'
import { number } from '../../language/write'
import { sayAgo } from '../../time/say'
import { Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { words } from '../../ui/words'

export function Overview() {
  const query = useQuery(health())
  return (
    <Shown query={query}>
      {(it) => (
        <Stack>
          <Group><Status of={it.overall} size="lg" /><Text c="dimmed" size="sm">{[t('Measured {{ago}}', { ago: sayAgo(it.timestamp) }), t('up for {{duration}}', { duration: duration(it.metrics.uptime / 1000) }), t('{{count}} requests', { count: it.metrics.requestsProcessed, defaultValue_one: '{{count}} request' }), t('{{count}} errors in the last hour', { count: it.metrics.errorsRecent, defaultValue_one: '{{count}} error in the last hour' })].join('; ')}</Text></Group>
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            {Object.entries(it.components).map(([name, component]) => component && (
              <Card key={name}>
                <Group justify="space-between" mb="xs"><Title order={2}>{words(name)}</Title><Status of={component.status} /></Group>
                <Facts of={component.details} />
              </Card>
            ))}
          </SimpleGrid>
        </Stack>
      )}
    </Shown>
  )
}

/** What a component says of itself: a table of plain values. */
function Facts({ of }: { of: object | undefined }) {
  return (
    <Table verticalSpacing={4} highlightOnHover={false}>
      <Table.Tbody>
        {Object.entries(of ?? {}).map(([name, value]) => value != null && (
          <Table.Tr key={name}><Table.Td c="dimmed">{words(name)}</Table.Td><Table.Td ta="right" className="numbers">{said(value)}</Table.Td></Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** Of a list or a group how many there are; of how far subscriptions are behind, the farthest; of an instant how long ago it was. */
function said(value: unknown): string {
  if (typeof value === 'boolean') return value ? t('Yes') : t('No')
  if (Array.isArray(value) && value.length > 0 && value.every(behind)) return number(Math.max(...value.map(({ events }) => events)))
  if (typeof value === 'object' && value) return number(Object.keys(value).length)
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return sayAgo(value)
  return typeof value === 'number' ? number(value) : String(value)
}

const behind = (one: unknown): one is { events: number } => typeof one === 'object' && one !== null && 'subscription' in one && 'events' in one

function duration(seconds: number): string {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60]
  return days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes} min` : `${minutes} min`
}
