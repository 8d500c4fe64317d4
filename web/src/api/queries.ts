// What is read, by name: pages ask for these and a change makes them ask again.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, body } from './client'
import { orKept } from './kept'
import type { operations } from './schema'
import type { PlatformEvent, Schedule } from './types'

export type BookingFilter = NonNullable<operations['listBookings']['parameters']['query']>
type StaffFilter = NonNullable<operations['listStaff']['parameters']['query']>
type AvailabilityFilter = NonNullable<operations['listAvailability']['parameters']['query']>

type ScheduleQuery = operations['readSchedule']['parameters']['query']
type DeliveryFilter = NonNullable<operations['listWebhookDeliveries']['parameters']['query']>

/** How many entries a page of a table has. */
export const PAGE = 25
/** And a page of the API at most. */
const MOST = 200

/** Every entry of a list, for choices that have to be whole. */
async function whole<P extends { pagination: { total: number } }, T>(ask: (page: number) => Promise<P>, entries: (page: P) => T[]): Promise<T[]> {
  const first = await ask(1)
  const found = [...entries(first)]
  while (found.length < first.pagination.total) {
    const more = entries(await ask(Math.ceil(found.length / MOST) + 1))
    if (more.length === 0) break
    found.push(...more)
  }
  return found
}

export const me = () =>
  queryOptions({ queryKey: ['me'], queryFn: () => orKept('me', () => body(api.GET('/api/auth/me'))), retry: false, staleTime: 60_000 })

export const organizations = () =>
  queryOptions({
    queryKey: ['organization'],
    queryFn: () => orKept('organizations', () => whole((page) => body(api.GET('/api/organizations', { params: { query: { limit: MOST, page } } })), ({ organizations: list }) => list)),
    staleTime: 60_000,
  })

export const members = (id: string, page: number) =>
  queryOptions({ queryKey: ['membership', id, page], queryFn: () => body(api.GET('/api/organizations/{id}/members', { params: { path: { id }, query: { limit: PAGE, page } } })), placeholderData: keepPreviousData })

export const bookings = (query: BookingFilter) =>
  queryOptions({ queryKey: ['booking', 'list', query], queryFn: () => body(api.GET('/api/bookings', { params: { query } })), placeholderData: keepPreviousData })

/** What somebody does, did lately, and is asked to do. */
export const work = (userId: string) =>
  queryOptions({
    queryKey: ['booking', 'work', userId],
    queryFn: () => {
      const query: BookingFilter = { assignedStaff: [userId], from: new Date(Date.now() - 2 * 86_400_000).toISOString(), sort: 'scheduledStart', limit: 100 }
      return orKept(`work.${userId}`, () => body(api.GET('/api/bookings', { params: { query } })))
    },
    // Kept or not, it is asked for again as soon as there is a connection.
    retry: false,
  })

export const booking = (id: string) =>
  queryOptions({ queryKey: ['booking', id], queryFn: () => body(api.GET('/api/bookings/{id}', { params: { path: { id } } })) })

/** All that happened to a booking, in order. */
export const story = (id: string) =>
  queryOptions({
    queryKey: ['booking', id, 'story'],
    queryFn: async () => {
      const found: PlatformEvent[] = []
      for (let full = true; full;) {
        const last = found.at(-1)
        const { events: more } = await body(api.GET('/api/bookings/{id}/events', { params: { path: { id }, query: { limit: MOST, ...(last ? { after: last.position } : {}) } } }))
        found.push(...more)
        full = more.length === MOST
      }
      return found
    },
  })

export const candidates = (id: string, role?: string) =>
  queryOptions({ queryKey: ['booking', id, 'candidates', role], queryFn: () => body(api.GET('/api/bookings/{id}/candidates', { params: { path: { id }, query: { limit: 100, ...(role ? { role } : {}) } } })) })

export const statistics = (query: { organizationId?: string; from?: string; to?: string }) =>
  queryOptions({ queryKey: ['booking', 'statistics', query], queryFn: () => body(api.GET('/api/bookings/statistics', { params: { query } })), placeholderData: keepPreviousData })

export const locations = (query: { organizationId?: string; search?: string; limit?: number; page?: number }) =>
  queryOptions({ queryKey: ['location', 'list', query], queryFn: () => body(api.GET('/api/locations', { params: { query } })), placeholderData: keepPreviousData })

export const staff = (query: StaffFilter) =>
  queryOptions({ queryKey: ['staff', 'list', query], queryFn: () => body(api.GET('/api/staff', { params: { query } })), placeholderData: keepPreviousData })

export const staffMember = (id: string) =>
  queryOptions({ queryKey: ['staff', id], queryFn: () => body(api.GET('/api/staff/{id}', { params: { path: { id } } })), retry: false })

export const availability = (query: AvailabilityFilter) =>
  queryOptions({ queryKey: ['availability', 'list', query], queryFn: () => body(api.GET('/api/availability', { params: { query } })), placeholderData: keepPreviousData })

export const notifications = (page: number, unread = false) =>
  queryOptions({ queryKey: ['notification', page, unread], queryFn: () => body(api.GET('/api/notifications', { params: { query: { page, limit: PAGE, ...(unread ? { unread } : {}) } } })), placeholderData: keepPreviousData })

export const preferences = () =>
  queryOptions({ queryKey: ['notification', 'preferences'], queryFn: () => body(api.GET('/api/notification-preferences')) })

export const tokens = (organizationId: string, page: number) =>
  queryOptions({ queryKey: ['token', organizationId, page], queryFn: () => body(api.GET('/api/tokens', { params: { query: { organizationId, limit: PAGE, page } } })), placeholderData: keepPreviousData })

