import { writtenAs } from '../language/write'

/** An amount in an organization's currency, as the reader writes it. */
export function money(amount: number | null | undefined, currency = 'USD'): string {
  if (amount === null || amount === undefined) return '–'
  return new Intl.NumberFormat(writtenAs(), { style: 'currency', currency, maximumFractionDigits: amount % 1 === 0 ? 0 : 2 }).format(amount)
}
