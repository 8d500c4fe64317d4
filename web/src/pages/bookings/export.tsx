import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { BookingFilter } from '../../api/queries'
import { t } from '../../language/language'

const what = () => [['bookings', t('Bookings')], ['assignments', t('Who was assigned')], ['hours', t('Hours worked')]] as const

/** Everything that the filters find, on all pages, as a file that the server writes (docs/csv.md). */
export function Export({ filter }: { filter: BookingFilter }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target><Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>CSV</Button></Menu.Target>
      <Menu.Dropdown>
        {what().map(([of, label]) => <Menu.Item key={of} component="a" href={address(filter, of)} download={`${of}.csv`}>{label}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  )
}

function address(filter: BookingFilter, of: string): string {
  const query = new URLSearchParams({ format: 'csv', of })
  for (const [name, value] of Object.entries(filter)) {
    // A file has no pages.
    if (['page', 'limit', 'after'].includes(name) || value === undefined || value === null) continue
    query.set(name, String(value))
  }
  return `/api/bookings/export?${query}`
}
