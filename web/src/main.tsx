import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './ui/page.css'
import { createRoot } from 'react-dom/client'
import { App } from './app'

// One-time links carry their secret in the fragment, which no server ever sees.
const link = /^#\/link\/(.+)$/.exec(location.hash)
if (link) history.replaceState(null, '', `/link#${link[1]}`)

// A page that was open while the server was renewed asks for files that are no more: load the new ones, once.
addEventListener('vite:preloadError', () => {
  const last = Number(sessionStorage.getItem('rishi.reloaded') ?? 0)
  if (Date.now() - last < 60_000) return
  sessionStorage.setItem('rishi.reloaded', String(Date.now()))
  location.reload()
})

const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)
