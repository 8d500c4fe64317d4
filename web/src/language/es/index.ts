// Spanish: the texts by the part of the pages that they are of, and the names of days and months for the calendars.
import 'dayjs/locale/es'
import type { Catalog } from '../language'
import codes from './codes.json'
import account from './account.json'
import bookings from './bookings.json'
import common from './common.json'
import entry from './entry.json'
import field from './field.json'
import forms from './forms.json'
import frame from './frame.json'
import locations from './locations.json'
import notifications from './notifications.json'
import optimizer from './optimizer.json'
import organization from './organization.json'
import schedule from './schedule.json'
import staff from './staff.json'
import system from './system.json'

export const parts = { account, bookings, common, entry, field, forms, frame, locations, notifications, optimizer, organization, schedule, staff, system }

export const catalog: Catalog = { texts: Object.assign({}, ...Object.values(parts)) as Record<string, string>, codes }
