// How days, times and numbers are written: in the language of the pages, and as its region has it where one is known
// ("en-GB" writes the day before the month).

let tag = 'en'

/** A tag without a region takes that of the browser, if it is of the same language. */
export function writeAs(wanted: string, language: string) {
  const regional = [wanted, ...navigator.languages].find((one) => one.toLowerCase().startsWith(`${language}-`))
  try {
    tag = Intl.getCanonicalLocales(regional)[0] ?? language
  } catch {
    tag = language
  }
}

/** For `Intl`. */
export const writtenAs = () => tag

/** With as many digits behind the point as are said, else as many as it has, three at most. */
export const number = (value: number, digits?: number) =>
  new Intl.NumberFormat(tag, digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)

/** A share of one. */
export const percent = (share: number, digits = 0) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: digits }).format(share)

/** What numbers are divided by where somebody types them. */
export function separators(): { decimalSeparator: string; thousandSeparator: string; allowedDecimalSeparators: string[] } {
  const parts = new Intl.NumberFormat(tag, { useGrouping: 'always' }).formatToParts(12345.6)
  const of = (wanted: string, usual: string) => parts.find(({ type }) => type === wanted)?.value ?? usual
  const decimalSeparator = of('decimal', '.')
  return { decimalSeparator, thousandSeparator: of('group', ','), allowedDecimalSeparators: [decimalSeparator] }
}
