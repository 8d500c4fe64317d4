import { Alert, Badge, Card, Code, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { cluster } from '../../api/queries'
import type { Cluster as Seen } from '../../api/types'
import { t } from '../../language/language'
import { number } from '../../language/write'
import { sayAgo } from '../../time/say'
import { Shown } from '../../ui/states'
import { STYLES, Status } from '../../ui/status'
import { inOrder, replaced } from './nodes'

/** As what the relay to a broker is known among the leases. */
const RELAY = 'relay'

/** Which nodes there are, and which of them does what. */
export function Cluster() {
  const query = useQuery(cluster())
  return <Shown query={query}>{(it) => <Board it={it} />}</Shown>
}

function Board({ it }: { it: Seen }) {
  const alive = it.nodes.filter((one) => one.alive)
  const gone = it.nodes.filter((one) => !one.alive && !replaced(one, it.nodes))
  const works = alive.some(({ roles }) => roles.includes('worker'))
  const relay = it.leases.find(({ unit }) => unit === RELAY)
  return (
    <Stack>
      {!it.shared && (
        <Alert icon={<IconInfoCircle aria-hidden />} title={t('One node: the database is a file')}>
          {t('It does everything itself, so there are no leases. How to move to PostgreSQL, for several nodes on one machine or on many:')} <Code>docs/postgresql.md</Code>
        </Alert>
      )}
      {it.shared && gone.length > 0 && works && (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={t('{{count}} nodes are gone', { count: gone.length, defaultValue_one: '{{count}} node is gone' })} role="status">
          {t('{{names}}: other workers take over within ten seconds, and nothing is lost. A node is forgotten an hour after it was last seen.', { names: gone.map(({ address }) => address).join(', ') })}
        </Alert>
      )}
      {it.shared && !works && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={t('No worker is alive')} role="alert">{t('Events are kept, but nobody handles them. Start a node with this role:')} <Code>worker</Code></Alert>
      )}
      <SimpleGrid cols={{ base: 2, md: it.shared ? 4 : 2 }}>
        {it.shared && <Figure label={t('Nodes alive')} value={t('{{alive}} of {{all}}', { alive: alive.length, all: alive.length + gone.length })} />}
        <Figure label={t('Head')} value={number(it.sequencer.head)} sub={t('the newest position')} />
        <Figure label={t('Sequencer')} value={number(it.sequencer.waiting)} sub={t('committed, without a position yet')} />
        {it.shared && <Figure label={t('Relay')} value={relay ? nameOf(it, relay.holder) : t('None', { context: 'relay' })} sub={relay ? t('carries events to the broker') : t('no broker is configured')} />}
      </SimpleGrid>
      <Nodes of={it} />
      {it.shared && <Leases of={it} />}
    </Stack>
  )
}

const Figure = ({ label, value, sub }: { label: string; value: ReactNode; sub?: string }) => (
  <Card p={{ base: 'sm', sm: 'md' }}><Text size="sm" c="dimmed">{label}</Text><Text fz={{ base: 'md', sm: 'lg' }} fw={700} className="numbers">{value}</Text>{sub && <Text size="xs" c="dimmed">{sub}</Text>}</Card>
)

/** What tells ids apart: they begin with the time. */
const short = (id: string) => id.slice(-8)

/** Where a node answers; of one that is gone by now, the end of its id. */
function nameOf({ nodes }: Seen, id: string | null | undefined): string {
  if (!id) return t('Nobody')
  return nodes.find((one) => one.id === id)?.address ?? short(id)
}

function Nodes({ of }: { of: Seen }) {
  return (
    <Card p={0}>
      <Title order={2} p="md" pb="xs">{t('Nodes')}</Title>
      <div className="table-box stack" tabIndex={0}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th>{t('Node')}</Table.Th><Table.Th>{t('State')}</Table.Th><Table.Th>{t('Roles')}</Table.Th><Table.Th>{t('Version')}</Table.Th><Table.Th>{t('Started')}</Table.Th><Table.Th>{t('Last seen')}</Table.Th>{of.shared && <Table.Th ta="right">{t('Leases')}</Table.Th>}</Table.Tr></Table.Thead>
          <Table.Tbody>
            {inOrder(of.nodes, of.node).map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td><Text fw={600} size="sm">{one.address}{one.id === of.node && ` ${t('(this one)')}`}</Text><Text size="xs" c="dimmed">{one.host} · <span title={one.id}>{short(one.id)}</span></Text></Table.Td>
                <Table.Td data-label={t('State')}><Status of={one.alive ? 'alive' : replaced(one, of.nodes) ? 'replaced' : 'gone'} /></Table.Td>
                <Table.Td data-label={t('Roles')}><Group gap={4}>{one.roles.map((role) => <Badge key={role} variant="default" tt="none" styles={STYLES}>{role}</Badge>)}</Group></Table.Td>
                <Table.Td data-label={t('Version')}>{one.version}</Table.Td>
                <Table.Td data-label={t('Started')}>{sayAgo(one.started)}</Table.Td>
                <Table.Td data-label={t('Last seen')} className="numbers">{seen(one.heartbeatAgeMs)}</Table.Td>
                {of.shared && <Table.Td data-label={t('Leases')} ta="right" className="numbers">{one.leases}</Table.Td>}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  )
}

/** A node shows every few seconds that it is alive, so minutes are long. */
const seen = (age: number) => (age < 1_000 ? t('just now') : age < 60_000 ? t('{{seconds}} s ago', { seconds: number(age / 1000, 1) }) : t('{{minutes}} min ago', { minutes: Math.floor(age / 60_000) }))

function Leases({ of }: { of: Seen }) {
  return (
    <Card p={0}>
      <Title order={2} px="md" pt="md">{t('Leases')}</Title>
      <Text size="sm" c="dimmed" px="md" pb="xs">{t('What one node does at a time. The fence rises with each change of holder: nothing is committed under a lower one.')}</Text>
      <div className="table-box stack" tabIndex={0}>
        <Table verticalSpacing={6}>
          <Table.Thead><Table.Tr><Table.Th>{t('Lease')}</Table.Th><Table.Th>{t('Holder')}</Table.Th><Table.Th ta="right">{t('Fence')}</Table.Th><Table.Th ta="right">{t('Lag')}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {of.leases.map((one) => (
              <Table.Tr key={one.unit}>
                <Table.Td><Text fw={600} size="sm">{one.unit}</Text></Table.Td>
                <Table.Td data-label={t('Holder')}>{one.holder ? nameOf(of, one.holder) : <Status of="nobody" />}</Table.Td>
                <Table.Td data-label={t('Fence')} ta="right" className="numbers">{number(one.token)}</Table.Td>
                <Table.Td data-label={t('Lag')} ta="right" className="numbers">{one.lagEvents == null ? '–' : `${number(one.lagEvents)}${one.lagSeconds ? `, ${number(one.lagSeconds)} s` : ''}`}</Table.Td>
              </Table.Tr>
            ))}
            {of.leases.length === 0 && <Table.Tr><Table.Td colSpan={4}><Text size="sm" c="dimmed">{t('None yet: a worker takes them as it starts.')}</Text></Table.Td></Table.Tr>}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  )
}
