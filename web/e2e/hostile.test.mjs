// What people write is text: payloads in every field neither run nor break a page, and the content security policy has
// nothing to report.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, demo, settled, signIn, somebody, window } from './support.mjs'

let server, chrome
before(async () => {
  chrome = await browser()
  server = await demo()
})
after(async () => { await chrome?.close(); await server?.stop() })

/** By what they would do if they were taken for something else than text. */
const CORPUS = [
  `<img src=x onerror="window.hit=1">`, `"><script>window.hit=1</script>`, `'-window.hit=1-'`, `<svg/onload=window.hit=1>`, `javascript:window.hit=1`, `<a href="javascript:window.hit=1">here</a>`,
  `</title></style></textarea><script>window.hit=1</script>`, `<iframe srcdoc="<script>parent.hit=1</script>">`, `<style>*{display:none}</style>`, `<base href="https://elsewhere.example/">`, `<meta http-equiv=refresh content="0;url=https://elsewhere.example">`,
  '{{constructor.constructor("window.hit=1")()}}', '${window.hit=1}', `=HYPERLINK("https://elsewhere.example","x")`, `'; DROP TABLE booking; --`, '../../../etc/passwd', '%00%0d%0aSet-Cookie: a=b',
  '\u202Egnp.evil\u202C', 'Z\u0351\u036b\u0343a\u0363\u0368l\u0346g\u0300o'.repeat(6), '\u{1F469}\u200D\u{1F469}\u200D\u{1F467}'.repeat(12), 'W'.repeat(100), '<b>bold</b> &amp; &lt;', '\u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u05e2\u05d1\u05e8\u05d9\u05ea',
]

/** A window that keeps what the policy reports, whatever page it is on. */
async function guarded(size) {
  const it = await window(chrome, size)
  const reports = []
  await it.page.exposeFunction('reported', (what) => reports.push(what))
  await it.page.addInitScript(() => addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => globalThis.reported(`${violatedDirective} ${blockedURI}`)))
  it.page.on('dialog', (dialog) => { reports.push(`a dialog: ${dialog.message()}`); void dialog.dismiss() })
  return { ...it, reports }
}

/** Asks the API as the page does; what is refused is refused before anything is shown. */
const send = (page, method, path, body, more = {}) =>
  page.evaluate(async ([how, url, what, headers]) => {
    const answer = await fetch(url, { method: how, headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(), ...headers }, body: JSON.stringify(what) })
    return { status: answer.status, body: await answer.json().catch(() => undefined) }
  }, [method, path, body, more])

async function quiet({ page, reports }, path, found) {
  await page.goto(server.base + path)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await settled(page)
  const { hit, over, title } = await page.evaluate(() => ({ hit: globalThis.hit, over: document.documentElement.scrollWidth - document.documentElement.clientWidth, title: location.origin }))
  if (hit !== undefined) found.push(`${path}: something ran`)
  if (title !== server.base) found.push(`${path}: led to ${title}`)
  if (over > 1) found.push(`${path}: ${over} px over the edge`)
  found.push(...reports.splice(0).map((what) => `${path}: ${what}`))
}

