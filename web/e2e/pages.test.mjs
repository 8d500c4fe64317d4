// Every page, wide and narrow, light and dark: nothing breaks, nothing runs over the edge, axe finds nothing serious.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, demo, look, settled, signIn, somebody, speaks, window } from './support.mjs'

let server, chrome, agent
before(async () => {
  chrome = await browser()
  server = await demo()
  agent = await somebody(chrome, server, 'brand_agent')
})
after(async () => { await chrome?.close(); await server?.stop() })

// A page in the address of a role that has it; those of all are walked by the field manager.
const PAGES = {
  internal_field_manager: [
    '/', '/bookings', '/bookings/new', '/bookings/import', '/schedule?view=week', '/schedule?view=month', '/schedule?view=day', '/schedule?view=week&by=location', '/schedule?view=week&by=staff', '/schedule?view=day&by=staff', '/schedule?view=month&by=location', '/schedule?view=month&by=staff', '/schedule?view=agenda',
    '/optimizer', '/staff', '/staff/leave', '/staff/leave?approval=approved', '/locations', '/statistics', '/notifications', '/notifications?tab=preferences', '/organization', '/account', '/nowhere', '/system',
  ],
  client_manager: ['/organization?tab=settings', '/organization?tab=tokens', '/organization?tab=webhooks', '/statistics', '/staff'],
  brand_agent: ['/', '/work', '/availability', '/schedule', '/bookings', '/notifications', '/account', '/optimizer'],
  super_admin: ['/system', '/system?tab=services', '/system?tab=circuits', '/system?tab=subscriptions', '/system?tab=letters', '/system?tab=events', '/system?tab=verify', '/system?tab=cluster'],
}
// Dark in Spanish, narrow in German: what is long in English is longer there.
const KINDS = [{ name: 'desktop' }, { name: 'dark', dark: true, language: 'es' }, { name: 'phone', width: 390, height: 844, language: 'de' }]

for (const kind of KINDS) {
  test(`every page is whole and can be read (${kind.name})`, async () => {
    const found = []
    for (const [role, paths] of Object.entries(PAGES)) {
      const { page, wrong } = await window(chrome, kind)
      await page.goto(`${server.base}/sign-in`)
      if (role === 'super_admin') {
        await look(page, 'sign-in', kind.name, found)
        await page.goto(`${server.base}/forgot`)
        await look(page, 'forgot', kind.name, found)
      }
      await signIn(page, server.base, role === 'brand_agent' ? agent : server.passwords[role])
      if (kind.language) await speaks(page, kind.language)
      for (const path of [...paths, ...(role === 'internal_field_manager' ? await details(page, server.base) : [])]) {
        await page.goto(server.base + path)
        await page.getByRole('heading', { level: 1 }).first().waitFor()
        await look(page, `${path}`, `${role}-${kind.name}`, found)
      }
      // The tests after it know the English words of the same people.
      if (kind.language) await speaks(page, 'en')
      found.push(...wrong)
      await page.context().close()
    }
    assert.deepEqual(found, [])
  })
}

test('every dialog is whole and can be read', async () => {
  const found = []
  const show = async (page, path, ...buttons) => {
    await page.goto(server.base + path)
    await settled(page)
    for (const name of buttons) await page.getByRole('button', { name }).first().click()
    await page.getByRole('dialog').first().waitFor()
    await look(page, `${path}-${buttons.at(-1)}`, 'dialog', found)
  }
  const field = await window(chrome, { width: 390, height: 844 })
  await signIn(field.page, server.base, agent)
  await show(field.page, '/availability', 'Ask for leave')
  await show(field.page, '/availability', 'Add times')
  const client = await window(chrome, { width: 390, height: 844 })
  await signIn(client.page, server.base, server.passwords.client_manager)
  await show(client.page, '/organization', 'Add somebody')
  await show(client.page, '/organization?tab=webhooks', 'New webhook')
  await show(client.page, '/organization?tab=tokens', 'New token')
  await show(client.page, '/locations', 'New location')
  await show(client.page, '/', 'Search and commands')
  await client.page.goto(`${server.base}/`)
  await settled(client.page)
  await client.page.keyboard.press('?')
  await client.page.getByRole('dialog').waitFor()
  await look(client.page, '/-keys', 'dialog', found)
  assert.deepEqual([...found, ...field.wrong, ...client.wrong], [])
})

/** A booking, a person and a location of the sample data. */
async function details(page, base) {
  const first = (path, list) => page.evaluate(async ([url, name]) => (await (await fetch(url)).json())[name][0], [base + path, list])
  const organization = await page.evaluate(async (url) => (await (await fetch(url)).json()).organizations.find(({ kind }) => kind === 'client').id, `${base}/api/organizations`)
  const booking = await first(`/api/bookings?organizationId=${organization}&status=approved&status=confirmed&limit=1`, 'bookings')
  const person = await first('/api/staff?limit=1', 'staff')
  const location = await first(`/api/locations?organizationId=${organization}&limit=1`, 'locations')
  return [`/bookings/${booking.id}`, `/bookings/${booking.id}/edit`, `/staff/${person.userId}`, `/locations/${location.id}`]
}
