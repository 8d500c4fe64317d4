import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { problemIn } from '../../api/errors'
import { optimization } from '../../api/queries'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { Header } from '../../ui/header'
import { Empty, Forbidden, Shown } from '../../ui/states'
import { Ask } from './ask'
import { Found } from './found'
import { Running } from './running'

/** The best staff for all bookings of a range: asked for, followed, looked at, put into force. */
export function Optimizer() {
  const { id } = useSearch({ from: '/shell/optimizer' })
  const navigate = useNavigate({ from: '/optimizer' })
  const { organization, may } = useAccess()
  if (!organization || !may('assign_staff')) return <Forbidden />
  const look = (next: string | undefined) => void navigate({ search: { id: next } })
  return (
    <>
      <Header title={t('Optimizer')} sub={t('Finds staff for all open places of {{name}} at once. Nothing changes until the plan is put into force.', { name: organization.name })} />
      {id ? <Search id={id} again={() => look(undefined)} /> : <Ask organization={organization} began={look} />}
    </>
  )
}

function Search({ id, again }: { id: string; again: () => void }) {
  const query = useQuery(optimization(id))
  // A search is forgotten an hour after its end, and with a restart.
  if (query.error && problemIn(query.error).status === 404) return <Empty title={t('This search is forgotten')} action={<Button variant="light" onClick={again}>{t('Search again')}</Button>}>{t('Searches are kept for an hour.')}</Empty>
  return <Shown query={query}>{(it) => (it.state === 'running' ? <Running it={it} /> : <Found it={it} again={again} />)}</Shown>
}
