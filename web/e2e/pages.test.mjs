// Every page, wide and narrow, light and dark: nothing breaks, nothing runs over the edge, axe finds nothing serious.
import AxeBuilder from '@axe-core/playwright'
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, demo, settled, shot, signIn, window } from './support.mjs'

let server, chrome
before(async () => { [server, chrome] = await Promise.all([demo(), browser()]) })
after(async () => { await chrome?.close(); await server?.stop() })

const PAGES = {
  internal_field_manager: ['/', '/bookings', '/bookings/new', '/schedule?view=week', '/schedule?view=week&by=location', '/schedule?view=day&by=staff', '/schedule?view=agenda', '/staff', '/staff/leave', '/locations', '/statistics', '/notifications', '/organization', '/account'],
  super_admin: ['/system'],
}
const KINDS = [{ name: 'desktop' }, { name: 'phone', width: 390, height: 844 }, { name: 'dark', dark: true }]

for (const kind of KINDS) {
  test(`every page is whole and can be read (${kind.name})`, async () => {
    const found = []
    for (const [role, paths] of Object.entries(PAGES)) {
      const { page, wrong } = await window(chrome, kind)
      await page.goto(`${server.base}/sign-in`)
      await look(page, 'sign-in', kind.name, found)
      await signIn(page, server.base, server.passwords[role])
      for (const path of await withDetails(page, server.base, paths)) {
        await page.goto(server.base + path)
        await page.getByRole('heading', { level: 1 }).first().waitFor()
        await look(page, path, kind.name, found)
      }
      found.push(...wrong)
      await page.context().close()
    }
    assert.deepEqual(found, [])
  })
}

/** With a booking, a person and a location of the sample data. */
async function withDetails(page, base, paths) {
  if (paths.length < 2) return paths
  const first = (path, list) => page.evaluate(async ([url, name]) => (await (await fetch(url)).json())[name][0], [base + path, list])
  const organization = await page.evaluate(async (url) => (await (await fetch(url)).json()).organizations.find(({ kind }) => kind === 'client').id, `${base}/api/organizations`)
  const booking = await first(`/api/bookings?organizationId=${organization}&status=approved&status=confirmed&limit=1`, 'bookings')
  const person = await first('/api/staff?limit=1', 'staff')
  const location = await first(`/api/locations?organizationId=${organization}&limit=1`, 'locations')
  return [...paths, `/bookings/${booking.id}`, `/bookings/${booking.id}/edit`, `/staff/${person.userId}`, `/locations/${location.id}`]
}

async function look(page, path, kind, found) {
  await settled(page)
  const name = path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'one').replaceAll(/[^a-z]+/g, '-')
  await shot(page, `${name}-${kind}`)
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (over > 1) found.push(`${path}: ${over} px over the edge`)
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  found.push(...serious.map(({ id, nodes }) => `${path}: ${id}: ${nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 200)} ${any[0]?.message ?? ''}`).join(' | ')}`))
}
