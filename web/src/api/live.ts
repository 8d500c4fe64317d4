// Others change things too: what the event stream tells of is asked for again. Who may not listen to the stream
// asks again every half minute.
import { useQueryClient } from '@tanstack/react-query'
import { createEventSource } from 'eventsource-client'
import { useEffect } from 'react'

/** What the first part of an event's subject is called in the keys of the queries. */
const KEYS: Record<string, string[]> = {
  booking: ['booking'], location: ['location'], staff: ['staff'], availability: ['availability', 'staff'],
  organization: ['organization'], membership: ['membership', 'me'], user: ['membership', 'me'], token: ['token'], session: ['session'],
}

export function useLive(listens: boolean) {
  const queries = useQueryClient()
  useEffect(() => {
    if (!listens) {
      const timer = setInterval(() => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'system' }), 30_000)
      return () => clearInterval(timer)
    }
    // Many changes at once make one question.
    const changed = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const source = createEventSource({
      url: `${location.origin}/api/events/stream`,
      onMessage({ data }) {
        const { subject } = JSON.parse(data) as { subject: string }
        for (const key of KEYS[subject.split('/')[0] ?? ''] ?? []) changed.add(key)
        changed.add('notification')
        timer ??= setTimeout(() => {
          timer = undefined
          for (const key of changed) void queries.invalidateQueries({ queryKey: [key] })
          changed.clear()
        }, 250)
      },
    })
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [listens, queries])
}