/** One's own; a person has at most 20. */
export const calendarFeeds = () =>
  queryOptions({ queryKey: ['calendar-feed'], queryFn: async () => (await body(api.GET('/api/calendar-feeds', { params: { query: { limit: 50 } } }))).calendarFeeds })

export const webhooks = (organizationId: string) =>
  queryOptions({ queryKey: ['webhook', organizationId], queryFn: () => body(api.GET('/api/webhooks', { params: { query: { organizationId, limit: 100 } } })) })

export const deliveries = (id: string, filter: DeliveryFilter) =>
  queryOptions({ queryKey: ['webhook', 'deliveries', id, filter], queryFn: () => body(api.GET('/api/webhooks/{id}/deliveries', { params: { path: { id }, query: { limit: PAGE, ...filter } } })), placeholderData: keepPreviousData, refetchInterval: 10_000 })

export const eventTypes = () =>
  queryOptions({ queryKey: ['event-types'], queryFn: () => body(api.GET('/api/event-types')), staleTime: Infinity })

export const optimization = (id: string) =>
  queryOptions({ queryKey: ['optimization', id], queryFn: () => body(api.GET('/api/schedule/optimize/{id}', { params: { path: { id } } })), retry: false })

export const series = (id: string) =>
  queryOptions({ queryKey: ['booking', 'series', id], queryFn: () => body(api.GET('/api/booking-series/{id}', { params: { path: { id } } })) })

export const sessions = () =>
  queryOptions({ queryKey: ['session'], queryFn: () => body(api.GET('/api/auth/sessions', { params: { query: { limit: 100 } } })) })

export const health = () =>
  queryOptions({ queryKey: ['system', 'health'], queryFn: () => body(api.GET('/api/system/health')), refetchInterval: 5_000 })

export const subscriptions = () =>
  queryOptions({ queryKey: ['system', 'subscriptions'], queryFn: () => body(api.GET('/api/system/subscriptions')), refetchInterval: 5_000 })

export const deadLetters = (page: number) =>
  queryOptions({ queryKey: ['system', 'dead-letters', page], queryFn: () => body(api.GET('/api/system/dead-letters', { params: { query: { limit: PAGE, page } } })), refetchInterval: 15_000, placeholderData: keepPreviousData })

export const location = (id: string) =>
  queryOptions({ queryKey: ['location', id], queryFn: () => body(api.GET('/api/locations/{id}', { params: { path: { id } } })) })

/** The newest of the log. */
export const events = (filter: { type?: string; subject?: string }) =>
  queryOptions({ queryKey: ['event', filter], queryFn: () => body(api.GET('/api/events', { params: { query: { limit: MOST, before: Number.MAX_SAFE_INTEGER, ...filter } as NonNullable<operations['listEvents']['parameters']['query']> } })) })

/** What happens in a range of days, and a page of the rows that it stands in. */
export const schedule = (query: ScheduleQuery) =>
  queryOptions({ queryKey: ['booking', 'schedule', query], queryFn: () => body(api.GET('/api/schedule', { params: { query } })), placeholderData: keepPreviousData })

/** All that happens in a range of days, wherever. */
export const everyBooking = (query: Omit<ScheduleQuery, 'by' | 'page' | 'limit'>) =>
  queryOptions({
    queryKey: ['booking', 'schedule', 'all', query],
    queryFn: async () => {
      const found: Schedule['bookings'] = []
      for (let page = 1, rows = 0, total = 1; rows < total; page += 1) {
        const part = await body(api.GET('/api/schedule', { params: { query: { ...query, by: 'location', limit: MOST, page } } }))
        found.push(...part.bookings)
        total = part.pagination.total
        rows = part.rows.length ? rows + part.rows.length : total
      }
      return found.sort((a, b) => a.scheduledStart.localeCompare(b.scheduledStart))
    },
    placeholderData: keepPreviousData,
  })

export const everyLocation = (query: { organizationId?: string }) =>
  queryOptions({
    queryKey: ['location', 'every', query],
    queryFn: () => whole((page) => body(api.GET('/api/locations', { params: { query: { ...query, limit: MOST, page } } })), ({ locations: list }) => list),
    staleTime: 60_000,
  })

export const everybody = () =>
  queryOptions({
    queryKey: ['staff', 'every'],
    queryFn: () => whole((page) => body(api.GET('/api/staff', { params: { query: { limit: MOST, page } } })), ({ staff: list }) => list),
    staleTime: 60_000,
  })

/** Everything that somebody has said of their time. */
export const everyBlock = (userId: string) =>
  queryOptions({
    queryKey: ['availability', 'every', userId],
    queryFn: () => whole((page) => body(api.GET('/api/availability', { params: { query: { userId, limit: MOST, page } } })), ({ availability: list }) => list),
  })

/** What maps are drawn on; the same as long as the server runs. */
export const map = () =>
  queryOptions({ queryKey: ['map'], queryFn: () => body(api.GET('/api/map')), staleTime: Infinity })

export const services = () =>
  queryOptions({ queryKey: ['system', 'services'], queryFn: () => body(api.GET('/api/system/services')), refetchInterval: 5_000 })

export const circuits = () =>
  queryOptions({ queryKey: ['system', 'circuits'], queryFn: () => body(api.GET('/api/system/circuits')), refetchInterval: 5_000 })

export const cluster = () =>
  queryOptions({ queryKey: ['system', 'cluster'], queryFn: () => body(api.GET('/api/system/cluster')), refetchInterval: 5_000 })
