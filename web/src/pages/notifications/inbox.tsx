import { ActionIcon, Button, Card, Group, Stack, Switch, Text, Tooltip } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconCheck, IconPointFilled } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { api } from '../../api/client'
import { notifications, PAGE } from '../../api/queries'
import type { Notification } from '../../api/types'
import { t } from '../../language/language'
import { sayAgo } from '../../time/say'
import { Pages } from '../../ui/pages'
import { Empty, Shown } from '../../ui/states'

/** Newest first; what is unread is marked, and read when it is followed. New ones come in by themselves. */
export function Inbox() {
  const { page, unread } = useSearch({ from: '/shell/notifications' })
  const navigate = useNavigate({ from: '/notifications' })
  const queries = useQueryClient()
  const query = useQuery(notifications(page ?? 1, unread))
  const settled = { onSettled: () => queries.invalidateQueries({ queryKey: ['notification'] }) }
  const read = useMutation({ mutationFn: (id: string) => api.POST('/api/notifications/{id}/read', { params: { path: { id } } }), ...settled })
  const all = useMutation({ mutationFn: () => api.POST('/api/notifications/read-all'), ...settled })
  return (
    <Stack maw={800}>
      <Group justify="space-between">
        <Switch label={t('Only what is unread')} checked={unread ?? false} onChange={({ currentTarget }) => void navigate({ search: { unread: currentTarget.checked || undefined } })} />
        <Button variant="default" size="sm" disabled={!query.data?.unreadCount} loading={all.isPending} onClick={() => all.mutate()}>{t('Mark all as read')}</Button>
      </Group>
      <Shown query={query}>
        {({ notifications: list, pagination }) => list.length === 0 ? <Empty title={unread ? t('Everything is read') : t('Nothing has happened yet')}>{t('What concerns you is told here.')}</Empty> : (
          <>
            {list.map((one) => (
              <Card key={one.id} padding="sm" bg={one.readAt ? undefined : 'var(--mantine-color-default-hover)'}>
                <Group justify="space-between" wrap="nowrap" align="start">
                  <Group gap={6} wrap="nowrap" align="start" miw={0}>
                    {!one.readAt && <IconPointFilled size={18} color="var(--mantine-color-leaf-6)" role="img" aria-label={t('Unread')} style={{ flexShrink: 0, marginTop: 3 }} />}
                    <Stack gap={2} miw={0}>
                      <About one={one} opened={() => { if (!one.readAt) read.mutate(one.id) }}>{one.title}</About>
                      <Text size="sm">{one.message}</Text>
                    </Stack>
                  </Group>
                  <Group gap={4} wrap="nowrap">
                    <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>{sayAgo(one.createdAt)}</Text>
                    {!one.readAt && <Tooltip label={t('Mark as read')}><ActionIcon variant="subtle" color="gray" aria-label={t('Mark as read: {{title}}', { title: one.title })} onClick={() => read.mutate(one.id)}><IconCheck size={16} /></ActionIcon></Tooltip>}
                  </Group>
                </Group>
              </Card>
            ))}
            <Pages total={pagination.total} size={PAGE} page={page} turn={(next) => void navigate({ search: (before) => ({ ...before, page: next }) })} of={t('notifications')} />
          </>
        )}
      </Shown>
    </Stack>
  )
}

/** A title that leads to what it is about. */
function About({ one: { relatedEntityType: type, relatedEntityId: id }, opened, children }: { one: Notification; opened: () => void; children: ReactNode }) {
  const shared = { className: 'row-link', onClick: opened }
  if (type === 'booking') return <Link to="/bookings/$id" params={{ id }} {...shared}>{children}</Link>
  if (type === 'staff') return <Link to="/staff/$id" params={{ id }} {...shared}>{children}</Link>
  if (type === 'webhook') return <Link to="/organization" search={{ tab: 'webhooks' }} {...shared}>{children}</Link>
  return <Text fw={600}>{children}</Text>
}
