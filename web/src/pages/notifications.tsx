import { Card, Group, Pagination, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { notifications } from '../api/queries'
import { sayAgo } from '../time/say'
import { Header } from '../ui/header'
import { Empty, Shown } from '../ui/states'
import { words } from '../ui/words'

/** What the platform has told one. */
export function Inbox() {
  const [page, setPage] = useState(1)
  const query = useQuery(notifications(page))
  return (
    <>
      <Header title="Notifications" />
      <Shown query={query}>
        {({ notifications: list, pagination }) => list.length === 0 ? <Empty title="Nothing has happened yet">What concerns you is told here.</Empty> : (
          <Stack maw={800}>
            {list.map((one) => (
              <Card key={one.id} padding="sm">
                <Group justify="space-between" wrap="nowrap" align="start">
                  <Stack gap={2} miw={0}>
                    {one.relatedEntityType === 'booking' ? <Link className="row-link" to="/bookings/$id" params={{ id: one.relatedEntityId }}>{one.title}</Link> : <Text fw={600}>{one.title}</Text>}
                    <Text size="sm">{one.message}</Text>
                  </Stack>
                  <Stack gap={0} align="end"><Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>{sayAgo(one.createdAt)}</Text></Stack>
                </Group>
              </Card>
            ))}
            <Pagination total={Math.ceil(pagination.total / 30)} value={page} onChange={setPage} getItemProps={(number) => ({ 'aria-label': `Page ${number}` })} getControlProps={(control) => ({ 'aria-label': `${words(control)} page` })} />
          </Stack>
        )}
      </Shown>
    </>
  )
}
