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
import { t } from '../language/language'
import { number, percent } from '../language/write'
import { sayLocal } from '../time/say'
import { clockIn, instantOf } from '../time/zone'
import { Header } from '../ui/header'
import { money } from '../ui/money'
import { Empty, Shown } from '../ui/states'
import { statusColor } from '../ui/status'
import { words } from '../ui/words'
import { download } from '../ui/csv'
import { rowsOf } from './statistics-file'

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
      <Header title={t('Statistics')} sub={organization?.name}>
        <DatePickerInput aria-label={t('Range')} type="range" placeholder={t('All time')} w={230} value={[from ?? null, to ?? null]} clearable clearButtonProps={{ 'aria-label': t('All time') }} onChange={([first, last]) => void navigate({ search: { from: first ?? undefined, to: last ?? undefined } })} />
        {data && <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => download('statistics.csv', rowsOf(data))}>CSV</Button>}
      </Header>
      <Shown query={query}>{(found) => found.totalBookings === 0 ? <Empty title={t('No bookings in this range')} /> : <Board of={found} currency={organization?.currency} />}</Shown>
    </>
  )
}

function Board({ of, currency }: { of: Statistics; currency: string | undefined }) {
  const tiles: [string, string][] = [
    [t('Bookings'), number(of.totalBookings)], [t('Active'), number(of.activeBookings)], [t('Completed'), number(of.completedBookings)], [t('Cancelled'), number(of.cancelledBookings)],
    ...(of.totalRevenue != null ? [[t('Revenue'), money(of.totalRevenue, currency)], [t('Budgets'), money(of.totalBudget, currency)], [t('Actual cost'), money(of.totalActualCost, currency)], [t('Average value'), money(of.averageBookingValue, currency)]] as [string, string][] : []),
  ]
  const byStatus = Object.entries(of.byStatus as Record<string, number>).filter(([, count]) => count > 0).map(([status, value]) => ({ name: words(status), value, color: statusColor(status) === 'leaf' ? 'leaf.6' : `${statusColor(status)}.6` }))
  const bars = (counts: object) => Object.entries(counts as Record<string, number>).sort(([, a], [, b]) => b - a).slice(0, 10).map(([name, count]) => ({ name, count }))
  return (
    <Grid gap="md">
      {tiles.map(([label, value]) => <Grid.Col key={label} span={{ base: 6, md: 3 }}><Card><Text size="sm" c="dimmed">{label}</Text><Text size="xl" fw={700} className="numbers">{value}</Text></Card></Grid.Col>)}
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Panel title={t('Month by month')}>
          <LineChart h={280} data={of.monthlyTrends.map((one) => ({ ...one, month: sayLocal(`${one.month}-01T00:00:00`, { month: 'short', year: 'numeric' }) }))} dataKey="month" withLegend series={[{ name: 'total', label: t('All'), color: 'blue.6' }, { name: 'completed', label: t('Completed'), color: 'leaf.6' }, { name: 'cancelled', label: t('Cancelled'), color: 'red.6' }]} curveType="monotone" />
        </Panel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Panel title={t('By status')}>
          <Group justify="center"><DonutChart data={byStatus} size={170} thickness={26} tooltipDataSource="segment" /></Group>
          <Group gap="xs" mt="sm" justify="center">{byStatus.map(({ name, value }) => <Text key={name} size="sm">{name} <b>{value}</b></Text>)}</Group>
        </Panel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}><Panel title={t('By location')}><Bars data={bars(Object.fromEntries(Object.entries(of.byLocation as Record<string, number>)))} /></Panel></Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}><Panel title={t('By operation')}><Bars data={bars(Object.fromEntries(Object.entries(of.byOperationType as Record<string, number>).map(([type, count]) => [words(type), count])))} /></Panel></Grid.Col>
      {of.staffUtilization.length > 0 && (
        <Grid.Col span={12}>
          <Panel title={t('How busy staff is')}>
            <div className="table-box" tabIndex={0}>
              <Table>
                <Table.Thead><Table.Tr><Table.Th>{t('Who')}</Table.Th><Table.Th ta="right">{t('Assignments')}</Table.Th><Table.Th ta="right">{t('Assigned', { context: 'hours' })}</Table.Th><Table.Th ta="right">{t('Worked', { context: 'hours' })}</Table.Th><Table.Th ta="right">{t('Available', { context: 'hours' })}</Table.Th><Table.Th w="25%">{t('Used', { context: 'hours' })}</Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>
                  {of.staffUtilization.map((one) => (
                    <Table.Tr key={one.staffId}>
                      <Table.Td>{one.displayName}</Table.Td>
                      <Table.Td ta="right" className="numbers">{one.assignments}</Table.Td><Table.Td ta="right" className="numbers">{number(one.assignedHours, 1)} h</Table.Td><Table.Td ta="right" className="numbers">{number(one.workedHours, 1)} h</Table.Td><Table.Td ta="right" className="numbers">{number(one.availableHours, 1)} h</Table.Td>
                      <Table.Td><Group gap="xs" wrap="nowrap"><Progress value={Math.min(100, one.utilization * 100)} flex={1} aria-label={t('{{share}} used', { share: percent(one.utilization) })} /><Text size="sm" className="numbers" w={44} ta="right">{percent(one.utilization)}</Text></Group></Table.Td>
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

/** A name that fits on one line beside its bar; the whole of it is in what a bar says. */
const short = (name: string) => (name.length > 22 ? `${name.slice(0, 21)}…` : name)

const Bars = ({ data }: { data: { name: string; count: number }[] }) => <BarChart h={Math.max(160, data.length * 34)} data={data} dataKey="name" orientation="vertical" yAxisProps={{ width: 180, tickFormatter: short }} series={[{ name: 'count', label: t('Bookings'), color: 'leaf.6' }]} gridAxis="x" />