test('payloads in every field stay text, on a desk and on a telephone', async () => {
  const admin = await guarded({})
  await signIn(admin.page, server.base, server.passwords.super_admin)
  const organization = await admin.page.evaluate(async () => (await (await fetch('/api/organizations')).json()).organizations.find(({ kind }) => kind === 'client'))
  const organizationId = organization.id
  const start = Date.now() - (Date.now() % 1000) + 86_400_000
  const made = { booking: [], location: [] }
  let accepted = 0
  const expect = ({ status, body }, ...fine) => {
    // What the API refuses to take cannot be shown: that is fine, as long as it says so.
    assert.ok([...fine, 400].includes(status), `${status} ${JSON.stringify(body)}`)
    if (status !== 400) accepted += 1
    return status === 400 ? undefined : body
  }
  for (const [index, text] of CORPUS.entries()) {
    const at = (hours) => new Date(start + (index * 4 + hours) * 3_600_000).toISOString()
    const location = expect(await send(admin.page, 'POST', '/api/locations', { organizationId, name: text, locationType: 'other', address: { line1: text, line2: text, city: text, region: text, postalCode: '1', country: 'US' }, amenities: [text], accessibilityFeatures: [text], latitude: 1, longitude: 1 }), 201)
    const booking = expect(await send(admin.page, 'POST', '/api/bookings', { organizationId, title: text, description: text, notes: text, ...(location ? { locationId: location.id } : {}), scheduledStart: at(0), scheduledEnd: at(2), staffRequirements: { roles: [{ role: text, count: 1, skills: [text] }] } }), 201)
    if (location) made.location.push(location.id)
    if (booking) {
      made.booking.push(booking.id)
      expect(await send(admin.page, 'POST', `/api/bookings/${booking.id}/status`, { status: 'pending_approval', notes: text }), 200)
    }
    expect(await send(admin.page, 'POST', '/api/tokens', { name: text }), 201)
    expect(await send(admin.page, 'POST', '/api/webhooks', { organizationId, url: 'https://hooks.example.com/a', description: text, eventTypes: ['*'] }), 201, 409)
    expect(await send(admin.page, 'POST', `/api/organizations/${organizationId}/members`, { email: `a${index}@example.com`, displayName: text, role: 'client_user' }), 201)
  }
  assert.ok(accepted > CORPUS.length * 3, `only ${accepted} were taken`)
  const pages = ['/', '/bookings', '/schedule?view=week', '/schedule?view=agenda', '/schedule?view=week&by=location', '/locations', '/statistics', '/notifications', '/organization?tab=members', '/organization?tab=tokens', '/organization?tab=webhooks', '/optimizer', '/system?tab=events']
  const found = []
  await admin.page.evaluate((id) => localStorage.setItem('rishi.organization', id), organizationId)
  for (const size of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    await admin.page.setViewportSize(size)
    for (const path of pages) await quiet(admin, path, found)
    for (const id of made.booking.slice(0, size.width > 400 ? undefined : 8)) await quiet(admin, `/bookings/${id}`, found)
    for (const id of made.location.slice(0, size.width > 400 ? 6 : 2)) await quiet(admin, `/locations/${id}`, found)
    await quiet(admin, `/bookings/${made.booking[0]}/edit`, found)
  }
  assert.deepEqual(found, [])
})

test('payloads typed into forms stay text', async () => {
  const field = await guarded({ width: 390, height: 844 })
  await signIn(field.page, server.base, await somebody(chrome, server, 'brand_agent'))
  const found = []
  for (const text of CORPUS.slice(0, 4)) {
    await field.page.goto(`${server.base}/availability`)
    await field.page.getByRole('button', { name: 'Ask for leave' }).click()
    await field.page.getByLabel('What for').fill(text)
    await field.page.getByRole('button', { name: 'Ask', exact: true }).click()
    await field.page.getByText(text).first().waitFor()
    await quiet(field, '/availability', found)
  }
  const client = await guarded({})
  await signIn(client.page, server.base, server.passwords.client_manager)
  const title = CORPUS.slice(0, 2).join(' ')
  await client.page.goto(`${server.base}/bookings/new`)
  for (const label of ['Title', 'Description', 'Notes']) await client.page.getByLabel(label).fill(title)
  await client.page.getByRole('button', { name: 'Create the booking' }).click()
  await client.page.getByRole('heading', { level: 1, name: title }).waitFor()
  for (const path of ['/bookings', `/bookings?search=${encodeURIComponent(title)}`, `/sign-in?to=${encodeURIComponent('javascript:window.hit=1')}`, `/schedule?date=${encodeURIComponent(CORPUS[0])}`, `/bookings?sort=${encodeURIComponent(CORPUS[1])}`, '/staff?free=<b>&until=x']) {
    await client.page.goto(server.base + path)
    await settled(client.page)
    assert.equal(await client.page.evaluate(() => globalThis.hit), undefined, path)
  }
  assert.deepEqual([...found, ...field.reports, ...client.reports], [])
})
