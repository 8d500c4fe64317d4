import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './ui/page.css'
import { createRoot } from 'react-dom/client'
import { firstLanguage, speak } from './language/language'
import { ahead, App } from './app'

// One-time links carry their secret in the fragment, which no server ever sees.
const link = /^#\/link\/(.+)$/.exec(location.hash)
if (link) history.replaceState(null, '', `/link#${link[1]}`)

// A page that was open while the server was renewed asks for files that are no more: load the new ones, once.
addEventListener('vite:preloadError', () => {
  // Without a connection nothing new can be loaded: the page that is open is better than none.
  if (!navigator.onLine) return
  const last = Number(sessionStorage.getItem('rishi.reloaded') ?? 0)
  if (Date.now() - last < 60_000) return
  sessionStorage.setItem('rishi.reloaded', String(Date.now()))
  location.reload()
})

// It starts without a connection, too. A browser that keeps no workers (in private windows) does without.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => { navigator.serviceWorker.register('/sw.js').catch((error: unknown) => console.warn('starts only with a connection:', error)) })
}

ahead()
const root = document.getElementById('root')
// Nothing is drawn in a language that it would then change from.
if (root) void speak(firstLanguage()).then(() => createRoot(root).render(<App />))
