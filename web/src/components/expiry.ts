import { t } from '../language/language'
import { sayLocalDay } from '../time/say'

/** How long a certification is good, as words and a colour. */
export function expiry(expiresOn: string, now: number): { text: string; color: string; soon: boolean } {
  const days = Math.floor((Date.parse(`${expiresOn}T23:59:59Z`) - now) / 86_400_000)
  if (days < 0) return { text: t('expired {{day}}', { day: sayLocalDay(expiresOn) }), color: 'red', soon: true }
  if (days <= 30) return { text: t('expires in {{count}} days', { count: days, defaultValue_one: 'expires in {{count}} day' }), color: 'orange', soon: true }
  return { text: t('until {{day}}', { day: sayLocalDay(expiresOn) }), color: 'leaf', soon: false }
}
