// The language of the pages. The English text in the source is the key, so English needs no catalog; the others are
// loaded when somebody reads them. A text is looked up while it is drawn, never before: it may be another one then.
import i18next, { type FormatterModule, type i18n } from 'i18next'
import { useSyncExternalStore } from 'react'
import { number, writeAs } from './write'

export const LANGUAGES = [{ value: 'en', label: 'English' }, { value: 'de', label: 'Deutsch' }, { value: 'es', label: 'Español' }] as const
export type Language = (typeof LANGUAGES)[number]['value']

export interface Catalog {
  texts: Record<string, string>
  /** Codes of the API as they stand within a sentence. */
  codes: Record<string, string>
}

const CATALOGS: Record<Exclude<Language, 'en'>, () => Promise<{ catalog: Catalog }>> = { de: () => import('./de'), es: () => import('./es') }

const TEXTS = 'texts'
const CODES = 'codes'

// Numbers within a text are written as the reader writes them.
const formatter: FormatterModule = { type: 'formatter', init() {}, add() {}, addCached() {}, format: (value: unknown) => (typeof value === 'number' ? number(value) : String(value)) }

const own: i18n = i18next.createInstance()
void own.use(formatter).init({
  lng: 'en', fallbackLng: false, resources: {}, ns: [TEXTS, CODES], defaultNS: TEXTS,
  // Keys are sentences: a point or a colon divides nothing.
  keySeparator: false, nsSeparator: false,
  // React escapes.
  interpolation: { escapeValue: false, alwaysFormat: true },
})

export const t = own.t

const watch = (tell: () => void) => {
  own.on('languageChanged', tell)
  return () => own.off('languageChanged', tell)
}

/** Draws again whoever calls it when the language changes; what they draw is drawn with them. */
export const useLanguage = (): Language => useSyncExternalStore(watch, () => languageOf(own.language))

/** What a code is called within a sentence; nothing in English, or where nobody has named it. */
export function codeWord(code: string, about?: string): string | undefined {
  const named = (key: string): unknown => own.getResource(own.language, CODES, key)
  const found = (about && named(`${code}:${about}`)) ?? named(code)
  return typeof found === 'string' ? found : undefined
}

const find = (tag: string): Language | undefined => LANGUAGES.find(({ value }) => value === tag.toLowerCase().split(/[-_]/)[0])?.value

/** The one that is built in for a tag such as "de-AT"; English for all others. */
export const languageOf = (tag: string): Language => find(tag) ?? 'en'

let wanted: string | undefined

/** Turns all pages to the language of a tag. Where its catalog cannot be fetched they stay as they are. */
export async function speak(tag: string): Promise<void> {
  const language = languageOf(tag)
  wanted = tag
  if (language !== 'en' && !own.hasResourceBundle(language, TEXTS)) {
    try {
      const { catalog } = await CATALOGS[language]()
      own.addResourceBundle(language, TEXTS, catalog.texts)
      own.addResourceBundle(language, CODES, catalog.codes)
    } catch {
      return
    }
  }
  // Of two that are asked for at once the later one counts, however long its catalog takes.
  if (tag !== wanted) return
  writeAs(tag, language)
  document.documentElement.lang = language
  await own.changeLanguage(language)
}

/** Chosen on this device by somebody who is not signed in. */
const CHOSEN = 'rishi.language'
/** Of whoever is signed in; it goes with the rest of what is kept of them (api/kept.ts). */
const KEPT = 'rishi.kept.language'

/** What the pages begin with: before anybody is known, what was chosen here, else what the browser prefers. */
export const firstLanguage = (): string =>
  localStorage.getItem(KEPT) ?? localStorage.getItem(CHOSEN) ?? navigator.languages.find(find) ?? 'en'

export function choose(language: Language): Promise<void> {
  localStorage.setItem(CHOSEN, language)
  return speak(language)
}

/** The language of whoever has signed in. */
export function speakTo(locale: string): Promise<void> {
  localStorage.setItem(KEPT, locale)
  return speak(locale)
}
