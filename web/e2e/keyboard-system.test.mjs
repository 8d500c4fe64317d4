// What operators do, by keys alone: tabs, dead letters, circuits, subscriptions, the log with its filters, its proof.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrows, dialog, focused, press, stage, to } from './keys.mjs'
import { settled } from './support.mjs'

const it = stage()
const { as } = it

/** The sample data has no dead letters (how they come about is tested with the program): these stand in for some. */
async function letters(page) {
  const list = [1, 2].map((number) => ({
    id: `00000000-0000-7000-8000-00000000000${number}`, position: number, eventId: `00000000-0000-7000-8000-00000000001${number}`, eventType: 'BOOKING_CREATED', subscription: 'booking-created', subject: `booking/${number}`,
    error: 'missing field `title`', attempts: 6, followers: number, first: new Date().toISOString(), last: new Date().toISOString(),
  }))
  const done = []
  await page.route('**/api/system/dead-letters?*', (route) => route.fulfill({ json: { deadLetters: list, pagination: { page: 1, limit: 25, total: list.length } } }))
  await page.route(/\/api\/system\/dead-letters\/[^/]+\/(redrive|discard)$/, (route) => {
    const [id, order] = new URL(route.request().url()).pathname.split('/').slice(-2)
    done.push([order, route.request().postDataJSON()])
    list.splice(list.findIndex((one) => one.id === id), 1)
    return route.fulfill({ json: {} })
  })
  return done
}

test('a dead letter is tried again, another given up with a reason', async () => {
  const { page, wrong } = await as('super_admin', '/account')
  const done = await letters(page)
  await page.goto(`${it.server.base}/system?tab=letters`)
  await settled(page)
  await to(page, 'Try again: BOOKING_CREATED 1')
  await press(page, 'Enter')
  await page.getByText('It is tried again').waitFor()
  await page.getByRole('button', { name: 'Try again: BOOKING_CREATED 1' }).waitFor({ state: 'detached' })
  await to(page, 'Give up: BOOKING_CREATED 2')
  await press(page, 'Enter')
  await dialog(page).waitFor()
  await to(page, 'Why?')
  await page.keyboard.type('Made by mistake')
  await to(page, 'Give up')
  await press(page, 'Enter')
  await page.getByText('No dead letters').waitFor()
  assert.deepEqual(done, [['redrive', null], ['discard', { reason: 'Made by mistake' }]])
  assert.deepEqual(wrong, [])
})

test('tabs go by arrows; a circuit is held and let go, a subscription paused and resumed', async () => {
  const { page, wrong } = await as('super_admin', '/system')
  await to(page, 'Health')
  await arrows(page, 'Circuits')
  await page.getByText('database', { exact: true }).waitFor()
  await to(page, 'Hold database closed')
  await press(page, 'Enter')
  await page.getByText('by hand').waitFor()
  await to(page, 'Let database decide by itself')
  await press(page, 'Enter')
  await page.getByText('by hand').waitFor({ state: 'detached' })

  await page.goto(`${it.server.base}/system?tab=subscriptions`)
  await settled(page)
  await to(page, /^Pause /)
  const { name } = await focused(page)
  await press(page, 'Enter')
  await page.getByRole('button', { name: name.replace('Pause', 'Resume'), exact: true }).waitFor()
  await to(page, name.replace('Pause', 'Resume'))
  await press(page, 'Enter')
  await page.getByRole('button', { name, exact: true }).waitFor()
  assert.deepEqual(wrong, [])
})

test('the log is filtered, stopped and opened, and verified', async () => {
  const { page, wrong } = await as('super_admin', '/system?tab=events')
  await to(page, 'Type')
  await page.keyboard.type('ORGANIZATION_*')
  await press(page, 'Enter')
  await page.waitForURL(/type=ORGANIZATION/)
  await settled(page)
  await to(page, 'Live')
  await press(page, 'Enter')
  await page.getByRole('button', { name: 'Stopped' }).waitFor()
  await to(page, /^ORGANIZATION_/)
  await press(page, 'Enter')
  await page.getByText('"schemaVersion"').waitFor()
  await page.goto(`${it.server.base}/system?tab=verify`)
  await settled(page)
  await to(page, 'Verify')
  // The tab is named so, too: the button comes after it.
  await press(page, 'Tab')
  await to(page, 'Verify')
  await press(page, 'Enter')
  await page.getByText('Everything fits').waitFor()
  assert.deepEqual(wrong, [])
})
