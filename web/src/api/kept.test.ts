import { beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from './errors'
import { forgetKept, orKept } from './kept'

const lost = () => Promise.reject(new ApiError({ status: 0, code: 'offline', title: 'No connection', detail: '' }))
const refused = (status: number) => () => Promise.reject(new ApiError({ status, code: 'x', title: 'x', detail: '' }))

beforeEach(() => {
  localStorage.clear()
  vi.useRealTimers()
})

it('what was read last stands in where the server cannot be reached, and only there', async () => {
  await expect(orKept('work', lost)).rejects.toThrow()
  expect(await orKept('work', async () => ({ n: 1 }))).toEqual({ n: 1 })
  expect(await orKept('work', lost)).toEqual({ n: 1 })
  expect(await orKept('work', async () => ({ n: 2 }))).toEqual({ n: 2 })
  expect(await orKept('work', lost)).toEqual({ n: 2 })
  for (const status of [401, 403, 404, 500, 503]) await expect(orKept('work', refused(status))).rejects.toThrow()
})

it('is gone with whoever signs out, and after a week', async () => {
  await orKept('work', async () => 1)
  vi.useFakeTimers({ now: Date.now() + 8 * 86_400_000 })
  await expect(orKept('work', lost)).rejects.toThrow()
  vi.useRealTimers()
  await orKept('work', async () => 1)
  localStorage.setItem('rishi.waiting.somebody', '[]')
  forgetKept()
  await expect(orKept('work', lost)).rejects.toThrow()
  expect(localStorage.getItem('rishi.waiting.somebody')).toBe('[]')
})
