// Writes the service worker of a build: which files it keeps, under the hash of all of them.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/** What is needed where connections are lost: the frame, and the pages of people in the field, in every language. */
const PAGES = ['pages/field/work.tsx', 'pages/field/availability.tsx', 'pages/today.tsx', 'pages/bookings/detail.tsx', 'pages/sign-in.tsx', 'pages/notifications/notifications.tsx', 'components/commands.tsx', 'language/de/index.ts', 'language/es/index.ts']
const OTHERS = ['/', '/icon.svg', '/icon-192.png', '/manifest.webmanifest']

export function offline(): Plugin {
  return {
    name: 'rishi-offline',
    enforce: 'post',
    apply: 'build',
    generateBundle(_, bundle) {
      const wanted = new Set<string>()
      const take = (name: string) => {
        const found = bundle[name]
        if (wanted.has(name) || !found) return
        wanted.add(name)
        if (found.type !== 'chunk') return
        for (const other of found.imports) take(other)
        for (const style of found.viteMetadata?.importedCss ?? []) take(style)
      }
      const missing = new Set(PAGES)
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== 'chunk') continue
        const page = PAGES.find((path) => file.facadeModuleId?.endsWith(`/src/${path}`))
        if (page) missing.delete(page)
        if (page || file.isEntry) take(name)
      }
      if (missing.size) this.error(`no page to keep for starts without a connection: ${[...missing].join(', ')}`)
      const files = [...OTHERS, ...[...wanted].filter((name) => name.startsWith('assets/')).sort().map((name) => `/${name}`)]
      const whole = createHash('sha256')
      for (const [name, file] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) whole.update(name).update(file.type === 'chunk' ? file.code : file.source)
      const version = whole.digest('hex').slice(0, 16)
      const source = readFileSync(new URL('worker.js', import.meta.url), 'utf8').replace('__VERSION__', version).replace("['__FILES__']", JSON.stringify(files))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}
