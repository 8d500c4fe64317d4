import react from '@vitejs/plugin-react'
import type { Rolldown } from 'vite'
import { defineConfig } from 'vitest/config'
import { offline } from './offline/build.ts'

// @mantine/schedule takes rrule's default export if there is one, and its named export if not: rrule has only the latter, so
// that the bundler says the first is always undefined. It is, and nothing is wrong; everything else is still said.
function onLog(level: Rolldown.LogLevel, log: Rolldown.RolldownLog, say: (level: Rolldown.LogLevel, log: Rolldown.RolldownLog) => void) {
  if (log.code === 'IMPORT_IS_UNDEFINED' && log.loc?.file?.includes('/@mantine/schedule/')) return
  say(level, log)
}

// `npm run dev` shows the pages as they are edited, over the API of a `make run` beside it.
export default defineConfig({
  plugins: [react(), offline()],
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 600, reportCompressedSize: false, rolldownOptions: { onLog } },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/calendar': 'http://127.0.0.1:8080' } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], testTimeout: 30_000 },
})
