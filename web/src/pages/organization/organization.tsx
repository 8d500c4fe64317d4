import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { Header } from '../../ui/header'
import { Forbidden } from '../../ui/states'
import { words } from '../../ui/words'
import { Members } from './members'
import { SettingsForm } from './settings'
import { Tokens } from './tokens'
import { Webhooks } from './webhooks/webhooks'

export function OrganizationPage() {
  const { organization, may } = useAccess()
  const { tab } = useSearch({ from: '/shell/organization' })
  const navigate = useNavigate({ from: '/organization' })
  if (!organization) return <Forbidden />
  const tabs = [
    may('read_users') && (['members', t('Members'), <Members key="m" organization={organization} />] as const),
    may('write_organization_settings') && (['settings', t('Settings'), <SettingsForm key={organization.id} organization={organization} />] as const),
    may('manage_integrations') && (['tokens', t('API tokens'), <Tokens key="t" organization={organization} />] as const),
    may('manage_integrations') && (['webhooks', t('Webhooks'), <Webhooks key="w" organization={organization} />] as const),
  ].filter((one) => one !== false)
  const shown = tabs.find(([name]) => name === tab)?.[0] ?? tabs[0]?.[0]
  return (
    <>
      <Header title={organization.name} sub={[words(organization.kind), t('tier {{tier}}', { tier: organization.tier }), organization.timezone, organization.currency].join(' · ')} />
      {tabs.length === 0 ? <Forbidden /> : (
        <Tabs value={shown ?? null} onChange={(next) => void navigate({ search: { tab: next ?? undefined } })} keepMounted={false}>
          <Tabs.List mb="md">{tabs.map(([name, label]) => <Tabs.Tab key={name} value={name}>{label}</Tabs.Tab>)}</Tabs.List>
          {tabs.map(([name, , panel]) => <Tabs.Panel key={name} value={name}>{panel}</Tabs.Panel>)}
        </Tabs>
      )}
    </>
  )
}
