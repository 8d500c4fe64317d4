// Every address of the application. A page is loaded when it is first looked at.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLanguage } from './language/language'
import { NotFound } from './ui/states'
import { Shell } from './components/shell'
import { Crash } from './components/crash'

/** A page that is loaded when it is first looked at, and drawn again in another language: the router would keep it as it is. */
function page<Name extends string>(load: () => Promise<Record<Name, () => ReactNode>>, name: Name) {
  const Page = lazyRouteComponent<Record<string, () => ReactNode>, string>(load, name)
  function Spoken() {
    useLanguage()
    return <Page />
  }
  return Object.assign(Spoken, { preload: Page.preload })
}

const root = createRootRoute({ notFoundComponent: NotFound, errorComponent: Crash })

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined)
const number = (value: unknown) => (Number.isInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined)

const signIn = createRoute({
  getParentRoute: () => root, path: '/sign-in',
  validateSearch: (search): { to?: string } => ({ to: text(search['to']) }),
  component: page(() => import('./pages/sign-in'), 'SignIn'),
})
const forgot = createRoute({ getParentRoute: () => root, path: '/forgot', component: page(() => import('./pages/forgot'), 'Forgot') })
const link = createRoute({ getParentRoute: () => root, path: '/link', component: page(() => import('./pages/link'), 'Link') })

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell, errorComponent: Crash })

const today = createRoute({ getParentRoute: () => shell, path: '/', component: page(() => import('./pages/today'), 'Today') })

const bookings = createRoute({
  getParentRoute: () => shell, path: '/bookings',
  validateSearch: (search): { search?: string; status?: string; priority?: string; from?: string; to?: string; sort?: string; page?: number } => ({
    search: text(search['search']), status: text(search['status']), priority: text(search['priority']),
    from: text(search['from']), to: text(search['to']), sort: text(search['sort']), page: number(search['page']),
  }),
  component: page(() => import('./pages/bookings/list'), 'Bookings'),
})
const newBooking = createRoute({
  getParentRoute: () => shell, path: '/bookings/new',
  validateSearch: (search): { start?: string; end?: string; locationId?: string } => ({ start: text(search['start']), end: text(search['end']), locationId: text(search['locationId']) }),
  component: page(() => import('./pages/bookings/create'), 'NewBooking'),
})
const importBookings = createRoute({ getParentRoute: () => shell, path: '/bookings/import', component: page(() => import('./pages/bookings/import'), 'Import') })
const booking = createRoute({ getParentRoute: () => shell, path: '/bookings/$id', component: page(() => import('./pages/bookings/detail'), 'BookingPage') })
const editBooking = createRoute({ getParentRoute: () => shell, path: '/bookings/$id/edit', component: page(() => import('./pages/bookings/edit'), 'EditBooking') })

const schedule = createRoute({
  getParentRoute: () => shell, path: '/schedule',
  validateSearch: (search): { view?: string; date?: string; by?: string; locationId?: string; page?: number } => ({
    view: text(search['view']), date: text(search['date']), by: text(search['by']), locationId: text(search['locationId']), page: number(search['page']),
  }),
  component: page(() => import('./pages/schedule/schedule'), 'Schedule'),
})

const staff = createRoute({
  getParentRoute: () => shell, path: '/staff',
  validateSearch: (search): { search?: string; skill?: string; level?: string; certified?: string; free?: string; until?: string; status?: string; page?: number } => ({
    search: text(search['search']), skill: text(search['skill']), level: text(search['level']), certified: text(search['certified']),
    free: text(search['free']), until: text(search['until']), status: text(search['status']), page: number(search['page']),
  }),
  component: page(() => import('./pages/staff/directory'), 'Directory'),
})
const leave = createRoute({
  getParentRoute: () => shell, path: '/staff/leave',
  validateSearch: (search): { approval?: string; page?: number } => ({ approval: text(search['approval']), page: number(search['page']) }),
  component: page(() => import('./pages/staff/leave'), 'LeaveRequests'),
})
const staffMember = createRoute({ getParentRoute: () => shell, path: '/staff/$id', component: page(() => import('./pages/staff/profile'), 'Profile') })

const work = createRoute({ getParentRoute: () => shell, path: '/work', component: page(() => import('./pages/field/work'), 'MyWork') })
const myAvailability = createRoute({
  getParentRoute: () => shell, path: '/availability',
  validateSearch: (search): { date?: string } => ({ date: text(search['date']) }),
  component: page(() => import('./pages/field/availability'), 'MyAvailability'),
})

const locations = createRoute({
  getParentRoute: () => shell, path: '/locations',
  validateSearch: (search): { search?: string; page?: number } => ({ search: text(search['search']), page: number(search['page']) }),
  component: page(() => import('./pages/locations/list'), 'Locations'),
})
const location = createRoute({ getParentRoute: () => shell, path: '/locations/$id', component: page(() => import('./pages/locations/detail'), 'LocationPage') })

const statistics = createRoute({
  getParentRoute: () => shell, path: '/statistics',
  validateSearch: (search): { from?: string; to?: string } => ({ from: text(search['from']), to: text(search['to']) }),
  component: page(() => import('./pages/statistics'), 'StatisticsPage'),
})
const notifications = createRoute({
  getParentRoute: () => shell, path: '/notifications',
  validateSearch: (search): { tab?: string; unread?: boolean; page?: number } => ({ tab: text(search['tab']), unread: search['unread'] === true || undefined, page: number(search['page']) }),
  component: page(() => import('./pages/notifications/notifications'), 'Notifications'),
})
const organization = createRoute({
  getParentRoute: () => shell, path: '/organization',
  validateSearch: (search): { tab?: string; page?: number; webhook?: string; status?: string } => ({
    tab: text(search['tab']), page: number(search['page']), webhook: text(search['webhook']), status: text(search['status']),
  }),
  component: page(() => import('./pages/organization/organization'), 'OrganizationPage'),
})
const optimizer = createRoute({
  getParentRoute: () => shell, path: '/optimizer',
  validateSearch: (search): { id?: string } => ({ id: text(search['id']) }),
  component: page(() => import('./pages/optimizer/optimizer'), 'Optimizer'),
})
const account = createRoute({ getParentRoute: () => shell, path: '/account', component: page(() => import('./pages/account/account'), 'Account') })
const system = createRoute({
  getParentRoute: () => shell, path: '/system',
  validateSearch: (search): { tab?: string; page?: number; type?: string; subject?: string } => ({ tab: text(search['tab']), page: number(search['page']), type: text(search['type']), subject: text(search['subject']) }),
  component: page(() => import('./pages/system/system'), 'System'),
})
// What people type.
const login = createRoute({ getParentRoute: () => root, path: '/login', beforeLoad: () => { throw redirect({ to: '/sign-in', search: {} }) } })

const tree = root.addChildren([
  signIn, forgot, link, login,
  shell.addChildren([today, bookings, newBooking, importBookings, booking, editBooking, schedule, staff, leave, staffMember, work, myAvailability, locations, location, statistics, optimizer, notifications, organization, account, system]),
])

export const router = createRouter({ routeTree: tree, defaultPreload: 'intent', scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
