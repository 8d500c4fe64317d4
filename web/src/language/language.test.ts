import { afterEach, expect, it } from 'vitest'
import { inWords, words } from '../ui/words'
import { sayLocalDay } from '../time/say'
import { languageOf, speak, t } from './language'
import { number, separators } from './write'

afterEach(() => speak('en'))

const said = (count: number) => t('{{count}} bookings', { count, defaultValue_one: '{{count}} booking' })

it('English needs no catalog', () => {
  expect([said(1), said(1234)]).toEqual(['1 booking', '1,234 bookings'])
})

it('another language says one and many by its own rules, and writes numbers and days as it does', async () => {
  await speak('de')
  expect([said(1), said(1234)]).toEqual(['1 Buchung', '1.234 Buchungen'])
  expect([number(0.5, 1), sayLocalDay('2027-06-01')]).toEqual(['0,5', '1. Juni 2027'])
  expect(separators()).toMatchObject({ decimalSeparator: ',', thousandSeparator: '.' })
  await speak('es')
  expect([said(0), said(1_000_000)]).toEqual(['0 reservas', '1.000.000 de reservas'])
  expect(document.documentElement.lang).toBe('es')
})

it('a region of a language that is there is spoken in it, and one that is not in English', async () => {
  expect(['de-AT', 'ES', 'es_MX', 'fr', ''].map(languageOf)).toEqual(['de', 'es', 'es', 'en', 'en'])
  await speak('de-CH')
  expect(number(1234.5)).toMatch(/^1['’]234\.5$/)
})

it('a code is a word of the language, which what it is said of may change; a role that somebody thought of stays', async () => {
  expect([words('pending_approval'), inWords('pending_approval'), words('internal_admin'), words('scheduledStart')]).toEqual(['Pending approval', 'pending approval', 'Administrator', 'Scheduled start'])
  await speak('es')
  expect([words('approved'), words('approved', 'leave'), inWords('pending', 'leave'), words('bar_tender')]).toEqual(['Aprobada', 'Aprobado', 'pendiente', 'Bar tender'])
  expect(['constructor', '__proto__', 'toString'].map((code) => words(code))).toEqual(['Constructor', 'Proto', 'To string'])
  await speak('de')
  expect(inWords('draft')).toBe('Entwurf')
})

it('what somebody has typed is shown as it is, whatever it looks like', () => {
  const name = '{{name}} $t(Save) <b>&amp;</b> {{count}}'
  expect(t('Edit {{name}}', { name })).toBe(`Edit ${name}`)
})

it('of two languages that are asked for at once the later one counts', async () => {
  await Promise.all([speak('de'), speak('en')])
  expect(t('Save')).toBe('Save')
})
