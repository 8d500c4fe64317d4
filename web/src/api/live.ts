// Others change things too: what a stream tells of is asked for again. Whoever may listens to the log, which tells of
// notifications, too; everybody else to their inbox, and asks again every half minute.
//
// Browsers open few connections to one server, and a person may hold few streams, so of all tabs one holds the stream and
// tells the others.
import { useQueryClient } from '@tanstack/react-query'
import { createEventSource, type EventSourceClient } from 'eventsource-client'
import { useEffect } from 'react'

/** What the first part of an event's subject is called in the keys of the queries. */
const KEYS: Record<string, string[]> = {
  booking: ['booking'], location: ['location', 'booking'], staff: ['staff'], availability: ['availability', 'staff', 'booking'], series: ['booking'],
  organization: ['organization'], membership: ['membership', 'me'], user: ['membership', 'me'], token: ['token'], session: ['session'], webhook: ['webhook'], notification: ['notification'], inbox: ['notification'], preferences: ['notification'],
}
const TOLD = ['notification', 'booking', 'availability']

interface Told { event: string; data: string }

/** Calls back with what the stream tells until it is ended, whichever tab holds it. */
function share(name: string, path: string, told: (message: Told) => void): () => void {
  const channel = new BroadcastChannel(name)
  let source: EventSourceClient | undefined
  const ending = new AbortController()
  channel.onmessage = ({ data }) => told(data as Told)
  const open = () => {
    source = createEventSource({
      url: location.origin + path,
      onMessage({ event = '', data }) {
        channel.postMessage({ event, data })
        told({ event, data })
      },
    })
  }
  // Where there are no locks (a page without TLS) each tab has a stream of its own.
  if (!('locks' in navigator)) open()
  else {
    const held = () => new Promise<void>((resolve) => {
      ending.signal.addEventListener('abort', () => resolve())
      open()
    })
    navigator.locks.request(name, { signal: ending.signal }, held).catch((error: unknown) => {
      if (!ending.signal.aborted) throw error
    })
  }
  return () => {
    ending.abort()
    source?.close()
    channel.close()
  }
}

export function useLive(userId: string, listens: boolean) {
  const queries = useQueryClient()
  useEffect(() => {
    // Many changes at once make one question.
    const changed = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = share(`rishi.live.${userId}`, listens ? '/api/events/stream' : '/api/notifications/stream', ({ event, data }) => {
      // Where a part of the log is missing, anything may have changed.
      const keys = event === 'gap' ? Object.values(KEYS).flat() : event === 'notification' ? TOLD : (KEYS[(JSON.parse(data) as { subject?: string }).subject?.split('/')[0] ?? ''] ?? [])
      for (const key of keys) changed.add(key)
      timer ??= setTimeout(() => {
        timer = undefined
        for (const key of changed) void queries.invalidateQueries({ queryKey: [key] })
        changed.clear()
      }, 250)
    })
    const poll = listens ? undefined : setInterval(() => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'system' }), 30_000)
    return () => {
      clearTimeout(timer)
      clearInterval(poll)
      end()
    }
  }, [userId, listens, queries])
}
