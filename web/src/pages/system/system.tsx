import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { Header } from '../../ui/header'
import { Forbidden } from '../../ui/states'
import { Circuits } from './circuits'
import { Cluster } from './cluster'
import { DeadLetters } from './dead-letters'
import { Events } from './events'
import { Overview } from './overview'
import { Services } from './services'
import { Verify } from './verify'
import { Subscriptions } from './subscriptions'

/** For whoever runs the platform. */
export function System() {
  const { mayAnywhere } = useAccess()
  const { tab } = useSearch({ from: '/shell/system' })
  const navigate = useNavigate({ from: '/system' })
  if (!mayAnywhere('read_system')) return <Forbidden />
  const writes = mayAnywhere('write_system')
  return (
    <>
      <Header title={t('System')} />
      <Tabs value={tab ?? 'health'} onChange={(next) => void navigate({ search: { tab: next ?? undefined } })} keepMounted={false}>
        <Tabs.List mb="md"><Tabs.Tab value="health">{t('Health')}</Tabs.Tab><Tabs.Tab value="services">{t('Services')}</Tabs.Tab><Tabs.Tab value="circuits">{t('Circuits')}</Tabs.Tab><Tabs.Tab value="subscriptions">{t('Subscriptions')}</Tabs.Tab><Tabs.Tab value="letters">{t('Dead letters')}</Tabs.Tab><Tabs.Tab value="events">{t('Events')}</Tabs.Tab><Tabs.Tab value="verify">{t('Verify')}</Tabs.Tab><Tabs.Tab value="cluster">{t('Cluster')}</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="health"><Overview /></Tabs.Panel>
        <Tabs.Panel value="services"><Services /></Tabs.Panel>
        <Tabs.Panel value="circuits"><Circuits writes={writes} /></Tabs.Panel>
        <Tabs.Panel value="subscriptions"><Subscriptions writes={writes} /></Tabs.Panel>
        <Tabs.Panel value="letters"><DeadLetters writes={writes} /></Tabs.Panel>
        <Tabs.Panel value="events"><Events /></Tabs.Panel>
        <Tabs.Panel value="verify"><Verify /></Tabs.Panel>
        <Tabs.Panel value="cluster"><Cluster /></Tabs.Panel>
      </Tabs>
    </>
  )
}
