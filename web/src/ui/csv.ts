// Tables as files for a spreadsheet.

export type Cell = string | number | null | undefined

/** RFC 4180; what a spreadsheet would take for a formula stays text (OWASP, CSV injection). */
export function csv(rows: Cell[][]): string {
  const cell = (value: Cell) => {
    if (typeof value === 'number') return String(value)
    const text = value ?? ''
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

export function download(name: string, rows: Cell[][]) {
  const address = URL.createObjectURL(new Blob([csv(rows)], { type: 'text/csv' }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  URL.revokeObjectURL(address)
}
