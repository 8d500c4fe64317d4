// What a profile says beside skills: limits, hours, and what the person has said of their time.
import { Card, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { everyBlock, everyLocation, statistics } from '../../api/queries'
import type { Staff } from '../../api/types'
import { useAccess, useOrganizationFilter } from '../../components/access'
import { sayRule } from '../../forms/recurrence'
import { t } from '../../language/language'
import { number, percent } from '../../language/write'
import { sayLocalRange } from '../../time/say'
import { money } from '../../ui/money'
import { Shown } from '../../ui/states'
import { Status } from '../../ui/status'

const Facts = ({ title, rows }: { title: string; rows: [string, ReactNode][] }) => (
  <Card><Title order={2} mb="xs">{title}</Title><Table highlightOnHover={false}><Table.Tbody>{rows.map(([name, value]) => <Table.Tr key={name}><Table.Td c="dimmed">{name}</Table.Td><Table.Td ta="right">{value}</Table.Td></Table.Tr>)}</Table.Tbody></Table></Card>
)

export function Limits({ it }: { it: Staff }) {
  const { organization } = useAccess()
  const places = useQuery({ ...everyLocation({}), enabled: it.blockedLocations.length > 0 })
  const name = (id: string) => places.data?.find((place) => place.id === id)?.name
  return (
    <Facts title={t('Limits')} rows={[
      [t('Hours a day'), it.maxHoursPerDay != null ? t('at most {{hours}}', { hours: it.maxHoursPerDay }) : t('no limit')], [t('Hours a week'), it.maxHoursPerWeek != null ? t('at most {{hours}}', { hours: it.maxHoursPerWeek }) : t('no limit')],
      [t('Rest between shifts'), it.minRestHours != null ? `${number(it.minRestHours)} h` : t('no rule')], [t('Travel'), it.maxTravelKm != null ? t('up to {{distance}} km', { distance: it.maxTravelKm }) : t('no limit')],
      [t('Home'), it.home ? `${number(it.home.latitude, 3)} / ${number(it.home.longitude, 3)}` : t('not said')],
      ...(it.defaultHourlyRate != null ? [[t('Hourly rate'), money(it.defaultHourlyRate, organization?.currency)] as [string, string]] : []),
      [t('Does not work at'), it.blockedLocations.length === 0 ? t('works everywhere') : <Stack key="b" gap={0} align="end">{it.blockedLocations.map((id) => <Link key={id} to="/locations/$id" params={{ id }}>{name(id) ?? t('A location')}</Link>)}</Stack>],
    ]} />
  )
}

/** Hours of the last four weeks, for the chosen organization. */
export function Hours({ it }: { it: Staff }) {
  const query = useQuery(statistics(useOrganizationFilter()))
  const one = query.data?.staffUtilization.find(({ staffId }) => staffId === it.userId)
  if (!one) return null
  const hours = (many: number) => `${number(many, 1)} h`
  return <Facts title={t('Hours of the last four weeks')} rows={[[t('Assigned', { context: 'hours' }), hours(one.assignedHours)], [t('Worked', { context: 'hours' }), hours(one.workedHours)], [t('Available', { context: 'hours' }), hours(one.availableHours)], [t('Used', { context: 'hours' }), percent(one.utilization)]]} />
}

/** What the person has said of their time, newest last. */
export function Declared({ it }: { it: Staff }) {
  const query = useQuery(everyBlock(it.userId))
  return (
    <Card>
      <Title order={2} mb="xs">{t('Availability')}</Title>
      <Shown query={query}>
        {(list) => list.length === 0 ? <Text size="sm" c="dimmed">{t('Nothing is declared.')}</Text> : (
          <Stack gap="xs">
            {list.map((one) => (
              <Group key={one.id} justify="space-between" wrap="nowrap" align="start">
                <Stack gap={0} miw={0}>
                  <Text size="sm" fw={600}>{sayLocalRange(one.localStart, one.localEnd)}</Text>
                  <Text size="xs" c="dimmed">{[one.recurrence && sayRule(one.recurrence), one.title, one.timezone].filter(Boolean).join(' · ')}</Text>
                </Stack>
                <Status of={one.kind === 'leave' ? (one.approval ?? 'pending') : one.status} about="leave" />
              </Group>
            ))}
          </Stack>
        )}
      </Shown>
    </Card>
  )
}
