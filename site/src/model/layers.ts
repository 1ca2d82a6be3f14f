import { readFileSync } from 'node:fs'
import { paths } from '../paths.ts'

/** The layers between which a change came: `after` does not have it, `by` does. */
export interface Span {
  readonly after: number
  readonly by: number
}

/** One change of a method or constructor, found by its fields: optional `true` fields leave the id as it was. */
export interface Change {
  readonly span: Span
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Fields whose type or flag is another one. */
  readonly retyped: readonly string[]
  /** The result of the method is another type. */
  readonly result: boolean
}

/** The history of one name over the published layers. */
export interface History {
  /** Undefined: the oldest known layer has it. */
  readonly since: Span | undefined
  readonly changes: readonly Change[]
}

/** All layers whose whole schema was published, oldest first, and the history of every name of the newest. */
export interface Layers {
  readonly oldest: number
  readonly newest: number
  readonly count: number
  readonly ofMethod: ReadonlyMap<string, History>
  readonly ofConstructor: ReadonlyMap<string, History>
}

/** The published layers; the others in the repository are patches of these. */
export function publishedLayers(): number[] {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(`${paths.tlSources}package.json`, 'utf8'),
  )
  return Object.keys(manifest.dependencies)
    .map((name) => Number(/^api-(\d+)$/.exec(name)?.[1]))
    .filter((layer) => Number.isInteger(layer))
    .sort((a, b) => a - b)
}

/** Reads every published layer and compares each with the one before it. */
export function readLayers(): Layers {
  const layers = publishedLayers()
  const forms = layers.map((layer) => readForms(readFileSync(`${paths.tlSources}layers/${layer}.tl`, 'utf8')))
  return {
    oldest: layers[0] ?? 0,
    newest: layers.at(-1) ?? 0,
    count: layers.length,
    ofMethod: histories(
      layers,
      forms.map(({ methods }) => methods),
    ),
    ofConstructor: histories(
      layers,
      forms.map(({ constructors }) => constructors),
    ),
  }
}

/** A combinator of one layer without its id. */
export interface Form {
  /** `flags.2?int` by field name; flags fields are left out. */
  readonly fields: ReadonlyMap<string, string>
  readonly result: string
}

type Forms = ReadonlyMap<string, Form>

/** Reads the forms of a schema, a line for each combinator. */
export function readForms(tl: string): { readonly constructors: Forms; readonly methods: Forms } {
  const [constructors = '', methods = ''] = tl.split('---functions---')
  return { constructors: formsOf(constructors), methods: formsOf(methods) }
}

function formsOf(text: string): Forms {
  const forms = new Map<string, Form>()
  for (const line of text.split('\n')) {
    const match = /^([\w.]+)#[0-9a-f]+ (.*)= ([^;]+);$/.exec(line)
    if (match === null) continue
    const [, name = '', fields = '', result = ''] = match
    forms.set(name, { fields: fieldsOf(fields), result })
  }
  return forms
}

function fieldsOf(text: string): Map<string, string> {
  const fields = text
    .split(' ')
    .filter((part) => part.includes(':') && !part.startsWith('{') && !part.endsWith(':#'))
  return new Map(
    fields.map((part) => [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)] as const),
  )
}

function histories(layers: readonly number[], forms: readonly Forms[]): Map<string, History> {
  const newest = forms.at(-1) ?? new Map()
  return new Map([...newest.keys()].map((name) => [name, historyOf(name, layers, forms)]))
}

function historyOf(name: string, layers: readonly number[], forms: readonly Forms[]): History {
  const changes: Change[] = []
  let since: Span | undefined
  forms.forEach((layer, index) => {
    const form = layer.get(name)
    const before = forms[index - 1]?.get(name)
    if (index === 0 || form === undefined) return
    const span = { after: layers[index - 1] ?? 0, by: layers[index] ?? 0 }
    if (before === undefined) {
      // A name that was gone for a while came back anew.
      since = span
      changes.length = 0
      return
    }
    const change = changeOf(before, form, span)
    if (change !== undefined) changes.push(change)
  })
  return { since, changes }
}

function changeOf(before: Form, after: Form, span: Span): Change | undefined {
  const added = [...after.fields.keys()].filter((name) => !before.fields.has(name))
  const removed = [...before.fields.keys()].filter((name) => !after.fields.has(name))
  const retyped = [...after.fields].filter(([name, type]) => {
    const old = before.fields.get(name)
    return old !== undefined && old !== type
  })
  const result = before.result !== after.result
  if (added.length + removed.length + retyped.length === 0 && !result) return undefined
  return { span, added, removed, retyped: retyped.map(([name]) => name), result }
}

/** `152`, `179 or 178`, `between 132 and 135`: published layers have gaps. */
export function spanText({ after, by }: Span): string {
  if (by - after === 1) return String(by)
  if (by - after === 2) return `${by} or ${by - 1}`
  return `between ${after + 1} and ${by}`
}
