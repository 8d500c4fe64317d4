import { Badge } from '@mantine/core'
import { words, type About } from './words'

// The word stays whole and readable on its tint, in both schemes.
export const STYLES = { root: { flexShrink: 0, minWidth: 'max-content' }, label: { color: 'var(--mantine-color-text)', overflow: 'visible' } }

const COLORS: Record<string, string> = {
  draft: 'gray', pending_approval: 'yellow', approved: 'blue', confirmed: 'teal', in_progress: 'violet', completed: 'leaf', on_hold: 'orange', cancelled: 'red',
  assigned: 'yellow', declined: 'red', released: 'gray', checked_in: 'violet', no_show: 'red',
  healthy: 'leaf', degraded: 'yellow', unhealthy: 'red', active: 'leaf', suspended: 'red', inactive: 'gray', pending: 'yellow', rejected: 'red',
  closed: 'leaf', open: 'red', half_open: 'yellow', urgent: 'red', high: 'orange', medium: 'gray', low: 'gray',
  enabled: 'leaf', disabled: 'gray', delivered: 'leaf', failed: 'red', done: 'blue', applied: 'leaf', restarting: 'yellow', stopped: 'gray',
  available: 'leaf', unavailable: 'red', tentative: 'yellow', running: 'leaf', paused: 'yellow', alive: 'leaf', gone: 'red', replaced: 'gray', nobody: 'red',
}

export const statusColor = (status: string) => COLORS[status] ?? 'gray'

/** A state as a coloured word; the word alone says it. */
export function Status({ of, about, size = 'sm' }: { of: string; about?: About; size?: 'xs' | 'sm' | 'md' | 'lg' }) {
  return <Badge color={statusColor(of)} variant="light" size={size} tt="none" radius="sm" styles={STYLES}>{words(of, about)}</Badge>
}
