// The texts of the source and those of the catalogs are the same: nothing is left in English, nothing is kept for nobody.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { catalog as german, parts as germanParts } from './de'
import { catalog as spanish, parts as spanishParts } from './es'

const CATALOGS = [{ language: 'de', catalog: german, parts: germanParts }, { language: 'es', catalog: spanish, parts: spanishParts }]
const SOURCE = 'src'

interface Found { key: string; plural: boolean; given: string[]; one: string | undefined; where: string }

/** Every call of `t`, as the compiler reads it; a text that is put together elsewhere could not be translated. */
function texts(): Found[] {
  const found: Found[] = []
  for (const name of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(name) || /\.test\.|\.d\.ts$/.test(name)) continue
    const file = ts.createSourceFile(name, readFileSync(join(SOURCE, name), 'utf8'), ts.ScriptTarget.Latest, true)
    const visit = (node: ts.Node) => {
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 't') found.push(text(node, `${name}: ${node.getText()}`))
      ts.forEachChild(node, visit)
    }
    visit(file)
  }
  return found
}

function text(call: ts.CallExpression, where: string): Found {
  const [key, options] = call.arguments
  if (!ts.findAncestor(call, ts.isFunctionLike)) throw new Error(`asked before it is drawn: ${where}`)
  if (!key || !ts.isStringLiteral(key)) throw new Error(`not a text as it stands: ${where}`)
  if (options && !ts.isObjectLiteralExpression(options)) throw new Error(`what it is filled with has to be seen: ${where}`)
  const given = new Map((options?.properties ?? []).map((property) => [property.name?.getText() ?? '', property] as const))
  const literal = (name: string) => {
    const property = given.get(name)
    return property && ts.isPropertyAssignment(property) && ts.isStringLiteral(property.initializer) ? property.initializer.text : undefined
  }
  const context = literal('context')
  return { key: context ? `${key.text}_${context}` : key.text, plural: given.has('count'), given: [...given.keys()].filter((name) => name !== 'context' && name !== 'defaultValue_one'), one: literal('defaultValue_one'), where }
}

const places = (sentence: string) => [...new Set([...sentence.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ''))].sort()
const differ = (a: string[], b: string[]) => a.filter((one) => !b.includes(one))

const all = texts()

describe('a text in the source', () => {
  it('is filled with what it names, and knows one and many in English', () => {
    const wrong = all.filter(({ key, given, plural, one }) => differ([...places(key), ...places(one ?? '')], given).length || differ(given, [...places(key), 'count']).length || plural !== (one !== undefined))
    expect(wrong.map(({ where }) => where)).toEqual([])
  })
})

describe.each(CATALOGS)('the catalog $language', ({ language, catalog, parts }) => {
  // "es" has a form for millions, too.
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
  const wanted = new Map(all.flatMap(({ key, plural }) => (plural ? forms.map((form) => [`${key}_${form}`, key] as const) : [[key, key] as const])))

  it('has every text, and no text that nobody uses', () => {
    expect(differ([...wanted.keys()], Object.keys(catalog.texts))).toEqual([])
    expect(differ(Object.keys(catalog.texts), [...wanted.keys()])).toEqual([])
    expect(Object.entries(catalog.texts).filter(([, sentence]) => !sentence.trim())).toEqual([])
  })

  it('has each text in one of its parts', () => {
    const keys = Object.values(parts).flatMap((part) => Object.keys(part))
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  it('has the same places to fill in as English', () => {
    const wrong = Object.entries(catalog.texts).filter(([key, sentence]) => {
      const [there, here] = [places(wanted.get(key) ?? ''), places(sentence)]
      // A form of a plural may leave the number out: "one step".
      return differ(here, there).length || differ(there, here).some((name) => name !== 'count' || wanted.get(key) === key)
    })
    expect(wrong).toEqual([])
  })

  it('names every code that the pages show, and no other', () => {
    const named = [...new Set(Object.keys(catalog.codes).map((code) => code.split(':')[0] ?? ''))]
    expect(differ(codes(), named)).toEqual([])
    expect(differ(named, codes())).toEqual([])
  })
})

interface Schema { enum?: string[]; oneOf?: { enum?: string[]; const?: string }[]; properties?: Record<string, Schema> }

/** The codes that are shown as words, as the documents of the API have them. */
function codes(): string[] {
  const read = (name: string): unknown => JSON.parse(readFileSync(join('..', 'docs', name), 'utf8'))
  const { components: { schemas } } = read('openapi.json') as { components: { schemas: Record<string, Schema> } }
  const values = (schema: Schema | undefined): string[] => [...(schema?.enum ?? []), ...(schema?.oneOf ?? []).flatMap((one) => one.enum ?? (one.const ? [one.const] : []))]
  const words = ['ActivityType', 'Approval', 'AssignmentStatus', 'BlockStatus', 'BookingStatus', 'Code', 'DisabledReason', 'Health', 'LocationStatus', 'LocationType', 'OperationType', 'OptimizationState', 'OrganizationKind', 'Part', 'Priority', 'Role', 'ServiceState', 'SkillLevel', 'StaffStatus', 'WebhookStatus']
  const fields = ['SystemComponents', 'CircuitDetails', 'DatabaseDetails', 'EventBusDetails', 'ExternalDetails', 'MemoryDetails', 'EditBooking']
  const { components: { messages } } = read('asyncapi.json') as { components: { messages: Record<string, unknown> } }
  return [...new Set([
    ...words.flatMap((name) => values(schemas[name])), ...values(schemas['WebhookDelivery']?.properties?.['status']), ...fields.flatMap((name) => Object.keys(schemas[name]?.properties ?? {})),
    // What a booking's story tells of.
    ...Object.keys(messages).filter((type) => /^(BOOKING|STAFF|ASSIGNMENT|AUTO_STAFF)_/.test(type) && !/SERIES|PROFILE/.test(type)).map((type) => type.toLowerCase()),
    // Of circuits and subscriptions, of nodes and leases, of a series, and the role of whoever is needed for nothing special.
    'closed', 'open', 'half_open', 'paused', 'alive', 'replaced', 'nobody', 'recurrence', 'staff',
  ])]
}
