import { Badge, Button, Card, Group, Stack, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { webhooks } from '../../../api/queries'
import type { Organization, Webhook } from '../../../api/types'
import { Secret } from '../../../components/secret'
import { t } from '../../../language/language'
import { Empty, Shown } from '../../../ui/states'
import { Status } from '../../../ui/status'
import { words } from '../../../ui/words'
import { Deliveries } from './deliveries'
import { EditWebhook, NewWebhook } from './edit'
import { Orders } from './orders'

/** Where the organization is told of its events, and what arrived. */
export function Webhooks({ organization }: { organization: Organization }) {
  const { webhook: chosen } = useSearch({ from: '/shell/organization' })
  const navigate = useNavigate({ from: '/organization' })
  const [making, { open, close }] = useDisclosure()
  const [editing, setEditing] = useState<Webhook>()
  const [secret, setSecret] = useState<string>()
  const query = useQuery(webhooks(organization.id))
  const look = (id: string | undefined) => navigate({ search: (before) => ({ tab: before.tab, webhook: id }) })
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" flex="1 1 260px">{t('Events are posted as CloudEvents, signed by Standard Webhooks; what fails is tried again for three days.')}</Text>
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>{t('New webhook')}</Button>
      </Group>
      {secret && <Secret title={t('The secret that signatures are verified with. It is shown once.')} text={secret} />}
      <Shown query={query}>
        {({ webhooks: list }) => list.length === 0 ? <Empty title={t('No webhooks yet')}>{t('Other programs can be told of what happens here.')}</Empty> : (
          <>
            <Card p={0} className="table-box stack" tabIndex={0}>
              <Table>
                <Table.Thead><Table.Tr><Table.Th>{t('Where')}</Table.Th><Table.Th>{t('Of what')}</Table.Th><Table.Th>{t('State')}</Table.Th><Table.Th /></Table.Tr></Table.Thead>
                <Table.Tbody>
                  {list.map((one) => (
                    <Table.Tr key={one.id} bg={one.id === chosen ? 'var(--mantine-color-default-hover)' : undefined}>
                      <Table.Td maw={380}><Stack gap={0}><Text size="sm" fw={600}>{one.url}</Text><Text size="xs" c="dimmed">{[one.description, one.ordered && t('in order')].filter(Boolean).join(' · ')}</Text></Stack></Table.Td>
                      <Table.Td><Group gap={4}>{one.eventTypes.map((type) => <Badge key={type} variant="default" tt="none">{type}</Badge>)}</Group></Table.Td>
                      <Table.Td><Stack gap={2}><Status of={one.status} />{one.disabledReason && <Text size="xs" c="dimmed">{words(one.disabledReason)}</Text>}</Stack></Table.Td>
                      <Table.Td ta="right">
                        <Group gap={6} justify="flex-end" wrap="nowrap">
                          <Button size="compact-sm" variant={one.id === chosen ? 'light' : 'default'} aria-label={t('Deliveries to {{url}}', { url: one.url })} aria-expanded={one.id === chosen} onClick={() => void look(one.id === chosen ? undefined : one.id)}>{t('Deliveries')}</Button>
                          <Orders of={one} edit={() => setEditing(one)} rotated={setSecret} gone={() => look(undefined)} />
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Card>
            {list.some(({ id }) => id === chosen) && chosen && <Deliveries id={chosen} />}
          </>
        )}
      </Shown>
      {making && <NewWebhook organization={organization} close={close} made={setSecret} />}
      {editing && <EditWebhook key={editing.id} it={editing} close={() => setEditing(undefined)} />}
    </Stack>
  )
}
