import { expect, it } from 'vitest'
import { inOrder, replaced } from './nodes'

const node = (id: string, address: string, minute: number, alive: boolean, heartbeatAgeMs = 0) =>
  ({ id, host: 'one', address, alive, heartbeatAgeMs, started: `2026-11-28T09:${minute}:00Z`, leases: 0, roles: ['worker'], version: '0.1.0' })

const all = [node('killed', ':81', 20, false, 5_000), node('before it', ':81', 10, false, 900_000), node('restarted', ':82', 30, true), node('before that', ':82', 15, false, 600_000), node('answers', ':83', 12, true)]

it('a node that was started again is missed by nobody, whether or not the later one is still there', () => {
  expect(all.filter((one) => replaced(one, all)).map(({ id }) => id)).toEqual(['before it', 'before that'])
})

it('the node that answers comes first, then who is alive, then who was last seen', () => {
  expect(inOrder(all, 'answers').map(({ id }) => id)).toEqual(['answers', 'restarted', 'killed', 'before that', 'before it'])
})
