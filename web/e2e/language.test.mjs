// The pages in the languages that they have: the browser's before anybody has signed in, then the person's, at once and
// after a new start; and nothing of it runs over the edge, however long German words are.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, demo, look, settled, shot, signIn, somebody, speaks, window } from './support.mjs'

let server, chrome, agent
before(async () => {
  chrome = await browser()
  server = await demo()
  agent = await somebody(chrome, server, 'brand_agent')
})
after(async () => { await chrome?.close(); await server?.stop() })

const spoken = (page) => page.evaluate(() => document.documentElement.lang)
const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()

async function choose(page, field, language) {
  await page.getByRole('combobox', { name: field }).or(page.getByRole('textbox', { name: field })).click()
  await page.getByRole('option', { name: language }).click()
}

test('whoever is not signed in reads what their browser prefers, or what they have chosen', async () => {
  const found = []
  const { page, wrong } = await window(chrome, { width: 390, height: 844, locale: 'de-AT' })
  await page.goto(`${server.base}/sign-in`)
  await page.getByRole('button', { name: 'Anmelden' }).waitFor()
  assert.equal(await spoken(page), 'de')
  assert.equal(await page.title(), 'Anmelden · Rishi')
  await look(page, 'sign-in', 'language-de', found)
  await page.goto(`${server.base}/forgot`)
  await heading(page, 'Passwort vergessen?')
  await look(page, 'forgot', 'language-de', found)
  await page.goto(`${server.base}/sign-in`)
  await page.getByLabel('E-Mail').fill('somebody@example.com')
  await choose(page, 'Sprache', 'Español')
  await page.getByRole('button', { name: 'Iniciar sesión' }).waitFor()
  assert.equal(await spoken(page), 'es')
  assert.equal(await page.getByLabel('Correo electrónico').inputValue(), 'somebody@example.com', 'what was typed is still there')
  await look(page, 'sign-in', 'language-es', found)
  await page.reload()
  await page.getByRole('button', { name: 'Iniciar sesión' }).waitFor()
  assert.deepEqual([...found, ...wrong], [])

  const french = await window(chrome, { locale: 'fr-FR' })
  await french.page.goto(`${server.base}/sign-in`)
  await french.page.getByRole('button', { name: 'Sign in' }).waitFor()
  assert.equal(await spoken(french.page), 'en')
})

test('whoever signs in reads their own language, changes it, and finds it again', async () => {
  const { page, wrong } = await window(chrome)
  await signIn(page, server.base, server.passwords.client_manager)
  await page.goto(`${server.base}/account`)
  await heading(page, 'Account')
  await choose(page, 'Language', 'Deutsch')
  await page.locator('form', { has: page.getByLabel('Your time zone') }).getByRole('button', { name: 'Save' }).click()
  await heading(page, 'Konto')
  assert.equal(await spoken(page), 'de')
  await page.getByText('Gespeichert').waitFor()
  assert.equal(await page.evaluate(async () => (await (await fetch('/api/auth/me')).json()).user.locale), 'de')
  await page.getByRole('navigation', { name: 'Seiten' }).getByRole('link', { name: 'Buchungen' }).click()
  await heading(page, 'Buchungen')
  await page.getByRole('columnheader', { name: 'Wann' }).waitFor()
  await page.reload()
  await heading(page, 'Buchungen')
  // Codes, days and numbers, too: "Di., 1. Juni, 09:00" and not "Tue, Jun 1, 9:00 AM".
  const table = await page.getByRole('table').innerText()
  assert.match(table, /Bestätigt|Freigegeben|Entwurf|Abgeschlossen|Läuft|Abgesagt/)
  assert.match(table, /(Mo|Di|Mi|Do|Fr|Sa|So)\., \d+\. /)
  assert.doesNotMatch(table, /\d [AP]M/)
  await page.goto(`${server.base}/schedule?view=month`)
  await heading(page, 'Einsatzplan')
  await settled(page)
  await page.getByText('Mo.', { exact: true }).first().waitFor()

  await page.goto(`${server.base}/account`)
  await heading(page, 'Konto')
  await choose(page, 'Sprache', 'Español')
  await page.locator('form', { has: page.getByLabel('Ihre Zeitzone') }).getByRole('button', { name: 'Speichern' }).click()
  await heading(page, 'Cuenta')
  assert.equal(await spoken(page), 'es')
  await page.goto(`${server.base}/bookings`)
  await heading(page, 'Reservas')
  await shot(page, 'language-bookings-es')

  // Somebody else, elsewhere, reads it in theirs; and who leaves reads what the browser prefers.
  await speaks(page, 'en')
  await page.reload()
  await heading(page, 'Bookings')
  assert.deepEqual(wrong, [])
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
})

test('dialogs in German are whole on a telephone', async () => {
  const found = []
  const show = async ({ page }, path, button) => {
    await page.goto(server.base + path)
    await settled(page)
    await page.getByRole('button', { name: button }).first().click()
    await page.getByRole('dialog').first().waitFor()
    await look(page, `${path}-${button}`, 'language-de', found)
  }
  const phone = { width: 390, height: 844 }
  const field = await window(chrome, phone)
  await signIn(field.page, server.base, agent)
  await speaks(field.page, 'de')
  await show(field, '/availability', 'Urlaub beantragen')
  await show(field, '/availability', 'Zeiten hinzufügen')
  const client = await window(chrome, phone)
  await signIn(client.page, server.base, server.passwords.client_manager)
  await speaks(client.page, 'de')
  await show(client, '/organization', 'Person hinzufügen')
  await show(client, '/organization?tab=webhooks', 'Neuer Webhook')
  await show(client, '/locations', 'Neuer Standort')
  await show(client, '/', 'Suche und Befehle')
  assert.deepEqual([...found, ...field.wrong, ...client.wrong], [])
})
