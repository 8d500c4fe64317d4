import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { offline } from './offline/build'

// `npm run dev` shows the pages as they are edited, over the API of a `make run` beside it.
export default defineConfig({
  plugins: [react(), offline()],
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 600, reportCompressedSize: false },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/calendar': 'http://127.0.0.1:8080' } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], testTimeout: 30_000 },
})
