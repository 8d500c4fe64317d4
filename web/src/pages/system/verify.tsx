import { Alert, Button, Card, Code, Group, List, Progress, Stack, Text, Title } from '@mantine/core'
import { createEventSource, type EventSourceClient } from 'eventsource-client'
import { useEffect, useRef, useState } from 'react'
import type { Verification, VerificationProgress } from '../../api/types'
import { t } from '../../language/language'

type State = { at: 'nothing' } | { at: 'work'; progress?: VerificationProgress } | { at: 'end'; found: Verification } | { at: 'failed'; why: string }

const parts = () => ({ log: t('events'), bookings: t('bookings') })

/** The proof that nothing was changed behind the platform's back. It lasts as long as somebody looks. */
export function Verify() {
  const [state, setState] = useState<State>({ at: 'nothing' })
  const source = useRef<EventSourceClient>(undefined)
  const end = () => source.current?.close()
  useEffect(() => end, [])
  const begin = () => {
    end()
    setState({ at: 'work' })
    const failed = (why: string) => {
      end()
      // After the end it is closed, which is no failure.
      setState((now) => (now.at === 'work' ? { at: 'failed', why } : now))
    }
    source.current = createEventSource({
      url: `${location.origin}/api/system/verification`,
      // What is refused is told, and not asked again and again.
      fetch: async (url, init) => {
        const answer = await fetch(url, init)
        if (!answer.ok) failed(((await answer.json()) as { detail: string }).detail)
        return answer
      },
      onScheduleReconnect: () => failed(t('The connection broke off before the end: begin again.')),
      onMessage: ({ event, data }) => {
        const told: unknown = JSON.parse(data)
        if (event === 'progress') setState({ at: 'work', progress: told as VerificationProgress })
        else if (event === 'failed') failed((told as { detail: string }).detail)
        else {
          end()
          setState({ at: 'end', found: told as Verification })
        }
      },
    })
  }
  const progress = state.at === 'work' ? state.progress : undefined
  return (
    <Card maw={760}>
      <Stack>
        <div>
          <Title order={2} mb={4}>{t('Is the log what was written?')}</Title>
          <Text size="sm" c="dimmed">{t('Recomputes the chain of hashes over every event, the version of everything, how far each subscription has come, and holds every booking against its events. Nothing is changed, and the platform works on meanwhile.')}</Text>
        </div>
        <Group>
          {state.at === 'work' ? <Button variant="default" onClick={() => { end(); setState({ at: 'nothing' }) }}>{t('Stop')}</Button> : <Button onClick={begin}>{state.at === 'nothing' ? t('Verify') : t('Verify again')}</Button>}
        </Group>
        {state.at === 'work' && (
          <div role="status">
            <Progress value={progress && progress.total > 0 ? (100 * progress.done) / progress.total : 0} animated aria-label={t('How far it has come')} mb={6} />
            <Text size="sm">{progress ? t('{{done}} of {{total}} {{entries}}', { done: progress.done, total: progress.total, entries: parts()[progress.part] }) : t('Begins …')}</Text>
          </div>
        )}
        {state.at === 'failed' && <Alert color="red" title={t('Not verified')} role="alert">{state.why}</Alert>}
        {state.at === 'end' && <Found it={state.found} />}
      </Stack>
    </Card>
  )
}

function Found({ it: { verified, misfit } }: { it: Verification }) {
  if (!verified) {
    return (
      <Alert color="red" title={t('Something does not fit')} role="alert">
        <Text size="sm">{misfit?.part === 'bookings' ? t('A booking is not what its events tell') : t('The log is not what was written')}{misfit?.position != null && `, ${t('at position {{position}}', { position: misfit.position })}`}: {misfit?.what}</Text>
        <Text size="sm" mt="xs">{t('Somebody changed the database past the platform, or it is damaged. What comes after rests on it and was not looked at. Keep a copy as it is, and compare it with a backup.')}</Text>
      </Alert>
    )
  }
  return (
    <Alert color="leaf" title={t('Everything fits')} role="status">
      <List size="sm">
        <List.Item>{t('One chain of {{events}} about {{subjects}}, with every version in its place', { events: t('{{count}} events', { count: verified.events, defaultValue_one: '{{count}} event' }), subjects: t('{{count}} subjects', { count: verified.subjects, defaultValue_one: '{{count}} subject' }) })}</List.Item>
        <List.Item>{t('{{count}} subscriptions true to it', { count: verified.subscriptions, defaultValue_one: '{{count}} subscription true to it' })}</List.Item>
        <List.Item>{t('{{count}} bookings as their events tell, with {{assignments}}', { count: verified.bookings, assignments: t('{{count}} assignments', { count: verified.assignments, defaultValue_one: '{{count}} assignment' }), defaultValue_one: '{{count}} booking as its events tell, with {{assignments}}' })}</List.Item>
        {verified.unchecked > 0 && <List.Item>{t('{{count}} bookings not compared: events were removed, or are of a newer version', { count: verified.unchecked, defaultValue_one: '{{count}} booking not compared: events were removed, or are of a newer version' })}</List.Item>}
        {verified.unregistered.length > 0 && <List.Item>{t('Of this program, but not in the database: {{names}}', { names: verified.unregistered.join(', ') })}</List.Item>}
      </List>
      <Text size="sm" mt="xs">{t('Checkpoint:')} <Code style={{ overflowWrap: 'anywhere' }}>{verified.checkpoint}</Code> {t('Kept elsewhere, it proves later that nothing before it was changed:')} <Code>rishi events verify --against</Code></Text>
    </Alert>
  )
}
