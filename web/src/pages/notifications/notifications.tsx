import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { t } from '../../language/language'
import { Header } from '../../ui/header'
import { Inbox } from './inbox'
import { Preferences } from './preferences'

/** What the platform has told one, and what it is to tell. */
export function Notifications() {
  const { tab } = useSearch({ from: '/shell/notifications' })
  const navigate = useNavigate({ from: '/notifications' })
  return (
    <>
      <Header title={t('Notifications')} />
      <Tabs value={tab === 'preferences' ? tab : 'inbox'} onChange={(next) => void navigate({ search: { tab: next === 'inbox' ? undefined : next ?? undefined } })} keepMounted={false}>
        <Tabs.List mb="md"><Tabs.Tab value="inbox">{t('Inbox')}</Tabs.Tab><Tabs.Tab value="preferences">{t('What to tell me')}</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="inbox"><Inbox /></Tabs.Panel>
        <Tabs.Panel value="preferences"><Preferences /></Tabs.Panel>
      </Tabs>
    </>
  )
}
