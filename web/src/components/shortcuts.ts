// Keys that lead somewhere without a pointer. Those that are a letter may be switched off (WCAG 2.1.4), and are not
// looked at while somebody types.
import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react'

const OFF = 'rishi.letters.off'
const changed = new Set<() => void>()

export function setLetters(on: boolean) {
  if (on) localStorage.removeItem(OFF)
  else localStorage.setItem(OFF, '1')
  for (const tell of changed) tell()
}

const subscribe = (tell: () => void) => {
  changed.add(tell)
  return () => void changed.delete(tell)
}

export const useLetters = () => useSyncExternalStore(subscribe, () => !localStorage.getItem(OFF))

/** After `g`, a second letter within a second goes to a page; other letters do something at once. */
export function useLetterKeys(go: Record<string, () => void>, at: Record<string, () => void>, free: boolean) {
  const on = useLetters() && free
  // The page may be drawn anew between the two letters.
  const waitsUntil = useRef(0)
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || document.querySelector('[role="dialog"]')) return
    const second = event.timeStamp < waitsUntil.current
    waitsUntil.current = event.key === 'g' && !second ? event.timeStamp + 1000 : 0
    const act = second ? go[event.key] : at[event.key]
    if (act) {
      event.preventDefault()
      act()
    }
  })
  useEffect(() => {
    if (!on) return
    const listener = (event: KeyboardEvent) => pressed(event)
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [on])
}
