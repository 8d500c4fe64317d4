// What depends on how the platform is configured, and on the connection: links by mail, maps, starts without a network.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { browser, demo, settled, shot, signIn, somebody, window } from './support.mjs'

const TILE = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="#e6efe4"/><path d="M0 128h256M128 0v256" stroke="#b9c7b5" stroke-width="6"/></svg>`

let server, chrome, tiles
const asked = []
before(async () => {
  chrome = await browser()
  tiles = createServer((request, answer) => {
    asked.push(request.url)
    answer.writeHead(200, { 'Content-Type': 'image/svg+xml', 'Cross-Origin-Resource-Policy': 'cross-origin' }).end(TILE)
  })
  await new Promise((resolve) => tiles.listen(0, '127.0.0.1', resolve))
  server = await demo({
    // Nobody listens there: what is to be mailed waits.
    RISHI_SMTP_URL: 'smtp://127.0.0.1:9', RISHI_MAIL_FROM: 'Rishi <rishi@example.com>',
    RISHI_MAP_TILES_URL: `http://127.0.0.1:${tiles.address().port}/{z}/{x}/{y}.svg`, RISHI_MAP_ATTRIBUTION: '\u00a9 Makers of maps',
  })
})
after(async () => {
  await chrome?.close()
  await server?.stop()
  tiles?.close()
})

test('who has forgotten their password asks for a link, and is not told whether anybody has the address', async () => {
  const { page, wrong } = await window(chrome, { width: 390, height: 844 })
  await page.goto(`${server.base}/sign-in`)
  await page.getByRole('link', { name: 'Forgotten your password?' }).click()
  await page.getByRole('heading', { name: 'Forgotten your password?' }).waitFor()
  await page.keyboard.type('nobody')
  await page.keyboard.press('Enter')
  await page.getByText('Your e-mail address').waitFor()
  await page.keyboard.type('@example.com')
  await shot(page, 'forgot')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
  await page.getByText('If somebody here has the address nobody@example.com', { exact: false }).waitFor()
  await shot(page, 'forgot-asked')
  assert.deepEqual(wrong, [])
  // A link that is none says so, and where to get another.
  await page.goto(`${server.base}/#/link/nonsense`)
  await page.getByLabel('Password', { exact: true }).fill('fourteen green bottles')
  await page.getByLabel('Once more').fill('fourteen green bottles')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').getByRole('link', { name: 'Ask for another' }).waitFor()
  await shot(page, 'link-refused')
  await page.getByRole('alert').getByRole('link', { name: 'Ask for another' }).click()
  await page.getByRole('heading', { name: 'Forgotten your password?' }).waitFor()
})

test('a link of somebody new or forgetful is opened, a password chosen, and used', async () => {
  const { page, wrong } = await window(chrome)
  const { email } = server.passwords.client_manager
  await page.goto(`${server.base}/#/link/${server.link(email)}`)
  await page.getByLabel('Password', { exact: true }).fill('too short')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('At least 15 characters', { exact: false }).waitFor()
  await page.getByLabel('Password', { exact: true }).fill('forty otters in a canoe')
  await page.getByLabel('Once more').fill('forty otters in a canoe')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The password is chosen').waitFor()
  server.passwords.client_manager.password = 'forty otters in a canoe'
  await signIn(page, server.base, server.passwords.client_manager)
  assert.deepEqual(wrong, [])
})

