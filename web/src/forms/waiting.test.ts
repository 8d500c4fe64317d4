import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sendOrKeep, sendWaiting, waiting, type Step } from './waiting'

const step = (key: string): Step => ({ key, bookingId: 'b', assignmentId: 'a', step: 'check-in', presence: { at: '2027-06-01T16:00:00Z' } })
const answers = (...statuses: (number | 'lost')[]) => {
  const keys: (string | null)[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    keys.push(request.headers.get('Idempotency-Key'))
    const status = statuses.shift()
    if (status === 'lost') throw new TypeError('Failed to fetch')
    return new Response(JSON.stringify({ status, code: 'x', title: 'x', detail: 'x' }), { status: status ?? 200, headers: { 'Content-Type': 'application/json' } })
  })
  return keys
}

const told = (error: unknown) => { throw error }

beforeEach(() => localStorage.clear())
afterEach(() => vi.unstubAllGlobals())

describe('a check-in without a connection', () => {
  it('is kept, and sent later once, under the key it was made with', async () => {
    const keys = answers('lost', 200)
    expect(await sendOrKeep('u', step('k1'))).toBe('kept')
    expect(waiting('u')).toHaveLength(1)
    await Promise.all([sendWaiting('u', told), sendWaiting('u', told)])
    expect(waiting('u')).toHaveLength(0)
    expect(keys).toEqual(['k1', 'k1'])
  })
  it('stays where the connection is still lost, and keeps its order', async () => {
    answers('lost', 'lost', 'lost')
    await sendOrKeep('u', step('k1'))
    await sendOrKeep('u', step('k2'))
    await sendWaiting('u', told)
    expect(waiting('u').map(({ key }) => key)).toEqual(['k1', 'k2'])
  })
  it('is given up where the server refuses it, and that is told', async () => {
    answers('lost', 409)
    await sendOrKeep('u', step('k1'))
    const refused = vi.fn()
    await sendWaiting('u', refused)
    expect(waiting('u')).toHaveLength(0)
    expect(refused).toHaveBeenCalledOnce()
  })
  it('waits for a session that has ended, and is not sent by somebody else', async () => {
    const keys = answers('lost', 401, 200)
    await sendOrKeep('u', step('k1'))
    await sendWaiting('u', told)
    await sendWaiting('another', told)
    expect(waiting('u')).toHaveLength(1)
    await sendWaiting('u', told)
    expect(keys).toEqual(['k1', 'k1', 'k1'])
  })
  it('that the server refuses at once is not kept', async () => {
    answers(409)
    await expect(sendOrKeep('u', step('k1'))).rejects.toThrow()
    expect(waiting('u')).toHaveLength(0)
  })
})
