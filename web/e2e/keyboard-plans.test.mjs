// Plans by keys alone: the schedule, with what a drag does done by its dialog, and the optimizer from the range to the force.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrows, ask, dialog, focused, pick, press, stage, to } from './keys.mjs'
import { settled } from './support.mjs'

const it = stage()
const { as } = it

const day = (later) => new Date(Date.now() + later * 86_400_000).toISOString().slice(0, 10)

/** The organization of whoever uses the page, and its first location. */
async function home(page) {
  const { organizationId } = (await ask(page, 'GET', '/api/auth/me')).memberships[0]
  const { locations } = await ask(page, 'GET', `/api/locations?organizationId=${organizationId}&limit=1`)
  return { organizationId, locationId: locations[0].id, location: locations[0].name }
}

test('the schedule is turned, filtered, and a booking in it moved, after what stood in the way was seen', async () => {
  const { page, wrong } = await as('client_manager', '/account')
  const { organizationId, locationId, location } = await home(page)
  const make = (title, later) => ask(page, 'POST', '/api/bookings', { organizationId, locationId, title, timezone: 'UTC', scheduledStart: `${day(later)}T16:00:00Z`, scheduledEnd: `${day(later)}T18:00:00Z` })
  await make('To be moved', 50)
  await make('Was there first', 51)
  await page.goto(`${it.server.base}/schedule?view=agenda&date=${day(50)}`)
  await settled(page)

  // The view, what stands in its rows, the filter, the days.
  await to(page, 'Agenda')
  await arrows(page, 'Week', 'ArrowLeft')
  await page.waitForURL(/view=week/)
  await settled(page)
  await to(page, 'Calendar')
  await arrows(page, 'By location')
  await page.waitForURL(/by=location/)
  await settled(page)
  await pick(page, 'Location', location)
  await page.waitForURL(/locationId=/)
  await settled(page)
  await to(page, /^Next/)
  await press(page, 'Enter')
  await page.waitForURL((url) => !url.search.includes(`date=${day(50)}`))
  await settled(page)
  await page.goto(`${it.server.base}/schedule?view=week&by=location&locationId=${locationId}&date=${day(50)}`)
  await settled(page)
  await page.locator('[class*="ScheduleEvent-event"]').filter({ hasText: 'To be moved' }).first().waitFor()

  await to(page, /^To be moved/, 200)
  await press(page, 'Enter')
  await dialog(page).getByLabel('Starts').waitFor()
  // The second part of a day and time is the day.
  const later = async (field) => {
    await to(page, field)
    await press(page, 'Tab', 'ArrowUp')
  }
  await later('Starts')
  await later('Ends')
  await dialog(page).getByText('The location is taken then').waitFor()
  await dialog(page).getByText('Was there first').waitFor()
  await to(page, 'Move')
  await press(page, 'Enter')
  await dialog(page).getByRole('alert').filter({ hasText: 'Taken' }).waitFor()
  await later('Starts')
  await later('Ends')
  await dialog(page).getByText('The location is taken then').waitFor({ state: 'detached' })
  await to(page, 'Move')
  await press(page, 'Enter')
  await dialog(page).waitFor({ state: 'detached' })
  await page.getByText('To be moved moved').waitFor()
  // What the browser says of the refusal may come late.
  assert.deepEqual(wrong.filter((text) => !text.includes('409')), [])
})

test('the days of a week of rows keep their names in sight, however far the page is scrolled', async () => {
  const { page } = await as('client_manager', '/schedule?view=week&by=location')
  await page.setViewportSize({ width: 1440, height: 300 })
  await settled(page)
  const top = () => page.getByText('Locations', { exact: true }).last().evaluate((name) => name.getBoundingClientRect().top)
  assert.ok((await top()) > 150)
  await page.locator('#main').evaluate(() => scrollTo(0, document.body.scrollHeight))
  await page.waitForFunction(() => scrollY > 150)
  const scrolled = await top()
  assert.ok(scrolled >= 50 && scrolled < 100, `the names are ${scrolled} below the top`)
})

test('a plan is asked for, ended early, compared with today and put into force', async () => {
  const client = await as('client_manager', '/account')
  const { organizationId } = await home(client.page)
  const { name } = await ask(client.page, 'GET', `/api/organizations/${organizationId}`)
  const made = []
  for (let number = 0; number < 12; number += 1) {
    const { id } = await ask(client.page, 'POST', '/api/bookings', { organizationId, title: `Planned ${number}`, scheduledStart: `${day(60 + (number % 6))}T17:00:00Z`, scheduledEnd: `${day(60 + (number % 6))}T20:00:00Z`, staffRequirements: { count: 2 } })
    await ask(client.page, 'POST', `/api/bookings/${id}/status`, { status: 'pending_approval' })
    made.push(id)
  }
  const { page, wrong } = await as('internal_field_manager', '/optimizer')
  for (const id of made) await ask(page, 'POST', `/api/bookings/${id}/status`, { status: 'approved' })
  await pick(page, 'Organization', name)
  await page.getByText(`of ${name} at once`, { exact: false }).waitFor()
  // The month comes first, then the day and the year.
  const written = (later) => day(later).replace(/(\d+)-(\d+)-(\d+)/, '$2$3$1')
  await to(page, 'First day')
  await page.keyboard.type(written(58))
  await to(page, 'Last day')
  await page.keyboard.type(written(70))
  await to(page, 'Seconds to search')
  await press(page, 'Control+A')
  await page.keyboard.type('120')
  await to(page, 'has not said whether they can')
  await press(page, 'Space')
  await to(page, 'Why?')
  await page.keyboard.type('They told us on the telephone')
  await to(page, 'What counts, in points')
  await press(page, 'Enter')
  await to(page, 'A kilometre of travel')
  // So few people are planned at once: the search is shown as going on until it is ended.
  let going = true
  await page.route(/\/optimize\/[^/]+$/, async (route) => {
    const answer = await route.fetch()
    const found = await answer.json()
    await route.fulfill({ response: answer, json: going && found.state === 'done' ? { ...found, state: 'running', plan: null } : found })
  })
  await page.route(/\/optimize\/[^/]+\/cancel$/, (route) => {
    going = false
    return route.fulfill({ json: {} })
  })
  await to(page, 'Find a plan')
  await press(page, 'Enter')
  await page.getByRole('heading', { name: 'Searching' }).waitFor()
  await to(page, 'Enough: keep the best so far')
  await press(page, 'Enter')
  await page.getByRole('cell', { name: 'Open places' }).waitFor()
  await to(page, 'Put into force')
  await press(page, 'Enter')
  await dialog(page).waitFor()
  await to(page, 'Put into force')
  await press(page, 'Enter')
  await page.getByText('Applied').first().waitFor()
  await dialog(page).waitFor({ state: 'detached' })
  assert.notEqual((await focused(page)).name, undefined)
  assert.deepEqual([...client.wrong, ...wrong], [])
})
