import { Badge, Button, Card, Grid, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client'
import { bookings, staffMember } from '../../api/queries'
import type { Staff } from '../../api/types'
import { useAccess, useOrganizationFilter } from '../../components/access'
import { BookingLine } from '../../components/booking-line'
import { expiry } from '../../components/expiry'
import { Header } from '../../ui/header'
import { money } from '../../ui/money'
import { Shown } from '../../ui/states'
import { STYLES, Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'
import { EditProfile } from './edit'

export function Profile() {
  const { id } = useParams({ from: '/shell/staff/$id' })
  return <Shown query={useQuery(staffMember(id))}>{(found) => <Detail it={found} />}</Shown>
}

function Detail({ it }: { it: Staff }) {
  const { may } = useAccess()
  const [editing, { open, close }] = useDisclosure()
  const [from] = useState(() => new Date().toISOString())
  const next = useQuery(bookings({ ...useOrganizationFilter(), assignedStaff: [it.userId], from, sort: 'scheduledStart', limit: 20 }))
  return (
    <>
      <Header title={it.displayName} sub={<Group gap={8} component="span"><Status of={it.status} />{it.phone && <span>{it.phone}</span>}</Group>}>
        {may('write_staff_profiles') && <Button variant="default" onClick={open}>Edit</Button>}
      </Header>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}><Stack><SkillTable it={it} /><Limits it={it} /></Stack></Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Card>
            <Title order={2} mb="xs">What comes next</Title>
            <Shown query={next}>{({ bookings: list }) => list.length === 0 ? <Text size="sm" c="dimmed">Nothing is planned.</Text> : list.map((booking) => <BookingLine key={booking.id} booking={booking} />)}</Shown>
          </Card>
        </Grid.Col>
      </Grid>
      {editing && <EditProfile it={it} close={close} />}
    </>
  )
}

function SkillTable({ it }: { it: Staff }) {
  const { may } = useAccess()
  const [now] = useState(() => Date.now())
  const queries = useQueryClient()
  const verify = useMutation({
    mutationFn: (skill: string) => api.POST('/api/staff/{id}/certifications/verify', { params: { path: { id: it.userId } }, body: { skill } }),
    onSuccess: () => tell('Verified'),
    onSettled: () => queries.invalidateQueries({ queryKey: ['staff'] }),
  })
  return (
    <Card>
      <Title order={2} mb="xs">Skills and certifications</Title>
      {it.skills.length === 0 ? <Text size="sm" c="dimmed">None yet.</Text> : (
        <div className="table-box" tabIndex={0}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>Skill</Table.Th><Table.Th>Level</Table.Th><Table.Th>Certification</Table.Th><Table.Th /></Table.Tr></Table.Thead>
            <Table.Tbody>
              {it.skills.map(({ name, level, certification }) => {
                const state = certification ? expiry(certification.expiresOn, now) : undefined
                return (
                  <Table.Tr key={name}>
                    <Table.Td fw={600}>{name}</Table.Td><Table.Td>{words(level)}</Table.Td>
                    <Table.Td>{certification && state ? <Stack gap={2}><Group gap={6}><Badge variant="light" color={state.color} tt="none" styles={STYLES}>{state.text}</Badge>{!certification.verifiedBy && <Badge variant="light" color="yellow" tt="none" styles={STYLES}>not verified</Badge>}</Group><Text size="xs" c="dimmed">{certification.issuer}</Text></Stack> : <Text size="sm" c="dimmed">None</Text>}</Table.Td>
                    <Table.Td ta="right">{certification && !certification.verifiedBy && may('approve_leave') && <Button size="compact-sm" variant="light" loading={verify.isPending} onClick={() => verify.mutate(name)} aria-label={`Verify ${name}`}>Verify</Button>}</Table.Td>
                  </Table.Tr>
                )
              })}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Card>
  )
}

function Limits({ it }: { it: Staff }) {
  const { organization } = useAccess()
  const rows: [string, string][] = [
    ['Hours a day', it.maxHoursPerDay != null ? `at most ${it.maxHoursPerDay}` : 'no limit'], ['Hours a week', it.maxHoursPerWeek != null ? `at most ${it.maxHoursPerWeek}` : 'no limit'],
    ['Rest between shifts', it.minRestHours != null ? `${it.minRestHours} h` : 'no rule'], ['Travel', it.maxTravelKm != null ? `up to ${it.maxTravelKm} km` : 'no limit'],
    ...(it.defaultHourlyRate != null ? [['Hourly rate', money(it.defaultHourlyRate, organization?.currency)] as [string, string]] : []),
    ...(it.blockedLocations.length ? [['Does not work at', `${it.blockedLocations.length} locations`] as [string, string]] : []),
  ]
  return <Card><Title order={2} mb="xs">Limits</Title><Table highlightOnHover={false}><Table.Tbody>{rows.map(([name, value]) => <Table.Tr key={name}><Table.Td c="dimmed">{name}</Table.Td><Table.Td ta="right">{value}</Table.Td></Table.Tr>)}</Table.Tbody></Table></Card>
}
