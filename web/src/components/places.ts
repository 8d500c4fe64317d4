// Where one can go: navigation and command palette show the same.
import { IconBuilding, IconBriefcase, IconCalendar, IconCalendarOff, IconChartBar, IconClipboardList, IconHeartbeat, IconHome, IconMapPin, IconUsers, IconWand, type Icon } from '@tabler/icons-react'
import { t } from '../language/language'
import { useAccess } from './access'

interface Place {
  to: '/' | '/work' | '/schedule' | '/bookings' | '/optimizer' | '/staff' | '/staff/leave' | '/locations' | '/statistics' | '/organization' | '/system'
  label: string
  /** After `g` it leads here. */
  key: string
  Icon: Icon
}

export function usePlaces(): Place[] {
  const { mayAnywhere } = useAccess()
  const places: (Place | false)[] = [
    { to: '/', key: 't', label: t('Today'), Icon: IconHome },
    mayAnywhere('own_availability') && { to: '/work', key: 'w', label: t('My work'), Icon: IconBriefcase },
    { to: '/schedule', key: 's', label: t('Schedule'), Icon: IconCalendar },
    { to: '/bookings', key: 'b', label: t('Bookings'), Icon: IconClipboardList },
    mayAnywhere('assign_staff') && { to: '/optimizer', key: 'z', label: t('Optimizer'), Icon: IconWand },
    mayAnywhere('read_staff_profiles') && !mayAnywhere('own_availability') && { to: '/staff', key: 'p', label: t('Staff'), Icon: IconUsers },
    mayAnywhere('approve_leave') && { to: '/staff/leave', key: 'v', label: t('Leave'), Icon: IconCalendarOff },
    { to: '/locations', key: 'l', label: t('Locations'), Icon: IconMapPin },
    mayAnywhere('read_statistics') && { to: '/statistics', key: 'f', label: t('Statistics'), Icon: IconChartBar },
    (mayAnywhere('write_organization_settings') || mayAnywhere('read_users')) && { to: '/organization', key: 'o', label: t('Organization'), Icon: IconBuilding },
    mayAnywhere('read_system') && { to: '/system', key: 'y', label: t('System'), Icon: IconHeartbeat },
  ]
  return places.filter((place) => place !== false)
}
