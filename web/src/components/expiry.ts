/** How long a certification is good, as words and a colour. */
export function expiry(expiresOn: string, now: number): { text: string; color: string; soon: boolean } {
  const days = Math.floor((Date.parse(`${expiresOn}T23:59:59Z`) - now) / 86_400_000)
  if (days < 0) return { text: `expired ${expiresOn}`, color: 'red', soon: true }
  if (days <= 30) return { text: `expires in ${days} ${days === 1 ? 'day' : 'days'}`, color: 'orange', soon: true }
  return { text: `until ${expiresOn}`, color: 'leaf', soon: false }
}
