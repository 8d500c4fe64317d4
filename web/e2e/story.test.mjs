// The life of a booking, by four people in four browsers who see what the others do without asking again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, demo, settled, shot, signIn, somebody, window } from './support.mjs'

let server, chrome
before(async () => {
  chrome = await browser()
  server = await demo()
})
after(async () => { await chrome?.close(); await server?.stop() })

/** The day after tomorrow in the zone of the story, as a form takes it. */
const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles' }).format(new Date(Date.now() + 2 * 86_400_000))

/** Makes a booking in the page, for one person on that day, and submits it. */
async function ask(page, title, from, to) {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Bookings' }).click()
  await page.getByRole('link', { name: 'New booking' }).click()
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Starts').fill(`${DAY}T${from}`)
  await page.getByLabel('Ends').fill(`${DAY}T${to}`)
  await page.getByRole('button', { name: 'Add staff' }).click()
  await page.getByRole('button', { name: 'Create the booking' }).click()
  await take(page, 'Submit for approval')
  await page.getByText('Pending approval').first().waitFor()
}

/** Takes a step of the booking that is open, and says why. */
async function take(page, step, notes) {
  await page.getByRole('button', { name: step, exact: true }).click()
  const dialog = page.getByRole('dialog')
  if (notes) await dialog.getByLabel('Notes').fill(notes)
  await dialog.getByRole('button', { name: step, exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

/** Opens what is told of a booking on the page that is open. */
const open = (page, title) => page.getByRole('link', { name: title }).first().click()

test('asked for, approved, staffed, accepted, done; another is cancelled; each seen by the others at once', async () => {
  const people = {}
  const bell = (who) => people[who].page.getByRole('link', { name: /^Notifications, \d+ unread/ })
  for (const [who, role] of [['noor', 'client_user'], ['grace', 'client_manager'], ['hana', 'brand_agent']]) {
    const it = await somebody(chrome, server, role, ({ email }) => email.startsWith(who))
    people[who] = await window(chrome, who === 'hana' ? { width: 390, height: 844 } : {})
    await signIn(people[who].page, server.base, it)
  }
  people.marcus = await window(chrome)
  await signIn(people.marcus.page, server.base, server.passwords.internal_field_manager)
  const [noor, grace, hana, marcus] = ['noor', 'grace', 'hana', 'marcus'].map((who) => people[who].page)

  // Hana says when she can work: every day.
  await hana.goto(`${server.base}/availability`)
  await hana.getByRole('button', { name: 'Add times' }).click()
  await hana.getByLabel('From').fill(`${DAY}T06:00`)
  await hana.getByLabel('Until').fill(`${DAY}T22:00`)
  await hana.getByRole('combobox', { name: 'Repeats' }).click()
  await hana.getByRole('option', { name: 'Daily' }).click()
  await hana.getByRole('button', { name: 'Add', exact: true }).click()
  await hana.getByText('every day', { exact: false }).first().waitFor()
  await shot(hana, 'story-availability')
  await hana.goto(`${server.base}/work`)
  await hana.getByRole('heading', { level: 1, name: 'My work' }).waitFor()

  // From here on nobody loads a page again: what is new comes by itself.
  await marcus.getByRole('combobox', { name: 'Organization' }).click()
  await marcus.getByRole('option', { name: 'Redwood Coast Collective' }).click()
  await Promise.all([grace, marcus].map((page) => page.getByRole('heading', { name: 'To approve' }).waitFor()))

  await ask(noor, 'Tasting evening', '09:00', '13:00')
  await shot(noor, 'story-asked')
  await open(grace, 'Tasting evening')
  await take(grace, 'Approve', 'With pleasure')
  await Promise.all([grace, noor].map((page) => page.getByText('With pleasure').first().waitFor()))

  // Marcus finds it on his first page among what lacks people.
  await open(marcus, 'Tasting evening')
  await marcus.getByRole('button', { name: 'Best team' }).click()
  await marcus.getByRole('table').getByText('Assigned').first().waitFor()
  await shot(marcus, 'story-booking')

  // It reaches Hana's telephone; she accepts, and with that it is confirmed for everybody.
  await bell('hana').waitFor()
  await hana.getByRole('button', { name: 'I will come: Tasting evening' }).click()
  await hana.getByRole('button', { name: 'Check in: Tasting evening' }).waitFor()
  await shot(hana, 'story-work')
  await Promise.all([noor, grace, marcus].map((page) => page.getByText('Confirmed').first().waitFor()))

  // There is no network in the cellar: the check-in waits on the telephone, and is sent once.
  await hana.context().setOffline(true)
  await hana.getByText('No connection').first().waitFor()
  await hana.getByRole('button', { name: 'Check in: Tasting evening' }).click()
  await hana.getByText('Waits to be sent.').waitFor()
  await shot(hana, 'story-offline')
  await hana.context().setOffline(false)
  await hana.getByText('Waits to be sent.').waitFor({ state: 'detached' })
  await hana.getByRole('button', { name: 'Check out: Tasting evening' }).waitFor()
  await marcus.getByRole('table').getByText('Checked in').first().waitFor()
  await take(marcus, 'Start')
  await Promise.all([noor, grace].map((page) => page.getByText('In progress').first().waitFor()))
  await hana.getByRole('button', { name: 'Check out: Tasting evening' }).click()
  await hana.getByRole('button', { name: 'Check out: Tasting evening' }).waitFor({ state: 'detached' })
  await marcus.getByRole('table').getByText('Completed').first().waitFor()
  await take(marcus, 'Complete')
  await Promise.all([noor, grace, marcus].map((page) => page.getByRole('button', { name: 'Complete' }).or(page.getByText('In progress')).first().waitFor({ state: 'detached' })))
  await shot(grace, 'story-done')

  // A second one is assigned and then called off: Hana's telephone forgets it.
  await ask(noor, 'Rooftop opening', '15:00', '18:00')
  await grace.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Today' }).click()
  await open(grace, 'Rooftop opening')
  await take(grace, 'Approve')
  await marcus.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Today' }).click()
  await open(marcus, 'Rooftop opening')
  await marcus.getByRole('button', { name: 'Best team' }).click()
  await hana.getByRole('button', { name: 'I will come: Rooftop opening' }).waitFor()
  await marcus.getByRole('button', { name: 'Other steps' }).click()
  await marcus.getByRole('menuitem', { name: 'Cancel' }).click()
  await marcus.getByRole('dialog').getByLabel('Notes').fill('Storm warning')
  await marcus.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).click()
  await Promise.all([noor, grace].map((page) => page.getByText('Storm warning').first().waitFor()))
  await hana.getByRole('button', { name: 'I will come: Rooftop opening' }).waitFor({ state: 'detached' })

  // The inbox tells all of it, and is read by one click.
  await bell('noor').click()
  await noor.getByRole('button', { name: 'Mark all as read' }).click()
  await noor.getByRole('link', { name: 'Notifications', exact: true }).waitFor()
  assert.equal(await noor.getByRole('img', { name: 'Unread' }).count(), 0)
  await shot(noor, 'story-inbox')
  assert.deepEqual(Object.values(people).flatMap(({ wrong }) => wrong).filter((text) => !text.includes('ERR_INTERNET_DISCONNECTED')), [])
})

test('who could be assigned is chosen by hand, with every reason shown', async () => {
  const { page, wrong } = await window(chrome)
  await signIn(page, server.base, server.passwords.internal_field_manager)
  await page.goto(`${server.base}/bookings?status=approved`)
  await page.getByRole('table').getByRole('link').first().click()
  await page.getByRole('button', { name: 'Assign', exact: true }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('checkbox').first().waitFor()
  await shot(page, 'story-candidates')
  await drawer.locator('input[type=checkbox]:not(:disabled)').first().check()
  const reason = drawer.getByLabel('Why in spite of the warnings?')
  if (await reason.count()) await reason.fill('Knows the place')
  await drawer.getByRole('button', { name: 'Assign 1' }).click()
  await drawer.waitFor({ state: 'detached' })
  await page.getByRole('table').getByText('Assigned').first().waitFor()
  assert.deepEqual(wrong, [])
})

/** A title of a booking that the caller sees. */
const someTitle = (page) => page.evaluate(async () => {
  const { organizationId } = (await (await fetch('/api/auth/me')).json()).memberships[0]
  return (await (await fetch(`/api/bookings?organizationId=${organizationId}&limit=1`)).json()).bookings[0].title
})

test('by keyboard alone: find a booking and open it', async () => {
  const { page, wrong } = await window(chrome)
  await signIn(page, server.base, server.passwords.client_manager)
  const title = await someTitle(page)
  await settled(page)
  await page.keyboard.press('g')
  await page.keyboard.press('b')
  await page.getByRole('heading', { level: 1, name: 'Bookings' }).waitFor()
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Search and commands' })
  await palette.getByRole('textbox').waitFor()
  // Asked for once more, it stays as it is.
  await page.keyboard.press('Control+k')
  await page.keyboard.type(title)
  await palette.getByRole('button', { name: title }).first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  assert.deepEqual(wrong, [])
})

test('who types faster than the palette opens finds what they typed, and has gone nowhere else', async () => {
  const { page, wrong } = await window(chrome)
  await signIn(page, server.base, server.passwords.client_manager)
  const title = await someTitle(page)
  // A processor twenty times slower, and the palette has never been there before.
  const slow = await page.context().newCDPSession(page)
  await page.goto(`${server.base}/locations`)
  await page.getByRole('heading', { level: 1, name: 'Locations' }).waitFor()
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 20 })
  // "c" and "gs" would lead to another page, a second "/" would be a letter of a search.
  const typed = `c gs ${title}`
  await page.getByLabel('Search', { exact: true }).focus()
  await page.keyboard.press('Control+k')
  await page.keyboard.type(typed)
  const palette = page.getByRole('dialog', { name: 'Search and commands' })
  await palette.getByRole('textbox').waitFor()
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await page.waitForFunction((text) => document.activeElement?.closest('[role="dialog"]') && document.activeElement.value === text, typed)
  assert.equal(new URL(page.url()).pathname, '/locations')
  assert.equal(new URL(page.url()).search, '')
  // And whoever closes it is where they were.
  await page.keyboard.press('Escape')
  await palette.waitFor({ state: 'detached' })
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Search')
  assert.deepEqual(wrong, [])
})
