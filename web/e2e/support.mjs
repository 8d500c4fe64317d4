// The real program with its sample data, and browsers for the people who use it.
import { spawn, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const BINARY = process.env.RISHI_BIN ?? new URL('../../target/debug/rishi', import.meta.url).pathname
const BROWSER = process.env.RISHI_CHROMIUM ?? '/usr/bin/chromium'
const SHOTS = process.env.RISHI_SHOTS

/** Starts the demo on a port that the machine chooses. */
export async function demo() {
  const folder = mkdtempSync(join(tmpdir(), 'rishi-e2e-'))
  const environment = { ...process.env, RISHI_DATABASE_URL: `sqlite:${join(folder, 'rishi.db')}`, RISHI_HTTP_ADDR: '127.0.0.1:0', RISHI_RATE_LIMIT: 'off', RISHI_LOG: 'warn' }
  const server = spawn(BINARY, ['serve', '--demo'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`rishi ended with ${code}\n${printed}`)))
    server.stdout.on('data', (chunk) => {
      printed += chunk
      if (/listening on/.test(printed) && /client_manager: .*password \S+/.test(printed)) resolve()
    })
  })
  server.removeAllListeners('exit')
  const base = /listening on (http:\S+)/.exec(printed)[1]
  const passwords = Object.fromEntries([...printed.matchAll(/^(\w+): (\S+), password (\S+)/gm)].map(([, role, email, password]) => [role, { email, password }]))
  return {
    base,
    passwords,
    /** A one-time link for somebody, as an operator makes it. */
    link: (email) => /#\/link\/(\S+)/.exec(execFileSync(BINARY, ['user', 'link', '--user', email], { env: environment, encoding: 'utf8' }))[1],
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const browser = () =>
  chromium.launch({
    executablePath: BROWSER,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })

/** A window in which everything that goes wrong is noted. */
export async function window(chrome, { width = 1440, height = 900, dark = false } = {}) {
  const context = await chrome.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const wrong = []
  page.on('pageerror', (error) => wrong.push(String(error)))
  page.on('response', (answer) => answer.status() >= 400 && wrong.push(`${answer.status()} ${answer.url()}`))
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
  return { page, wrong }
}

export async function signIn(page, base, { email, password }) {
  await page.goto(`${base}/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'attached' })
}

/** Waits until nothing is being loaded. The event stream stays open, so the network is never idle. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-label="Loading"], [aria-busy="true"]'))
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 })))
}

/** Keeps a picture where somebody wants to look at it. */
export async function shot(page, name) {
  if (!SHOTS) return
  if (!existsSync(SHOTS)) mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`) })
}