test('a location is drawn on the tiles that the operator names, from there and nowhere else', async () => {
  const { page, wrong } = await window(chrome)
  const reports = []
  await page.exposeFunction('reported', (what) => reports.push(what))
  await page.addInitScript(() => addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => globalThis.reported(`${violatedDirective} ${blockedURI}`)))
  await signIn(page, server.base, server.passwords.client_manager)
  const id = await page.evaluate(async () => (await (await fetch('/api/locations')).json()).locations.find(({ latitude }) => latitude != null).id)
  await page.goto(`${server.base}/locations/${id}`)
  await page.getByText('\u00a9 Makers of maps').waitFor()
  await page.waitForFunction(() => document.querySelectorAll('svg image').length > 0)
  await settled(page)
  await shot(page, 'map')
  assert.ok(asked.length > 0 && asked.every((path) => /^\/\d+\/\d+\/\d+\.svg$/.test(path)), asked.join(' '))
  assert.deepEqual([...wrong, ...reports], [])
  const elsewhere = await page.evaluate(() => new Promise((resolve) => {
    const image = new Image()
    image.onload = () => resolve('loaded')
    image.onerror = () => resolve('refused')
    image.src = 'http://127.0.0.1:9/picture.png'
  }))
  assert.equal(elsewhere, 'refused')
  assert.match(reports.join(' '), /img-src/)
})

test('my work starts without a connection after one visit, and a check-in made then arrives once', async () => {
  const boss = await window(chrome)
  await signIn(boss.page, server.base, server.passwords.internal_field_manager)
  // Somebody of the sample data who has said that they come to something, and is nowhere else now.
  const { id, title, staffId } = await boss.page.evaluate(async () => {
    const found = []
    for (const { id: organizationId } of (await (await fetch('/api/organizations?limit=200')).json()).organizations) {
      const { bookings = [] } = await (await fetch(`/api/bookings?organizationId=${organizationId}&status=confirmed,in_progress&limit=200`)).json()
      found.push(...bookings)
    }
    const all = found.flatMap((booking) => booking.staffAssignments.map(({ staff, status }) => ({ id: booking.id, title: booking.title, later: new Date(booking.scheduledStart) > new Date(), staffId: staff.id, status })))
    const busy = new Set(all.filter(({ status }) => status === 'checked_in').map((one) => one.staffId))
    return all.find((one) => one.status === 'confirmed' && one.later && !busy.has(one.staffId))
  })
  const agent = await somebody(chrome, server, 'brand_agent', (one) => one.id === staffId)
  const button = (step) => page.getByRole('button', { name: `${step}: ${title}` }).first()

  const { page } = await window(chrome, { width: 390, height: 844, keeps: true })
  await signIn(page, server.base, agent)
  await page.goto(`${server.base}/work`)
  await button('Check in').waitFor()
  const before = await page.getByRole('button', { name: /^Check in: / }).count()
  await page.evaluate(() => navigator.serviceWorker.ready)
  // Of the API nothing is kept.
  const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => [name, (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)]))))
  assert.equal(kept.length, 1)
  assert.match(kept[0][0], /^rishi-[0-9a-f]{16}$/)
  assert.ok(kept[0][1].includes('/') && kept[0][1].some((path) => path.startsWith('/assets/work-')), kept[0][1].join(' '))
  assert.deepEqual(kept[0][1].filter((path) => path.startsWith('/api')), [])

  await page.context().setOffline(true)
  await page.reload()
  await page.getByText('No connection: what is shown was read', { exact: false }).waitFor()
  assert.equal(await page.getByRole('button', { name: /^Check in: / }).count(), before)
  await button('Check in').click()
  await page.getByText('Waits to be sent.').waitFor()
  await shot(page, 'offline-start')
  // Started again meanwhile, it still waits.
  await page.reload()
  await page.getByText('Waits to be sent.').waitFor()
  await page.context().setOffline(false)
  await button('Check out').waitFor()
  await page.getByText('Waits to be sent.').waitFor({ state: 'detached' })
  const arrived = await boss.page.evaluate(async (booking) => (await (await fetch(`/api/bookings/${booking}/events?limit=200`)).json()).events.map(({ type }) => type).filter((type) => /CHECKED_IN/.test(type)), id)
  assert.equal(arrived.length, 1, arrived.join(' '))

  // Whoever signs out leaves nothing behind, and the next start without a connection shows nobody's work.
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await page.context().setOffline(true)
  await page.goto(`${server.base}/work`)
  await page.getByRole('heading', { name: 'No connection' }).waitFor()
  assert.equal(await page.getByText(title).count(), 0)
  await shot(page, 'offline-nobody')
})
