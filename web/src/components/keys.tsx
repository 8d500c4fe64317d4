import { Kbd, Table, Text } from '@mantine/core'
import { t } from '../language/language'
import { usePlaces } from './places'
import { Dialog } from '../ui/dialog'

/** Which keys do what. */
export default function Keys({ close, creates }: { close: () => void; creates: boolean }) {
  const rows: [string[], string][] = [
    [[t('Ctrl'), 'K'], t('Search and commands')], [['/'], t('The same')], [['?'], t('This list')], ...(creates ? [[['c'], t('New booking')] as [string[], string]] : []),
    ...usePlaces().map(({ key, label }): [string[], string] => [['g', key], label]),
  ]
  return (
    <Dialog close={close} title={t('Keyboard shortcuts')}>
      <Table highlightOnHover={false}><Table.Tbody>{rows.map(([keys, what]) => <Table.Tr key={what}><Table.Td w={130}>{keys.map((key) => <Kbd key={key} mr={4}>{key}</Kbd>)}</Table.Td><Table.Td>{what}</Table.Td></Table.Tr>)}</Table.Tbody></Table>
      <Text size="sm" c="dimmed" mt="sm">{t('Single letters can be switched off in your account.')}</Text>
    </Dialog>
  )
}
