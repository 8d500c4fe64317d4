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
import { t } from '../../language/language'
import { Header } from '../../ui/header'
import { Shown } from '../../ui/states'
import { STYLES, Status } from '../../ui/status'
import { tell } from '../../ui/tell'
import { words } from '../../ui/words'
import { EditProfile } from './edit'
import { Declared, Hours, Limits } from './facts'

export function Profile() {
  const { id } = useParams({ from: '/shell/staff/$id' })
  return <Shown query={useQuery(staffMember(id))}>{(found) => <Detail it={found} />}</Shown>
}

function Detail({ it }: { it: Staff }) {
  const { me, may, mayAnywhere } = useAccess()
  const [editing, { open, close }] = useDisclosure()
  const [from] = useState(() => new Date().toISOString())
  const next = useQuery(bookings({ ...useOrganizationFilter(), assignedStaff: [it.userId], from, sort: 'scheduledStart', limit: 20 }))
  return (
    <>
      <Header title={it.displayName} sub={<Group gap={8} component="span"><Status of={it.status} />{it.phone && <span>{it.phone}</span>}</Group>}>
        {(may('write_staff_profiles') || (mayAnywhere('write_staff_profiles') && me.user.id === it.userId)) && <Button variant="default" onClick={open}>{t('Edit')}</Button>}
      </Header>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}><Stack><SkillTable it={it} /><Limits it={it} /></Stack></Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
          <Card>
            <Title order={2} mb="xs">{t('What comes next')}</Title>
            <Shown query={next}>{({ bookings: list }) => list.length === 0 ? <Text size="sm" c="dimmed">{t('Nothing is planned.')}</Text> : list.map((booking) => <BookingLine key={booking.id} booking={booking} />)}</Shown>
          </Card>
          {mayAnywhere('read_statistics') && <Hours it={it} />}
          {(mayAnywhere('approve_leave') || me.user.id === it.userId) && <Declared it={it} />}
          </Stack>
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
    onSuccess: () => tell(t('Verified')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['staff'] }),
  })
  return (
    <Card>
      <Title order={2} mb="xs">{t('Skills and certifications')}</Title>
      {it.skills.length === 0 ? <Text size="sm" c="dimmed">{t('None yet.')}</Text> : (
        <div className="table-box stack" tabIndex={0}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t('Skill')}</Table.Th><Table.Th>{t('Level')}</Table.Th><Table.Th>{t('Certification')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
            <Table.Tbody>
              {it.skills.map(({ name, level, certification }) => {
                const state = certification ? expiry(certification.expiresOn, now) : undefined
                return (
                  <Table.Tr key={name}>
                    <Table.Td fw={600}>{name}</Table.Td><Table.Td data-label={t('Level')}>{words(level)}</Table.Td>
                    <Table.Td data-label={t('Certification')}>{certification && state ? <Stack gap={2}><Group gap={6}><Badge variant="light" color={state.color} tt="none" styles={STYLES}>{state.text}</Badge>{!certification.verifiedBy && <Badge variant="light" color="yellow" tt="none" styles={STYLES}>{t('not verified')}</Badge>}</Group><Text size="xs" c="dimmed">{certification.issuer}</Text></Stack> : <Text size="sm" c="dimmed">{t('Not certified')}</Text>}</Table.Td>
                    <Table.Td ta="right">{certification && !certification.verifiedBy && may('approve_leave') && <Button size="compact-sm" variant="light" loading={verify.isPending} onClick={() => verify.mutate(name)} aria-label={t('Verify {{name}}', { name })}>{t('Verify')}</Button>}</Table.Td>
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

