// Every address of the application. A page is loaded when it is first looked at.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { NotFound } from './ui/states'
import { Shell } from './components/shell'
import { Crash } from './components/crash'

const root = createRootRoute({ notFoundComponent: NotFound, errorComponent: Crash })

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined)
const number = (value: unknown) => (Number.isInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined)

const signIn = createRoute({
  getParentRoute: () => root, path: '/sign-in',
  validateSearch: (search): { to?: string } => ({ to: text(search['to']) }),
  component: lazyRouteComponent(() => import('./pages/sign-in'), 'SignIn'),
})
const link = createRoute({ getParentRoute: () => root, path: '/link', component: lazyRouteComponent(() => import('./pages/link'), 'Link') })

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell, errorComponent: Crash })

const today = createRoute({ getParentRoute: () => shell, path: '/', component: lazyRouteComponent(() => import('./pages/today'), 'Today') })

const bookings = createRoute({
  getParentRoute: () => shell, path: '/bookings',
  validateSearch: (search): { search?: string; status?: string; priority?: string; from?: string; to?: string; sort?: string; page?: number } => ({
    search: text(search['search']), status: text(search['status']), priority: text(search['priority']),
    from: text(search['from']), to: text(search['to']), sort: text(search['sort']), page: number(search['page']),
  }),
  component: lazyRouteComponent(() => import('./pages/bookings/list'), 'Bookings'),
})
const newBooking = createRoute({
  getParentRoute: () => shell, path: '/bookings/new',
  validateSearch: (search): { start?: string; end?: string; locationId?: string } => ({ start: text(search['start']), end: text(search['end']), locationId: text(search['locationId']) }),
  component: lazyRouteComponent(() => import('./pages/bookings/create'), 'NewBooking'),
})
const booking = createRoute({ getParentRoute: () => shell, path: '/bookings/$id', component: lazyRouteComponent(() => import('./pages/bookings/detail'), 'BookingPage') })
const editBooking = createRoute({ getParentRoute: () => shell, path: '/bookings/$id/edit', component: lazyRouteComponent(() => import('./pages/bookings/edit'), 'EditBooking') })

const schedule = createRoute({
  getParentRoute: () => shell, path: '/schedule',
  validateSearch: (search): { view?: string; date?: string; by?: string; locationId?: string } => ({
    view: text(search['view']), date: text(search['date']), by: text(search['by']), locationId: text(search['locationId']),
  }),
  component: lazyRouteComponent(() => import('./pages/schedule/schedule'), 'Schedule'),
})

const staff = createRoute({
  getParentRoute: () => shell, path: '/staff',
  validateSearch: (search): { search?: string; skill?: string; level?: string; page?: number } => ({
    search: text(search['search']), skill: text(search['skill']), level: text(search['level']), page: number(search['page']),
  }),
  component: lazyRouteComponent(() => import('./pages/staff/directory'), 'Directory'),
})
const leave = createRoute({ getParentRoute: () => shell, path: '/staff/leave', component: lazyRouteComponent(() => import('./pages/staff/leave'), 'LeaveRequests') })
const staffMember = createRoute({ getParentRoute: () => shell, path: '/staff/$id', component: lazyRouteComponent(() => import('./pages/staff/profile'), 'Profile') })

const work = createRoute({ getParentRoute: () => shell, path: '/work', component: lazyRouteComponent(() => import('./pages/field/work'), 'MyWork') })
const myAvailability = createRoute({ getParentRoute: () => shell, path: '/availability', component: lazyRouteComponent(() => import('./pages/field/availability'), 'MyAvailability') })

const locations = createRoute({
  getParentRoute: () => shell, path: '/locations',
  validateSearch: (search): { search?: string; page?: number } => ({ search: text(search['search']), page: number(search['page']) }),
  component: lazyRouteComponent(() => import('./pages/locations/list'), 'Locations'),
})
const location = createRoute({ getParentRoute: () => shell, path: '/locations/$id', component: lazyRouteComponent(() => import('./pages/locations/detail'), 'LocationPage') })

const statistics = createRoute({
  getParentRoute: () => shell, path: '/statistics',
  validateSearch: (search): { from?: string; to?: string } => ({ from: text(search['from']), to: text(search['to']) }),
  component: lazyRouteComponent(() => import('./pages/statistics'), 'StatisticsPage'),
})
const notifications = createRoute({ getParentRoute: () => shell, path: '/notifications', component: lazyRouteComponent(() => import('./pages/notifications'), 'Inbox') })
const organization = createRoute({ getParentRoute: () => shell, path: '/organization', component: lazyRouteComponent(() => import('./pages/organization/organization'), 'OrganizationPage') })
const account = createRoute({ getParentRoute: () => shell, path: '/account', component: lazyRouteComponent(() => import('./pages/account/account'), 'Account') })
const system = createRoute({ getParentRoute: () => shell, path: '/system', component: lazyRouteComponent(() => import('./pages/system/system'), 'System') })
// What people type.
const login = createRoute({ getParentRoute: () => root, path: '/login', beforeLoad: () => { throw redirect({ to: '/sign-in', search: {} }) } })

const tree = root.addChildren([
  signIn, link, login,
  shell.addChildren([today, bookings, newBooking, booking, editBooking, schedule, staff, leave, staffMember, work, myAvailability, locations, location, statistics, notifications, organization, account, system]),
])

export const router = createRouter({ routeTree: tree, defaultPreload: 'intent', scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
