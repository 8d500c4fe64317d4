// What was done without a connection waits in the browser and is sent once there is one. Each carries the idempotency
// key that it was made with, so that sending it twice has one effect, and the time at which it was done. It belongs to
// the person who did it: whoever signs in on the same telephone neither sees nor sends it.
import { useMemo, useSyncExternalStore } from 'react'
import { api } from '../api/client'
import { ApiError } from '../api/errors'

const place = (userId: string) => `rishi.waiting.${userId}`

interface Presence { latitude?: number; longitude?: number; accuracyMeters?: number; at: string }
export interface Step { key: string; bookingId: string; assignmentId: string; step: 'check-in' | 'check-out'; presence: Presence }

function parsed(text: string | null): Step[] {
  try {
    return JSON.parse(text ?? '[]') as Step[]
  } catch {
    return []
  }
}

export const waiting = (userId: string) => parsed(localStorage.getItem(place(userId)))

const changed = new Set<() => void>()

function keep(userId: string, steps: Step[]) {
  localStorage.setItem(place(userId), JSON.stringify(steps))
  for (const tell of changed) tell()
}

function watch(tell: () => void): () => void {
  changed.add(tell)
  addEventListener('storage', tell)
  return () => {
    changed.delete(tell)
    removeEventListener('storage', tell)
  }
}

/** What waits, as it changes, also by another tab. */
export function useWaiting(userId: string): Step[] {
  const text = useSyncExternalStore(watch, () => localStorage.getItem(place(userId)))
  return useMemo(() => parsed(text), [text])
}

async function send({ key, bookingId, assignmentId, step, presence }: Step) {
  const params = { path: { id: bookingId, assignmentId }, header: { 'Idempotency-Key': key } }
  if (step === 'check-in') await api.POST('/api/bookings/{id}/staff/{assignmentId}/check-in', { params, body: presence })
  else await api.POST('/api/bookings/{id}/staff/{assignmentId}/check-out', { params, body: presence })
}

/** Not the step is the matter but the connection, the session or the server. */
const later = (error: unknown) => error instanceof ApiError && ([0, 401, 408, 429].includes(error.problem.status) || error.problem.status >= 500)

/** Sends a step, or keeps it until there is a connection. Says which. A refusal is thrown. */
export async function sendOrKeep(userId: string, step: Step): Promise<'sent' | 'kept'> {
  // What was done before goes first.
  if (waiting(userId).length > 0) await sendWaiting(userId, () => undefined)
  if (waiting(userId).length > 0) {
    keep(userId, [...waiting(userId), step])
    return 'kept'
  }
  try {
    await send(step)
    return 'sent'
  } catch (error) {
    if (!later(error)) throw error
    keep(userId, [...waiting(userId), step])
    return 'kept'
  }
}

let sending: Promise<void> | undefined

/** Sends what waits, in the order in which it was done. What the server refuses is dropped and told. */
export function sendWaiting(userId: string, refused: (error: unknown) => void): Promise<void> {
  sending ??= (async () => {
    for (let next = waiting(userId)[0]; next; next = waiting(userId)[0]) {
      try {
        await send(next)
      } catch (error) {
        if (later(error)) return
        refused(error)
      }
      const done = next.key
      keep(userId, waiting(userId).filter(({ key }) => key !== done))
    }
  })().finally(() => { sending = undefined })
  return sending
}
