import '@mantine/charts/styles.css'
import '@mantine/dates/styles.css'
import { BarChart, DonutChart, LineChart } from '@mantine/charts'
import { Button, Card, Grid, Group, Progress, Table, Text, Title } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { statistics } from '../api/queries'
import type { Statistics } from '../api/types'
import { useAccess, useOrganizationFilter } from '../components/access'
import { clockIn, instantOf } from '../time/zone'
import { Header } from '../ui/header'
import { money } from '../ui/money'
import { Empty, Shown } from '../ui/states'
import { statusColor } from '../ui/status'
import { words } from '../ui/words'
import { download, rowsOf } from './statistics-file'

export function StatisticsPage() {
  const { from, to } = useSearch({ from: '/shell/statistics' })
  const navigate = useNavigate({ from: '/statistics' })
  const { organization } = useAccess()
  const zone = organization?.timezone ?? 'UTC'
  const midnight = (day: string, later: number) => {
    const clock = clockIn(`${day}T00:00`)
    return clock && instantOf({ ...clock, day: clock.day + later }, zone).toISOString()
  }
  const query = useQuery(statistics({ ...useOrganizationFilter(), ...(from ? { from: midnight(from, 0) } : {}), ...(to ? { to: midnight(to, 1) } : {}) }))
  const data = query.data
  return (
    <>
      <Header title="Statistics" sub={organization?.name}>
        <DatePickerInput aria-label="Range" type="range" placeholder="All time" w={230} value={[from ?? null, to ?? null]} clearable clearButtonProps={{ 'aria-label': 'All time' }} onChange={([first, last]) => void navigate({ search: { from: first ?? undefined, to: last ?? undefined } })} />
        {data && <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => download('statistics.csv', rowsOf(data))}>CSV</Button>}
      </Header>
      <Shown query={query}>{(found) => found.totalBookings === 0 ? <Empty title="No bookings in this range" /> : <Board of={found} currency={organization?.currency} />}</Shown>
    </>
  )
}

function Board({ of, currency }: { of: Statistics; currency: string | undefined }) {
  const tiles: [string, string][] = [
    ['Bookings', of.totalBookings.toLocaleString()], ['Active', of.activeBookings.toLocaleString()], ['Completed', of.completedBookings.toLocaleString()], ['Cancelled', of.cancelledBookings.toLocaleString()],
    ...(of.totalRevenue != null ? [['Revenue', money(of.totalRevenue, currency)], ['Budgets', money(of.totalBudget, currency)], ['Actual cost', money(of.totalActualCost, currency)], ['Average value', money(of.averageBookingValue, currency)]] as [string, string][] : []),
  ]
  const byStatus = Object.entries(of.byStatus as Record<string, number>).filter(([, count]) => count > 0).map(([status, value]) => ({ name: words(status), value, color: statusColor(status) === 'leaf' ? 'leaf.6' : `${statusColor(status)}.6` }))
  const bars = (counts: object) => Object.entries(counts as Record<string, number>).sort(([, a], [, b]) => b - a).slice(0, 10).map(([name, count]) => ({ name, Bookings: count }))
  return (
    <Grid gap="md">
      {tiles.map(([label, value]) => <Grid.Col key={label} span={{ base: 6, md: 3 }}><Card><Text size="sm" c="dimmed">{label}</Text><Text size="xl" fw={700} className="numbers">{value}</Text></Card></Grid.Col>)}
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Panel title="Month by month">
          <LineChart h={280} data={of.monthlyTrends} dataKey="month" withLegend series={[{ name: 'total', label: 'All', color: 'blue.6' }, { name: 'completed', label: 'Completed', color: 'leaf.6' }, { name: 'cancelled', label: 'Cancelled', color: 'red.6' }]} curveType="monotone" />
        </Panel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Panel title="By status">
          <Group justify="center"><DonutChart data={byStatus} size={170} thickness={26} tooltipDataSource="segment" /></Group>
          <Group gap="xs" mt="sm" justify="center">{byStatus.map(({ name, value }) => <Text key={name} size="sm">{name} <b>{value}</b></Text>)}</Group>
        </Panel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}><Panel title="By location"><Bars data={bars(Object.fromEntries(Object.entries(of.byLocation as Record<string, number>)))} /></Panel></Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}><Panel title="By operation"><Bars data={bars(Object.fromEntries(Object.entries(of.byOperationType as Record<string, number>).map(([type, count]) => [words(type), count])))} /></Panel></Grid.Col>
      {of.staffUtilization.length > 0 && (
        <Grid.Col span={12}>
          <Panel title="How busy staff is">
            <div className="table-box" tabIndex={0}>
              <Table>
                <Table.Thead><Table.Tr><Table.Th>Who</Table.Th><Table.Th ta="right">Assignments</Table.Th><Table.Th ta="right">Assigned</Table.Th><Table.Th ta="right">Worked</Table.Th><Table.Th ta="right">Available</Table.Th><Table.Th w="25%">Used</Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>
                  {of.staffUtilization.map((one) => (
                    <Table.Tr key={one.staffId}>
                      <Table.Td>{one.displayName}</Table.Td>
                      <Table.Td ta="right" className="numbers">{one.assignments}</Table.Td><Table.Td ta="right" className="numbers">{one.assignedHours.toFixed(1)} h</Table.Td><Table.Td ta="right" className="numbers">{one.workedHours.toFixed(1)} h</Table.Td><Table.Td ta="right" className="numbers">{one.availableHours.toFixed(1)} h</Table.Td>
                      <Table.Td><Group gap="xs" wrap="nowrap"><Progress value={Math.min(100, one.utilization * 100)} flex={1} aria-label={`${Math.round(one.utilization * 100)} percent used`} /><Text size="sm" className="numbers" w={44} ta="right">{Math.round(one.utilization * 100)} %</Text></Group></Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          </Panel>
        </Grid.Col>
      )}
    </Grid>
  )
}

const Panel = ({ title, children }: { title: string; children: ReactNode }) => <Card h="100%"><Title order={2} mb="md">{title}</Title>{children}</Card>

const Bars = ({ data }: { data: { name: string; Bookings: number }[] }) => <BarChart h={Math.max(160, data.length * 34)} data={data} dataKey="name" orientation="vertical" yAxisProps={{ width: 150 }} series={[{ name: 'Bookings', color: 'leaf.6' }]} gridAxis="x" />
