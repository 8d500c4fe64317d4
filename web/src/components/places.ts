// Where one can go: navigation and command palette show the same.
import { IconBuilding, IconBriefcase, IconCalendar, IconCalendarOff, IconChartBar, IconClipboardList, IconHeartbeat, IconHome, IconMapPin, IconUsers, type Icon } from '@tabler/icons-react'
import { useAccess } from './access'

interface Place { to: '/' | '/work' | '/schedule' | '/bookings' | '/staff' | '/staff/leave' | '/locations' | '/statistics' | '/organization' | '/system'; label: string; Icon: Icon }

export function usePlaces(): Place[] {
  const { mayAnywhere } = useAccess()
  const places: (Place | false)[] = [
    { to: '/', label: 'Today', Icon: IconHome },
    mayAnywhere('own_availability') && { to: '/work', label: 'My work', Icon: IconBriefcase },
    { to: '/schedule', label: 'Schedule', Icon: IconCalendar },
    { to: '/bookings', label: 'Bookings', Icon: IconClipboardList },
    mayAnywhere('read_staff_profiles') && !mayAnywhere('own_availability') && { to: '/staff', label: 'Staff', Icon: IconUsers },
    mayAnywhere('approve_leave') && { to: '/staff/leave', label: 'Leave', Icon: IconCalendarOff },
    { to: '/locations', label: 'Locations', Icon: IconMapPin },
    mayAnywhere('read_statistics') && { to: '/statistics', label: 'Statistics', Icon: IconChartBar },
    (mayAnywhere('write_organization_settings') || mayAnywhere('read_users')) && { to: '/organization', label: 'Organization', Icon: IconBuilding },
    mayAnywhere('read_system') && { to: '/system', label: 'System', Icon: IconHeartbeat },
  ]
  return places.filter((place) => place !== false)
}
