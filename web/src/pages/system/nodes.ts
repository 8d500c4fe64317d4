// Which of a cluster's nodes somebody has to look after.
import type { Cluster } from '../../api/types'

type Node = Cluster['nodes'][number]

/** Whether one that is gone was started again: a later one is, or was, where it answered. */
export const replaced = (one: Node, all: Node[]) =>
  !one.alive && all.some(({ host, address, started }) => host === one.host && address === one.address && Date.parse(started) > Date.parse(one.started))

/** The one that answers, the others that are alive, and those that are gone, as they were last seen. */
export function inOrder(all: Node[], answers: Node['id'] | null | undefined): Node[] {
  const rank = ({ id, alive }: Node) => (id === answers ? 0 : alive ? 1 : 2)
  return all.toSorted((a, b) => rank(a) - rank(b) || (a.alive ? a.address.localeCompare(b.address) : a.heartbeatAgeMs - b.heartbeatAgeMs))
}
