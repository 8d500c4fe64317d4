// Who uses the page, for which organization, on which clock. What may be done is the server's answer to
// `/api/auth/me`; a page only leaves out what would be refused.
import { useSuspenseQueries } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { me, organizations } from '../api/queries'
import type { Capability, Me, Organization } from '../api/types'
import { speakTo } from '../language/language'
import { ownZone } from '../time/zone'

interface Access {
  me: Me
  /** Those that the caller may look into, the chosen one among them. */
  organizations: Organization[]
  organization: Organization | undefined
  choose: (id: string) => void
  /** The clock that times are shown on. */
  zone: string
  /** Whether a capability holds: in the chosen organization, or in one that is named. */
  may: (capability: Capability, organizationId?: string) => boolean
  /** Whether it holds anywhere. */
  mayAnywhere: (capability: Capability) => boolean
}

const Context = createContext<Access | undefined>(undefined)

const CHOSEN = 'rishi.organization'

interface Permission { assigned: boolean; everywhere: boolean; organizations: string[]; ownIn: string[] }

export function AccessProvider({ children }: { children: ReactNode }) {
  // Both are asked for at once.
  const [{ data }, { data: listed }] = useSuspenseQueries({ queries: [me(), organizations()] })
  const [chosen, setChosen] = useState(() => localStorage.getItem(CHOSEN))
  useEffect(() => void speakTo(data.user.locale), [data.user.locale])
  const value = useMemo<Access>(() => {
    const permissions = data.permissions as Partial<Record<Capability, Permission>>
    const all = listed
    // Work is booked by clients: who serves several begins with one of those.
    const organization = all.find(({ id }) => id === chosen) ?? all.find(({ kind }) => kind === 'client') ?? all[0]
    const holds = (permission: Permission | undefined, id: string | undefined) =>
      permission !== undefined && (permission.everywhere || permission.assigned || (id !== undefined && (permission.organizations.includes(id) || permission.ownIn.includes(id))))
    return {
      me: data,
      organizations: all,
      organization,
      choose(id) {
        localStorage.setItem(CHOSEN, id)
        setChosen(id)
      },
      zone: data.user.timezone || ownZone(),
      may: (capability, id) => holds(permissions[capability], id ?? organization?.id),
      mayAnywhere: (capability) => permissions[capability] !== undefined,
    }
  }, [data, listed, chosen])
  return <Context.Provider value={value}>{children}</Context.Provider>
}

export function useAccess(): Access {
  const access = useContext(Context)
  if (!access) throw new Error('a page outside the shell')
  return access
}

/** The filter that keeps a list to the chosen organization. */
export function useOrganizationFilter(): { organizationId?: string } {
  const { organization } = useAccess()
  return organization ? { organizationId: organization.id } : {}
}
