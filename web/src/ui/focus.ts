import { useEffect, useState } from 'react'

/** Where the focus is now; of a choice in a menu, which goes with it, the button that opened the menu. */
function here(): HTMLElement | undefined {
  const now = document.activeElement
  const opener = now?.closest('[role="menu"]')?.getAttribute('aria-labelledby')
  const found = (opener && document.getElementById(opener)) || now
  return found instanceof HTMLElement && found !== document.body ? found : undefined
}

/** Whoever closes what stands before the page is where they were before it opened, not at the beginning of the page. */
export function useFocusBack() {
  const [before] = useState(here)
  useEffect(() => () => {
    // What is taken away loses the focus first; whoever has been led elsewhere meanwhile stays there.
    setTimeout(() => {
      if (document.activeElement === document.body && before?.isConnected) before.focus({ preventScroll: true })
    })
  }, [before])
}
