import { afterEach, expect, it, vi } from 'vitest'
import { typeAhead, typedAhead } from './ahead'

const press = (key: string, more: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  document.body.dispatchEvent(event)
  return event
}

afterEach(() => void typedAhead())

it('what is typed while the palette is on its way is kept for it, and is no shortcut of the page', () => {
  const page = vi.fn()
  addEventListener('keydown', page)
  typeAhead(() => undefined)
  const events = [...'Go b?'].map((key) => press(key))
  press('Enter')
  press('Backspace')
  expect(events.every(({ defaultPrevented }) => defaultPrevented)).toBe(true)
  expect(page).not.toHaveBeenCalled()
  expect(typedAhead()).toBe('Go b')
  press('g')
  expect(page).toHaveBeenCalledOnce()
  removeEventListener('keydown', page)
})

it('asked for twice, it keeps what was typed in between', () => {
  typeAhead(() => undefined)
  press('a')
  typeAhead(() => undefined)
  press('b')
  expect(typedAhead()).toBe('ab')
})

it('Escape leaves it, and keys of the browser stay those of the browser', () => {
  const left = vi.fn(() => void typedAhead())
  typeAhead(left)
  expect(press('r', { ctrlKey: true }).defaultPrevented).toBe(false)
  expect(press('F5').defaultPrevented).toBe(false)
  press('Escape')
  expect(left).toHaveBeenCalledOnce()
  expect(press('x').defaultPrevented).toBe(false)
})
