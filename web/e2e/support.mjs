// The real program with its sample data, and browsers for the people who use it.
import AxeBuilder from '@axe-core/playwright'
import { spawn, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const BINARY = process.env.RISHI_BIN ?? new URL('../../target/debug/rishi', import.meta.url).pathname
const BROWSER = process.env.RISHI_CHROMIUM ?? '/usr/bin/chromium'
const SHOTS = process.env.RISHI_SHOTS

/** Starts the demo on a port that the machine chooses, configured by more than that if a test is about it. */
export async function demo(more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rishi-e2e-'))
  const environment = { ...process.env, RISHI_DATABASE_URL: `sqlite:${join(folder, 'rishi.db')}`, RISHI_HTTP_ADDR: '127.0.0.1:0', RISHI_RATE_LIMIT: 'off', RISHI_LOG: 'error', ...more }
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

/** A window in which everything that goes wrong is noted. Only where it is about that does it keep what it needs to start without a connection. */
export async function window(chrome, { width = 1440, height = 900, dark = false, keeps = false, locale = 'en-US' } = {}) {
  const context = await chrome.newContext({ locale, viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce', serviceWorkers: keeps ? 'allow' : 'block' })
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

/** Somebody of a role of whom the demo prints no password: they choose one by a link, as everybody does. */
export async function somebody(chrome, server, role, which = () => true) {
  const { page } = await window(chrome)
  await signIn(page, server.base, server.passwords.super_admin)
  const people = await page.evaluate(async (wanted) => {
    const found = []
    for (const { id, name, kind } of (await (await fetch('/api/organizations?limit=200')).json()).organizations) {
      const { members } = await (await fetch(`/api/organizations/${id}/members?limit=200`)).json()
      found.push(...members.filter((one) => one.role === wanted).map((one) => ({ id: one.userId, email: one.user.email, name: one.user.displayName, organization: name, organizationId: id, kind, serves: one.serves })))
    }
    return found
  }, role)
  await page.context().close()
  const one = people.find(which)
  const password = 'fourteen green bottles'
  const answer = await fetch(`${server.base}/api/auth/link`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: server.base }, body: JSON.stringify({ token: server.link(one.email), password }) })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return { ...one, password }
}

/** The language of whoever is signed in, as their account page sets it. */
export const speaks = (page, locale) =>
  page.evaluate(async (wanted) => {
    const { user } = await (await fetch('/api/auth/me')).json()
    if (user.locale === wanted) return
    const answer = await fetch(`/api/users/${user.id}`, { method: 'PATCH', headers: { 'Content-Type': 'application/json', 'If-Match': `"${user.version}"` }, body: JSON.stringify({ locale: wanted }) })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  }, locale)

/** Waits until nothing is being loaded. The event stream stays open, so the network is never idle. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.mantine-Loader-root, [aria-busy="true"]'))
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 })))
}

/** Keeps a picture where somebody wants to look at it. */
export async function shot(page, name) {
  if (!SHOTS) return
  if (!existsSync(SHOTS)) mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`) })
}

/** Notes what is wrong with a page as it is: what runs over the edge, and what axe finds serious. */
export async function look(page, path, kind, found) {
  await settled(page)
  const name = path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'one').replaceAll(/[^a-z]+/g, '-')
  await shot(page, `${name}-${kind}`)
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (over > 1) found.push(`${path}: ${over} px over the edge`)
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  found.push(...serious.map(({ id, nodes }) => `${path}: ${id}: ${nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 200)} ${any[0]?.message ?? ''}`).join(' | ')}`))
}
