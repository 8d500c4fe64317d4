// What somebody in the field needs is kept on the device as it was last read, for a start without a connection. It is
// shown only while the server cannot be reached, and the page says then how old it is; it goes when they sign out.
import { useSyncExternalStore } from 'react'
import { ApiError } from './errors'

const PLACE = 'rishi.kept.'
/** What is older helps nobody. */
const LIFE = 7 * 86_400_000

interface Kept { at: number; data: unknown }

let shownFrom: number | undefined
const watching = new Set<() => void>()

function show(at: number | undefined) {
  if (shownFrom === at) return
  shownFrom = at
  for (const tell of watching) tell()
}

const watch = (tell: () => void) => {
  watching.add(tell)
  return () => void watching.delete(tell)
}

/** Since when what is shown may have changed, where it is what was kept. */
export const useKeptSince = () => useSyncExternalStore(watch, () => shownFrom)

function parsed(text: string | null): Kept | undefined {
  try {
    return text ? (JSON.parse(text) as Kept) : undefined
  } catch {
    return undefined
  }
}

function keep(name: string, data: unknown) {
  try {
    localStorage.setItem(PLACE + name, JSON.stringify({ at: Date.now(), data } satisfies Kept))
  } catch {
    // The device has no room: then there is nothing for a start without a connection.
    localStorage.removeItem(PLACE + name)
  }
}

/** Asks the server; where it cannot be reached, what it said last. */
export async function orKept<T>(name: string, ask: () => Promise<T>): Promise<T> {
  try {
    const data = await ask()
    keep(name, data)
    show(undefined)
    return data
  } catch (error) {
    const kept = parsed(localStorage.getItem(PLACE + name))
    if (!(error instanceof ApiError && error.problem.status === 0) || !kept || Date.now() - kept.at > LIFE) throw error
    show(kept.at)
    return kept.data as T
  }
}

/** Nothing of whoever has signed out stays. */
export function forgetKept() {
  show(undefined)
  for (const name of Object.keys(localStorage)) if (name.startsWith(PLACE)) localStorage.removeItem(name)
}
