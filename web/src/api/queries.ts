// What is read, by name: pages ask for these and a change makes them ask again.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, body } from './client'
import type { operations } from './schema'

export type BookingFilter = NonNullable<operations['listBookings']['parameters']['query']>
type StaffFilter = NonNullable<operations['listStaff']['parameters']['query']>
type AvailabilityFilter = NonNullable<operations['listAvailability']['parameters']['query']>

export const me = () =>
  queryOptions({ queryKey: ['me'], queryFn: () => body(api.GET('/api/auth/me')), retry: false, staleTime: 60_000 })

export const organizations = () =>
  queryOptions({ queryKey: ['organization'], queryFn: () => body(api.GET('/api/organizations', { params: { query: { limit: 200 } } })), staleTime: 60_000 })

export const members = (id: string) =>
  queryOptions({ queryKey: ['membership', id], queryFn: () => body(api.GET('/api/organizations/{id}/members', { params: { path: { id }, query: { limit: 200 } } })) })

export const bookings = (query: BookingFilter) =>
  queryOptions({ queryKey: ['booking', 'list', query], queryFn: () => body(api.GET('/api/bookings', { params: { query } })), placeholderData: keepPreviousData })

export const booking = (id: string) =>
  queryOptions({ queryKey: ['booking', id], queryFn: () => body(api.GET('/api/bookings/{id}', { params: { path: { id } } })) })

export const story = (id: string) =>
  queryOptions({ queryKey: ['booking', id, 'story'], queryFn: () => body(api.GET('/api/bookings/{id}/events', { params: { path: { id }, query: { limit: 200 } } })) })

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

export const notifications = (page: number) =>
  queryOptions({ queryKey: ['notification', page], queryFn: () => body(api.GET('/api/notifications', { params: { query: { page, limit: 30 } } })), placeholderData: keepPreviousData })

export const tokens = (organizationId?: string) =>
  queryOptions({ queryKey: ['token', organizationId], queryFn: () => body(api.GET('/api/tokens', { params: { query: { limit: 200, ...(organizationId ? { organizationId } : {}) } } })) })

export const sessions = () =>
  queryOptions({ queryKey: ['session'], queryFn: () => body(api.GET('/api/auth/sessions', { params: { query: { limit: 100 } } })) })

export const health = () =>
  queryOptions({ queryKey: ['system', 'health'], queryFn: () => body(api.GET('/api/system/health')), refetchInterval: 5_000 })

export const subscriptions = () =>
  queryOptions({ queryKey: ['system', 'subscriptions'], queryFn: () => body(api.GET('/api/system/subscriptions')), refetchInterval: 5_000 })

export const deadLetters = () =>
  queryOptions({ queryKey: ['system', 'dead-letters'], queryFn: () => body(api.GET('/api/system/dead-letters', { params: { query: { limit: 100 } } })), refetchInterval: 15_000 })

export const location = (id: string) =>
  queryOptions({ queryKey: ['location', id], queryFn: () => body(api.GET('/api/locations/{id}', { params: { path: { id } } })) })

export const events = (filter: { type?: string; subject?: string }) =>
  queryOptions({ queryKey: ['event', filter], queryFn: () => body(api.GET('/api/events', { params: { query: { limit: 100, ...filter } as NonNullable<operations['listEvents']['parameters']['query']> } })) })

/** All of them, up to a thousand, for views that show a range of days at once. */
export const bookingsBetween = (query: BookingFilter & { from: string; to: string }) =>
  queryOptions({
    queryKey: ['booking', 'between', query],
    queryFn: async () => {
      const found = []
      for (let page = 1; page <= 5; page += 1) {
        const { bookings: list, pagination } = await body(api.GET('/api/bookings', { params: { query: { ...query, sort: 'scheduledStart', limit: 200, page } } }))
        found.push(...list)
        if (found.length >= pagination.total) break
      }
      return found
    },
    placeholderData: keepPreviousData,
  })
