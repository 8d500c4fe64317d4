// What is done in several steps, through the page: series, plans, webhooks, preferences, availability by occurrence.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, test } from 'node:test'
import { browser, demo, settled, shot, signIn, somebody, window } from './support.mjs'

let server, chrome
const opened = []
before(async () => {
  chrome = await browser()
  server = await demo()
})
after(async () => { await chrome?.close(); await server?.stop() })
// A person may hold so many streams open, and these tests are several evenings of a few people.
afterEach(() => Promise.all(opened.splice(0).map((page) => page.context().close())))

const day = (later) => new Date(Date.now() + later * 86_400_000).toISOString().slice(0, 10)
const weekday = (date) => ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(`${date}T00:00:00Z`).getUTCDay()]

async function as(role, path, size) {
  const it = await window(chrome, size)
  opened.push(it.page)
  await signIn(it.page, server.base, role.email ? role : server.passwords[role])
  await it.page.goto(server.base + path)
  await settled(it.page)
  return it
}

/** Asks the API in the page, for the caller's organization where one is to be named; answers the id. */
async function send([path, body]) {
  const { memberships } = await (await fetch('/api/auth/me')).json()
  const whole = path === '/api/bookings' ? { ...body, organizationId: memberships[0].organizationId } : body
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify(whole) })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()).id
}

const choose = async (page, label, option) => {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}

test('a series is made, changed from one on, and the rest of it cancelled', async () => {
  const { page, wrong } = await as('client_manager', '/bookings/new')
  await page.getByLabel('Title').fill('Weekly demo')
  await page.getByLabel('Starts').fill(`${day(20)}T09:00`)
  await page.getByLabel('Ends').fill(`${day(20)}T12:00`)
  await choose(page, 'Repeats', 'Weekly')
  await page.getByLabel('How many', { exact: true }).fill('4')
  await page.getByText(`every week on ${weekday(day(20))} 4 times`).waitFor()
  await shot(page, 'feature-recurrence')
  await page.getByRole('button', { name: 'Create the bookings' }).click()
  await page.getByRole('heading', { name: 'Number 1 of 4' }).waitFor()
  await page.getByRole('link', { name: 'The next' }).click()
  await page.getByRole('heading', { name: 'Number 2 of 4' }).waitFor()
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('This one and all that follow').check()
  await page.getByLabel('Title').fill('Weekly demo, the new one')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'Weekly demo, the new one' }).waitFor()
  await page.getByRole('heading', { name: /of 3$/ }).waitFor()
  await shot(page, 'feature-series')
  await page.getByRole('button', { name: 'Other steps' }).click()
  await page.getByRole('menuitem', { name: 'Cancel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('All of them').check()
  await dialog.getByLabel('Notes').fill('Not any more')
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  const states = await page.evaluate(async () => {
    const { organizationId } = (await (await fetch('/api/auth/me')).json()).memberships[0]
    const { bookings } = await (await fetch(`/api/bookings?organizationId=${organizationId}&search=Weekly%20demo&sort=scheduledStart`)).json()
    return bookings.map(({ title, status }) => `${title}: ${status}`)
  })
  assert.deepEqual(states, ['Weekly demo: draft', ...Array(3).fill('Weekly demo, the new one: cancelled')])
  assert.deepEqual(wrong, [])
})

