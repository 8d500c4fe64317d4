import '@mantine/dates/styles.css'
import '@mantine/schedule/styles.css'
import { Button, Card, Center, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { IconPlus } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { everyBlock } from '../../api/queries'
import type { Availability } from '../../api/types'
import { useAccess } from '../../components/access'
import { sayRule } from '../../forms/recurrence'
import { t, useLanguage } from '../../language/language'
import { occurrences } from '../../time/occurrences'
import { sayLocalDay, sayLocalRange } from '../../time/say'
import { clockAt, localText } from '../../time/zone'
import { Header } from '../../ui/header'
import { Empty, Forbidden, Shown } from '../../ui/states'
import { Status } from '../../ui/status'
import { ChangeTime } from './change-time'
import { Declare, type NewTime } from './declare'
import { Coming } from './coming'

const OwnWeek = lazy(async () => ({ default: (await import('./own-week')).OwnWeek }))

/** When somebody can work and when not, and leave. */
export function MyAvailability() {
  const { me, zone, mayAnywhere } = useAccess()
  const language = useLanguage()
  const { date } = useSearch({ from: '/shell/availability' })
  const navigate = useNavigate({ from: '/availability' })
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const [making, setMaking] = useState<NewTime>()
  const [changing, setChanging] = useState<{ block: Availability; local?: string }>()
  const field = mayAnywhere('own_availability')
  const query = useQuery({ ...everyBlock(me.user.id), enabled: field })
  const [today] = useState(() => localText(clockAt(new Date(), zone)).slice(0, 10))
  const open = (block: Availability, local?: string) => setChanging({ block, ...(local ? { local } : {}) })
  if (!field) return <Forbidden />
  return (
    <>
      <Header title={t('My availability')} sub={t('Leave comes first, then single times, then repeating ones. Times are in {{zone}}.', { zone })}>
        <Button variant="default" onClick={() => setMaking({ kind: 'leave' })}>{t('Ask for leave')}</Button>
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setMaking({ kind: 'preference' })}>{t('Add times')}</Button>
      </Header>
      <Shown query={query}>
        {(list) => (
          <Stack>
            {phone ? <Coming of={list} open={open} /> : (
              <Card>
                <Suspense fallback={<Center py="xl"><Loader aria-label={t('Loading')} /></Center>}>
                  <OwnWeek key={language} of={list} zone={zone} date={date ?? today} setDate={(day) => void navigate({ search: { date: day } })} open={open} make={(start, end) => setMaking({ kind: 'preference', start, end })} />
                </Suspense>
              </Card>
            )}
            <Title order={2}>{t('What you have declared')}</Title>
            {list.length === 0 ? <Empty title={t('You have not said when you can work')}>{t('Coordinators then have to ask.')}</Empty> : <Stack maw={720}>{list.map((one) => <Block key={one.id} one={one} open={() => open(one)} />)}</Stack>}
          </Stack>
        )}
      </Shown>
      {making && <Declare of={making} close={() => setMaking(undefined)} />}
      {changing && <ChangeTime key={changing.block.id + changing.block.version} {...changing} close={() => setChanging(undefined)} />}
    </>
  )
}

function Block({ one, open }: { one: Availability; open: () => void }) {
  const [now] = useState(() => new Date())
  const next = one.recurrence ? occurrences(one, now, new Date(now.getTime() + 400 * 86_400_000))[0] : undefined
  return (
    <Card>
      <Group justify="space-between" align="start">
        <Stack gap={2} flex="1 1 220px">
          <Text fw={600}>{sayLocalRange(one.localStart, one.localEnd)}</Text>
          {one.recurrence && <Text size="sm">{sayRule(one.recurrence)}; {next ? t('next {{day}}', { day: sayLocalDay(next.local) }) : t('over')}</Text>}
          <Text size="sm" c="dimmed">{one.title ? `${one.title} · ` : ''}{one.timezone}</Text>
        </Stack>
        <Group gap="xs">
          <Status of={one.kind === 'leave' ? (one.approval ?? 'pending') : one.status} about="leave" />
          <Button size="compact-sm" variant="default" aria-label={t('Change {{name}}', { name: one.title ?? sayLocalRange(one.localStart, one.localEnd) })} onClick={open}>{t('Change')}</Button>
        </Group>
      </Group>
    </Card>
  )
}
