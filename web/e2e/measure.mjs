// What the schedule costs: script, time until it can be used with a slow processor, long tasks while it scrolls.
// Figures for docs/web.md, not a test: they are of the machine that they are taken on.
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { brotliCompressSync } from 'node:zlib'
import { browser, demo, settled, signIn, window } from './support.mjs'

const DIST = new URL('../dist', import.meta.url).pathname
const [ROWS, EACH] = [40, 25]
const chrome = await browser()
const server = await demo()

/** Notes long tasks from the beginning of each page on. */
const watched = async () => {
  const it = await window(chrome)
  await it.page.addInitScript(() => {
    globalThis.tasks = []
    new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })))).observe({ type: 'longtask', buffered: true })
  })
  return it
}

/** The longest task of the page's main thread, in time of the processor: other programs do not count. */
function worked(events) {
  const mains = new Set(events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`))
  const spent = events.filter(({ name, pid, tid, tdur }) => /RunTask$/.test(name) && tdur && mains.has(`${pid} ${tid}`)).map(({ tdur }) => tdur / 1000)
  return Math.round(Math.max(0, ...spent))
}

/** A week of 1,000 bookings at 40 locations of an organization of their own. */
async function fill(page) {
  return page.evaluate(async ([rows, each]) => {
    const send = async (path, body) => {
      const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
      return answer.json()
    }
    const { id: organizationId } = await send('/api/organizations', { name: 'A thousand bookings', kind: 'client', timezone: 'UTC', currency: 'USD' })
    const day = new Date(Date.now() + 8 * 86_400_000)
    day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7) + 7)
    const date = day.toISOString().slice(0, 10)
    for (let row = 0; row < rows; row += 1) {
      const location = await send('/api/locations', { organizationId, name: `Location ${row + 1}`, locationType: 'other', timezone: 'UTC', address: { line1: 'A street 1', city: 'A city', region: 'CA', postalCode: '1', country: 'US' } })
      await send('/api/booking-series', { organizationId, title: `Shift at ${row + 1}`, locationId: location.id, timezone: 'UTC', scheduledStart: `${date}T01:00:00Z`, scheduledEnd: `${date}T04:00:00Z`, recurrence: `FREQ=HOURLY;INTERVAL=6;COUNT=${each}` })
    }
    return { organizationId, date }
  }, [ROWS, EACH])
}

try {
  const { page } = await watched()
  await signIn(page, server.base, server.passwords.super_admin)

  // A cold cache, a processor four times slower: a window of its own with the session of the first.
  const cold = await chrome.newContext({ storageState: await page.context().storageState(), viewport: { width: 1440, height: 900 } })
  const first = await cold.newPage()
  const scripts = new Set()
  first.on('response', (answer) => { if (answer.request().resourceType() === 'script') scripts.add(new URL(answer.url()).pathname) })
  await first.addInitScript(() => {
    globalThis.tasks = []
    new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })))).observe({ type: 'longtask', buffered: true })
  })
  const session = await cold.newCDPSession(first)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await first.goto(`${server.base}/schedule?view=week`)
  await first.locator('[class*="weekViewDaySlot"]').first().waitFor()
  await settled(first)
  const { shown, idle } = await first.evaluate(() => ({ shown: performance.now(), idle: Math.max(0, ...globalThis.tasks.map(({ startTime, duration }) => startTime + duration)) }))
  const bytes = [...scripts].map((path) => brotliCompressSync(readFileSync(DIST + path)).length)
  console.log(`load of the machine: ${loadavg()[0].toFixed(1)} on ${cpus().length} processors`)
  console.log(`first schedule: ${scripts.size} scripts, ${Math.round(bytes.reduce((sum, one) => sum + one, 0) / 1000)} kB with brotli`)
  console.log(`first schedule, processor at a quarter: usable (end of the last long task) after ${Math.round(idle)} ms, looked at after ${Math.round(shown)} ms`)
  await cold.close()

  const { organizationId, date } = await fill(page)
  await page.evaluate((id) => localStorage.setItem('rishi.organization', id), organizationId)
  await page.goto(`${server.base}/schedule?view=week&by=location&date=${date}`)
  await page.locator('#main').getByText('Location 40', { exact: true }).waitFor()
  await settled(page)
  const drawn = await page.locator('[class*="ScheduleEvent-event"]').count()
  await page.evaluate(() => { globalThis.tasks.length = 0 })
  await chrome.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] })
  await page.mouse.move(900, 600)
  for (let step = 0; step < 60; step += 1) {
    await page.mouse.wheel(step % 3 ? 0 : 120, step < 30 ? 240 : -240)
    await page.waitForTimeout(30)
  }
  const tasks = await page.evaluate(() => globalThis.tasks.map(({ duration }) => Math.round(duration)))
  const cpu = worked(JSON.parse(await chrome.stopTracing()).traceEvents)
  console.log(`${ROWS * EACH} bookings in ${ROWS} rows (${drawn} elements of events): ${tasks.length} long tasks while scrolling, the longest ${Math.max(0, ...tasks)} ms by the clock, ${cpu} ms of work`)
} finally {
  await chrome.close()
  await server.stop()
}