test('a plan is searched, compared with today and put into force', async () => {
  // A booking that lacks one person, asked for by the client and approved by the field manager.
  const client = await as('client_manager', '/')
  const id = await client.page.evaluate(send, ['/api/bookings', { title: 'Shelf check', scheduledStart: `${day(24)}T17:00:00Z`, scheduledEnd: `${day(24)}T19:00:00Z`, staffRequirements: { count: 1 } }])
  await client.page.evaluate(send, [`/api/bookings/${id}/status`, { status: 'pending_approval' }])
  const { page, wrong } = await as('internal_field_manager', '/optimizer')
  await page.evaluate(send, [`/api/bookings/${id}/status`, { status: 'approved' }])
  await choose(page, 'Organization', 'Juniper & Stone Dispensaries')
  await page.getByText('of Juniper & Stone Dispensaries at once', { exact: false }).waitFor()
  await page.getByLabel('Seconds to search').fill('5')
  await page.getByText('has not said whether they can').click()
  await page.getByLabel('Why?').fill('They told us on the telephone')
  await page.getByRole('button', { name: 'Find a plan' }).click()
  await page.getByRole('cell', { name: 'Open places' }).waitFor()
  await shot(page, 'feature-plan')
  await page.getByRole('button', { name: 'Put into force' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Put into force' }).click()
  await page.getByText('Applied').first().waitFor()
  await page.getByRole('link', { name: 'Shelf check' }).click()
  await page.getByRole('table').getByText('Assigned').first().waitFor()
  assert.deepEqual(wrong, [])
})

test('a webhook is made, its secret shown once, tested, changed and deleted', async () => {
  const { page, wrong } = await as('client_manager', '/organization?tab=webhooks')
  await page.getByRole('button', { name: 'New webhook' }).click()
  await page.getByLabel('Address').fill('https://hooks.example.com/rishi')
  await page.getByRole('button', { name: 'Create the webhook' }).click()
  await page.getByText(/^whsec_/).waitFor()
  const order = async (name) => {
    await page.getByRole('button', { name: 'Change https://hooks.example.com/rishi' }).click()
    await page.getByRole('menuitem', { name, exact: true }).click()
  }
  await order('Send a test')
  await page.getByRole('button', { name: 'Deliveries to https://hooks.example.com/rishi' }).click()
  await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
  await page.getByText('WEBHOOK_TEST_SENT').first().waitFor()
  await shot(page, 'feature-webhooks')
  const secret = await page.getByText(/^whsec_/).innerText()
  await order('New secret')
  await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.notEqual(await page.getByText(/^whsec_/).innerText(), secret)
  await order('Disable')
  await page.getByRole('cell', { name: /Disabled/ }).waitFor()
  await order('Delete')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('No webhooks yet').waitFor()
  assert.deepEqual(wrong, [])
})

test('what is told is chosen, and stays chosen', async () => {
  const { page, wrong } = await as('client_manager', '/notifications?tab=preferences')
  await page.getByLabel('A booking is near: e-mail').uncheck()
  await page.getByLabel('Send no mail at night', { exact: false }).check()
  await page.getByLabel('From').fill('21:30')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved').waitFor()
  await page.reload()
  await settled(page)
  assert.equal(await page.getByLabel('A booking is near: e-mail').isChecked(), false)
  assert.equal(await page.getByLabel('A booking is near: inbox').isChecked(), true)
  assert.equal(await page.getByLabel('From').inputValue(), '21:30')
  assert.deepEqual(wrong, [])
})

test('a time that comes again is changed in one occurrence, from one on, and taken back', async () => {
  const agent = await somebody(chrome, server, 'brand_agent')
  const { page, wrong } = await as(agent, `/availability?date=${day(7)}`)
  await page.getByRole('button', { name: 'Add times' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('From').fill(`${day(7)}T09:00`)
  await dialog.getByLabel('Until').fill(`${day(7)}T17:00`)
  await choose(page, 'Repeats', 'Daily')
  await choose(page, 'Ends', 'After a number of times')
  await dialog.getByLabel('How many', { exact: true }).fill('5')
  await dialog.getByLabel('What for').fill('Early')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByText('every day 5 times', { exact: false }).first().waitFor()
  const blocks = () => page.evaluate(async () => {
    const { user } = await (await fetch('/api/auth/me')).json()
    return (await (await fetch(`/api/availability?userId=${user.id}`)).json()).availability.map(({ title, localStart, recurrence, exdates }) => ({ title, day: localStart.slice(0, 10), recurrence, exdates: exdates.length }))
  })
  const change = async (scope, which) => {
    await page.getByRole('button', { name: 'Change Early' }).first().click()
    await dialog.getByLabel(scope, { exact: true }).check()
    if (which) {
      await dialog.getByRole('combobox').first().click()
      await page.getByRole('option').nth(which).click()
    }
  }
  await change('Only this one', 1)
  await dialog.getByLabel('What for').fill('Late for once')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Late for once').first().waitFor()
  await shot(page, 'feature-availability')
  assert.deepEqual((await blocks()).map(({ title, day: first, exdates }) => [title, first, exdates]).sort(), [['Early', day(7), 1], ['Late for once', day(8), 0]])
  await change('This one and all that follow', 2)
  await dialog.getByRole('button', { name: 'Take back' }).click()
  await dialog.waitFor({ state: 'detached' })
  const rest = (await blocks()).find(({ title }) => title === 'Early')
  assert.match(rest.recurrence, /UNTIL|COUNT/)
  await change('All of them')
  await dialog.getByRole('button', { name: 'Take back' }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual((await blocks()).map(({ title }) => title), ['Late for once'])
  assert.deepEqual(wrong, [])
})

test('bookings go out as the server writes them, and come in again after the mistakes of a file were shown', async () => {
  const { page, wrong } = await as('client_manager', '/bookings?search=a&sort=title')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV' }).click()
  await page.getByRole('menuitem', { name: 'Bookings' }).click()
  const file = await download
  assert.equal(file.suggestedFilename(), 'bookings.csv')
  const rows = readFileSync(await file.path(), 'utf8').split('\r\n')
  const found = Number(/^([\d,]+) found/.exec(await page.getByText(/found$/).innerText())[1].replace(',', ''))
  assert.match(rows[0], /title/)
  // A description may have several lines.
  assert.ok(rows.length >= found + 1, `${rows.length} lines for ${found} bookings`)

  await page.getByRole('link', { name: 'Import' }).click()
  const choose = (text) => page.locator('input[type=file]').setInputFiles({ name: 'plan.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await choose(`title,scheduledStart,scheduledEnd,priority\r\n,${day(30)}T09:00:00Z,${day(30)}T10:00:00Z,low\r\nBackwards,${day(30)}T12:00:00Z,${day(30)}T11:00:00Z,low\r\nOdd,${day(30)}T12:00:00Z,${day(30)}T13:00:00Z,enormous\r\n`)
  await page.getByText('plan.csv cannot come in like this').waitFor()
  const told = await page.getByRole('row').allInnerTexts()
  assert.deepEqual([2, 3, 4].map((row) => told.some((text) => text.startsWith(`${row}\t`))), [true, true, true], told.join(' | '))
  await shot(page, 'feature-import-wrong')
  await choose('title;scheduledStart;scheduledEnd\r\na;b;c\r\n')
  await page.getByText('comma', { exact: false }).first().waitFor()
  await choose(`title,scheduledStart,scheduledEnd,notes\r\n"Imported, first",${day(31)}T09:00:00Z,${day(31)}T10:00:00Z,=1+1\r\nImported second,${day(32)}T09:00:00Z,${day(32)}T10:00:00Z,\r\n`)
  await page.getByText('2 rows of plan.csv can come in').waitFor()
  await shot(page, 'feature-import')
  await page.getByRole('button', { name: 'Import 2 bookings' }).click()
  await page.getByRole('link', { name: 'Imported, first' }).waitFor()
  await page.getByRole('link', { name: 'Imported second' }).waitFor()
  assert.deepEqual(wrong, [])
})

test('the log is verified on the page, and what was verified is told', async () => {
  const { page, wrong } = await as('super_admin', '/system?tab=verify')
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByText('Everything fits').waitFor()
  await page.getByText(/^One chain of [\d,]+ events about/).waitFor()
  await shot(page, 'feature-verify')
  assert.deepEqual(wrong, [])
})
