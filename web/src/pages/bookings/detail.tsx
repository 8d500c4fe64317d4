import { Alert, Button, Card, Grid, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { IconEdit, IconMapPin } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { booking } from '../../api/queries'
import type { Booking } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { sayLength, sayRange } from '../../time/say'
import { Header } from '../../ui/header'
import { money } from '../../ui/money'
import { Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { words } from '../../ui/words'
import { Series } from './series'
import { Staffing } from './staffing'
import { Story } from './story'
import { Transitions } from './transitions'

export function BookingPage() {
  const { id } = useParams({ from: '/shell/bookings/$id' })
  return <Shown query={useQuery(booking(id))}>{(found) => <Detail booking={found} />}</Shown>
}

function Detail({ booking: it }: { booking: Booking }) {
  const { may } = useAccess()
  const final = it.status === 'completed' || it.status === 'cancelled'
  return (
    <>
      <Header title={it.title} sub={<Group gap={8} component="span"><Status of={it.status} size="md" />{it.priority !== 'medium' && <Status of={it.priority} size="md" />}<span>{words(it.operationType)}{it.activityType ? ` · ${words(it.activityType)}` : ''}</span></Group>}>
        {!final && may('create_bookings', it.organizationId) && <Button renderRoot={(props) => <Link to="/bookings/$id/edit" params={{ id: it.id }} {...props} />} variant="default" leftSection={<IconEdit size={16} aria-hidden />}>{t('Edit')}</Button>}
        <Transitions booking={it} />
      </Header>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}><Stack><Facts it={it} />{it.series && <Series of={it} series={it.series} />}<Staffing booking={it} /></Stack></Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}><Stack><Cost it={it} /><Story of={it} /></Stack></Grid.Col>
      </Grid>
    </>
  )
}

function Facts({ it }: { it: Booking }) {
  const { organizations, zone } = useAccess()
  const rows: [string, ReactNode][] = [
    [t('When'), <>{sayRange(it.scheduledStart, it.scheduledEnd, it.timezone)}<Text size="sm" c="dimmed">{t('{{length}}, {{zone}} time', { length: sayLength(it.scheduledStart, it.scheduledEnd), zone: it.timezone })}{it.timezone !== zone && `; ${t('your time: {{when}}', { when: sayRange(it.scheduledStart, it.scheduledEnd, zone) })}`}</Text></>],
    [t('Where'), it.location ? <Link to="/locations/$id" params={{ id: it.location.id }} className="row-link"><IconMapPin size={15} aria-hidden /> {it.location.name}, {it.location.city}</Link> : <Text c="dimmed" size="sm" span>{t('No location yet')}</Text>],
    [t('For'), organizations.find(({ id }) => id === it.organizationId)?.name ?? '–'],
    [t('Created by'), it.creator.displayName],
    ...(it.description ? [[t('Description'), <Text key="d" size="sm" style={{ whiteSpace: 'pre-wrap' }}>{it.description}</Text>] as [string, ReactNode]] : []),
    ...(it.notes ? [[t('Notes'), <Text key="n" size="sm" style={{ whiteSpace: 'pre-wrap' }}>{it.notes}</Text>] as [string, ReactNode]] : []),
  ]
  return (
    <Card>
      <Table variant="vertical" withRowBorders highlightOnHover={false} layout="fixed">
        <Table.Tbody>{rows.map(([name, value]) => <Table.Tr key={name}><Table.Th w={110} bg="transparent">{name}</Table.Th><Table.Td>{value}</Table.Td></Table.Tr>)}</Table.Tbody>
      </Table>
    </Card>
  )
}

const warnings = (): Record<string, string> => ({
  planned_over_budget: t('The planned cost of staff is over the budget.'), actual_over_budget: t('What staff has cost is over the budget.'), rate_unknown: t('Somebody’s rate is not known: the cost is partial.'),
})

function Cost({ it }: { it: Booking }) {
  const { organizations } = useAccess()
  const currency = organizations.find(({ id }) => id === it.organizationId)?.currency
  const cost = it.staffCost
  if (!cost && it.budget == null && it.actualCost == null) return null
  return (
    <Card>
      <Title order={2} mb="xs">{t('Cost')}</Title>
      <Group gap="xl">
        <Figure label={t('Budget')} value={money(it.budget, currency)} />
        {cost && <Figure label={cost.partial ? t('Staff planned (partial)') : t('Staff planned')} value={money(cost.planned, currency)} />}
        {cost?.actual != null && <Figure label={t('Staff so far')} value={money(cost.actual, currency)} />}
        {it.actualCost != null && <Figure label={t('Actual')} value={money(it.actualCost, currency)} />}
      </Group>
      {cost?.warnings.map((warning) => <Alert key={warning} color="orange" mt="sm" p="xs">{warnings()[warning] ?? words(warning)}</Alert>)}
    </Card>
  )
}

const Figure = ({ label, value }: { label: string; value: string }) => <div><Text size="sm" c="dimmed">{label}</Text><Text fw={650} size="lg" className="numbers">{value}</Text></div>
