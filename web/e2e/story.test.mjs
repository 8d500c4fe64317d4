// A booking from the wish to the work, by three people who see what the others do without asking again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, demo, settled, shot, signIn, window } from './support.mjs'

let server, chrome
before(async () => { [server, chrome] = await Promise.all([demo(), browser()]) })
after(async () => { await chrome?.close(); await server?.stop() })

test('asked for, approved, staffed, accepted, each seen by the others at once', async () => {
  const client = await window(chrome)
  const manager = await window(chrome)
  await signIn(client.page, server.base, server.passwords.client_manager)
  await signIn(manager.page, server.base, server.passwords.internal_field_manager)

  const organization = await client.page.evaluate(async () => (await (await fetch('/api/auth/me')).json()).memberships[0].organization.name)
  await manager.page.getByRole('combobox', { name: 'Organization' }).click()
  await manager.page.getByRole('option', { name: organization }).click()
  await manager.page.getByRole('heading', { name: 'To approve' }).waitFor()

  await client.page.getByRole('link', { name: 'New booking' }).click()
  await client.page.getByLabel('Title').fill('Tasting evening')
  await client.page.getByRole('button', { name: 'Staff is needed' }).click()
  await client.page.getByRole('button', { name: 'Make the booking' }).click()
  await client.page.getByRole('button', { name: 'Submit for approval' }).click()
  await client.page.getByRole('dialog').getByRole('button', { name: 'Submit for approval' }).click()
  await client.page.getByText('Pending approval').first().waitFor()

  // The manager's page was open all the time and is not loaded again.
  await manager.page.getByRole('link', { name: 'Tasting evening' }).first().click()
  await manager.page.getByRole('button', { name: 'Approve' }).click()
  await manager.page.getByLabel('Notes').fill('With pleasure')
  await manager.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
  await manager.page.getByText('With pleasure').first().waitFor()
  await client.page.getByText('With pleasure').first().waitFor()
  await shot(client.page, 'story-client')

  await manager.page.getByRole('button', { name: 'Assign', exact: true }).click()
  const drawer = manager.page.getByRole('dialog')
  await drawer.getByRole('checkbox').first().waitFor()
  await shot(manager.page, 'story-candidates')
  const fit = drawer.locator('input[type=checkbox]:not(:disabled)').first()
  await fit.check()
  const reason = drawer.getByLabel('Why in spite of the warnings?')
  if (await reason.count()) await reason.fill('Knows the place')
  await drawer.getByRole('button', { name: 'Assign 1' }).click()
  await client.page.getByRole('table').getByText('Assigned').first().waitFor()
  await shot(manager.page, 'story-booking')
  assert.deepEqual([...client.wrong, ...manager.wrong], [])
})

test('somebody new chooses a password by a link, signs in and sees the work', async () => {
  const { page, wrong } = await window(chrome, { width: 390, height: 844 })
  const admin = await window(chrome)
  await signIn(admin.page, server.base, server.passwords.super_admin)
  const email = await admin.page.evaluate(async () => {
    const organizations = (await (await fetch('/api/organizations?limit=200')).json()).organizations
    for (const { id } of organizations) {
      const { members } = await (await fetch(`/api/organizations/${id}/members?limit=200`)).json()
      const agent = members.find(({ role }) => role === 'brand_agent')
      if (agent) return agent.user.email
    }
  })
  const password = 'fourteen green bottles'
  await page.goto(`${server.base}/#/link/${server.link(email)}`)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('Once more').fill(password)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Rishi' }).waitFor()
  await signIn(page, server.base, { email, password })
  await page.goto(`${server.base}/work`)
  await page.getByRole('heading', { level: 1, name: 'My work' }).waitFor()
  await shot(page, 'story-work')
  await page.getByRole('link', { name: 'My availability' }).click()
  await page.getByRole('button', { name: 'Ask for leave' }).click()
  await page.getByLabel('What for').fill('A wedding')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByText('A wedding').waitFor()
  await shot(page, 'story-availability')
  assert.deepEqual(wrong, [])
})

test('what looks like a program in a title stays text', async () => {
  const { page, wrong } = await window(chrome)
  await signIn(page, server.base, server.passwords.client_manager)
  const title = `<img src=x onerror="window.hit=1">"'><script>window.hit=1</script>{{7*7}}`
  await page.goto(`${server.base}/bookings/new`)
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Description').fill(title)
  await page.getByLabel('Notes').fill(title)
  await page.getByRole('button', { name: 'Make the booking' }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  for (const path of ['/', '/bookings', '/schedule', '/notifications']) {
    await page.goto(server.base + path)
    await settled(page)
    assert.equal(await page.evaluate(() => globalThis.hit), undefined, path)
  }
  assert.deepEqual(wrong, [])
})

test('by keyboard alone: find a booking and open it', async () => {
  const { page } = await window(chrome)
  await signIn(page, server.base, server.passwords.client_manager)
  const title = await page.evaluate(async () => {
    const { organizationId } = (await (await fetch('/api/auth/me')).json()).memberships[0]
    return (await (await fetch(`/api/bookings?organizationId=${organizationId}&limit=1`)).json()).bookings[0].title
  })
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Search' }).waitFor()
  await page.keyboard.type(title)
  await page.getByRole('button', { name: title }).first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
})
