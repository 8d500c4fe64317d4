import { Card, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { services } from '../../api/queries'
import { t } from '../../language/language'
import { sayAgo } from '../../time/say'
import { Shown } from '../../ui/states'
import { Status } from '../../ui/status'

/** The parts that run inside the program, in the order in which they are started. */
export function Services() {
  const query = useQuery(services())
  return (
    <Shown query={query}>
      {({ services: list }) => (
        <Card p={0} className="table-box stack" tabIndex={0}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t('Service')}</Table.Th><Table.Th>{t('State')}</Table.Th><Table.Th>{t('Since')}</Table.Th><Table.Th ta="right">{t('Restarts')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {list.map((one) => (
                <Table.Tr key={one.name}>
                  <Table.Td><Text fw={600} size="sm">{one.name}{one.essential ? '' : ` (${t('not essential')})`}</Text>{one.lastFailure && <Text size="xs" c="dimmed">{one.lastFailure}{one.lastFailureTime && `, ${sayAgo(one.lastFailureTime)}`}</Text>}</Table.Td>
                  <Table.Td data-label={t('State')}><Status of={one.state} /></Table.Td><Table.Td data-label={t('Since')}>{sayAgo(one.since)}</Table.Td><Table.Td data-label={t('Restarts')} ta="right" className="numbers">{one.restarts}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </Shown>
  )
}
