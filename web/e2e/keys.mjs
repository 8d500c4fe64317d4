// A page used by keys alone: what has the focus can be seen, dialogs take it and give it back.
import assert from 'node:assert/strict'
import { after, afterEach, before } from 'node:test'
import { browser, demo, settled, signIn, window } from './support.mjs'

/** A server and a browser for the tests of a file. Windows end with their test: a person may hold so many streams. */
export function stage() {
  const opened = []
  const it = {
    async as(role, path) {
      const { page, wrong } = await window(it.chrome)
      opened.push(page)
      await signIn(page, it.server.base, role.email ? role : it.server.passwords[role])
      await page.goto(it.server.base + path)
      await settled(page)
      return { page, wrong }
    },
  }
  before(async () => {
    it.chrome = await browser()
    it.server = await demo()
  })
  after(async () => { await it.chrome?.close(); await it.server?.stop() })
  afterEach(() => Promise.all(opened.splice(0).map((page) => page.context().close())))
  return it
}

/** Asks the API in the page; answers what it answers. */
export async function ask(page, method, path, body) {
  return page.evaluate(async ([how, where, what]) => {
    const answer = await fetch(where, { method: how, ...(what ? { headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }, body: JSON.stringify(what) } : {}) })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    return answer.json()
  }, [method, path, body])
}

/** What has the focus: its name, and whether it is in sight and marked. */
export const focused = (page) => page.evaluate(() => {
  const it = document.activeElement
  if (it === document.body) return { name: '', seen: true, marked: true }
  // Of a choice that is drawn by its label alone the label is what is seen.
  const drawn = it.matches('[type=radio], [type=checkbox]') && it.getBoundingClientRect().height < 2 ? (it.labels[0] ?? it) : it
  const { width, height, top, left, bottom, right } = drawn.getBoundingClientRect()
  const marks = [it, it.parentElement, it.nextElementSibling, it.labels?.[0], it.closest('label')].filter(Boolean).map((one) => getComputedStyle(one))
  const label = [...(it.labels ?? [])].map((one) => one.textContent).join(' ')
  return {
    name: (it.getAttribute('aria-label') || label || it.textContent || it.getAttribute('placeholder') || '').replace(' *', '').trim(),
    seen: width > 0 && height > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
    marked: marks.some(({ outlineStyle, outlineWidth, boxShadow, borderColor, borderStyle }) => (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none' || (it.matches('input, textarea, select, .mantine-Input-input, [role="option"]') && borderStyle !== 'none' && borderColor)) || it.matches('[role="menuitem"]'),
  }
})

/** Goes on by Tab until something of this name has the focus; everything on the way can be seen. */
export async function to(page, name, most = 90) {
  const way = []
  for (let step = 0; step < most; step += 1) {
    const it = await focused(page)
    if (name instanceof RegExp ? name.test(it.name) : it.name === name) {
      assert.ok(it.seen, `${it.name} has the focus out of sight`)
      assert.ok(it.marked, `${it.name} has the focus, and nothing shows it`)
      return
    }
    way.push(it.name.slice(0, 40))
    await page.keyboard.press('Tab')
  }
  assert.fail(`no way by Tab to ${name}: ${way.join(' | ')}`)
}

export const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key) }
export const dialog = (page) => page.getByRole('dialog')

/** Opens a dialog from where the focus is, leaves it by Escape, and is back. */
export async function thereAndBack(page, name) {
  await to(page, name)
  await press(page, 'Enter')
  await dialog(page).waitFor()
  await page.waitForFunction(() => document.activeElement?.closest('[role="dialog"]'))
  await press(page, 'Escape')
  await dialog(page).waitFor({ state: 'detached' })
  await page.waitForFunction((wanted) => [document.activeElement?.getAttribute('aria-label'), document.activeElement?.textContent].some((text) => new RegExp(wanted).test(text ?? '')), name instanceof RegExp ? name.source : `^${name}$`)
}

/** Chooses in a list that opens below a field. */
export async function pick(page, field, option) {
  await to(page, field)
  // A field that one may search in opens as it gets the focus.
  if (!(await page.getByRole('option').first().isVisible())) await press(page, 'ArrowDown')
  await page.getByRole('option', { name: option, exact: true }).waitFor()
  for (let step = 0; step < 60; step += 1) {
    if (await page.locator('[role="option"][data-combobox-selected]').filter({ hasText: option }).count()) return press(page, 'Enter')
    await press(page, 'ArrowDown')
  }
  assert.fail(`${option} is not among what ${field} offers`)
}

/** Goes by arrows from the choice that has the focus to another of its group. */
export async function arrows(page, name, key = 'ArrowRight') {
  for (let step = 0; step < 12; step += 1) {
    if ((await focused(page)).name === name) return
    await press(page, key)
  }
  assert.fail(`no way by arrows to ${name}`)
}
