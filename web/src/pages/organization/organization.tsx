import { Tabs } from '@mantine/core'
import { useAccess } from '../../components/access'
import { Header } from '../../ui/header'
import { Forbidden } from '../../ui/states'
import { words } from '../../ui/words'
import { Members } from './members'
import { SettingsForm } from './settings'
import { Tokens } from './tokens'

export function OrganizationPage() {
  const { organization, may } = useAccess()
  if (!organization) return <Forbidden />
  const tabs = [
    may('read_users') && (['Members', <Members key="m" organization={organization} />] as const),
    may('write_organization_settings') && (['Settings', <SettingsForm key={organization.id} organization={organization} />] as const),
    may('manage_integrations') && (['API tokens', <Tokens key="t" organization={organization} />] as const),
  ].filter((tab) => tab !== false)
  return (
    <>
      <Header title={organization.name} sub={`${words(organization.kind)} · tier ${organization.tier} · ${organization.timezone} · ${organization.currency}`} />
      {tabs.length === 0 ? <Forbidden /> : (
        <Tabs defaultValue={tabs[0]?.[0]} keepMounted={false}>
          <Tabs.List mb="md">{tabs.map(([name]) => <Tabs.Tab key={name} value={name}>{name}</Tabs.Tab>)}</Tabs.List>
          {tabs.map(([name, panel]) => <Tabs.Panel key={name} value={name}>{panel}</Tabs.Panel>)}
        </Tabs>
      )}
    </>
  )
}
