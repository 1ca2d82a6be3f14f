import { readFileSync } from 'node:fs'
import { supportedMethods } from '@cablegram/server'
import {
  type Combinator,
  fieldName,
  parseTl,
  printCombinator,
  type Schema,
  withMethodFacts,
} from '@cablegram/tl/schema'
import { ANONYMOUS_METHODS, PENDING_METHODS } from '../../../packages/server/src/rpc/anonymous-methods.ts'
import { printedExamples } from '../../printers/index.ts'
import { paths } from '../paths.ts'
import { type Borrowed, NOTHING_BORROWED, readBorrowed } from './borrowed.ts'
import { readDailyCalls } from './daily-calls.ts'
import { groupBy, readErrors } from './errors.ts'
import { readGuides } from './guides.ts'
import { publishedLayers, readLayers } from './layers.ts'
import type {
  About,
  Callers,
  ConstructorEntry,
  Entry,
  Example,
  FieldEntry,
  MethodEntry,
  Model,
  TypeEntry,
} from './model.ts'
import { boxedNameIn } from './type-names.ts'
import { readNotes, readPurposes, readWords, type Words } from './words.ts'

/** Options of a model. */
export interface ModelOptions {
  /** Takes descriptions of core.telegram.org where we have none: for pages that stay on this machine. */
  readonly borrow: boolean
}

/** Reads everything that the pages say. */
export async function buildModel({ borrow }: ModelOptions): Promise<Model> {
  const layers = readLayers()
  const parts: Parts = {
    schema: readSchema(),
    layers,
    words: readWords(),
    borrowed: borrow ? readBorrowed() : NOTHING_BORROWED,
    errors: readErrors(),
    notes: readNotes(),
    examples: await printedExamples(),
    answers: readAnswers(),
    supported: new Set(supportedMethods().map(({ method }) => method)),
    anonymous: new Set(
      [
        ...ANONYMOUS_METHODS,
        ...supportedMethods()
          .filter(({ anonymous }) => anonymous)
          .map(({ method }) => method),
      ].map(String),
    ),
  }
  const methods = new Map(parts.schema.methods.map((method) => [method.name, methodEntry(method, parts)]))
  const constructors = new Map(
    parts.schema.constructors.filter(isPublic).map((each) => [each.name, constructorEntry(each, parts)]),
  )
  return {
    layers,
    methods,
    constructors,
    types: typeEntries(methods, constructors, parts),
    errors: parts.errors,
    guides: readGuides(),
    calls: readDailyCalls(),
    purposes: readPurposes(),
    isBorrowing: parts.borrowed !== NOTHING_BORROWED,
  }
}

interface Parts {
  readonly schema: Schema
  readonly layers: Model['layers']
  readonly words: Words
  readonly borrowed: Borrowed
  readonly errors: Model['errors']
  readonly notes: ReadonlyMap<string, string>
  readonly examples: ReadonlyMap<string, Example>
  readonly answers: ReadonlyMap<string, Uint8Array>
  readonly supported: ReadonlySet<string>
  readonly anonymous: ReadonlySet<string>
}

/** The answers that test/reference/record-answers.ts recorded, by method. */
export function readAnswers(): ReadonlyMap<string, Uint8Array> {
  const rows: Readonly<Record<string, string>> = JSON.parse(readFileSync(paths.answers, 'utf8'))
  return new Map(Object.entries(rows).map(([method, base64]) => [method, Buffer.from(base64, 'base64')]))
}

function readSchema(): Schema {
  const newest = publishedLayers().at(-1)
  const file = `${paths.tlSources}layers/${newest}.tl`
  return withMethodFacts(parseTl(readFileSync(file, 'utf8'), file))
}

/** Bool, true, null and vectors are explained with the primitive types. */
function isPublic({ name }: Combinator): boolean {
  return !['boolTrue', 'boolFalse', 'true', 'null', 'vector'].includes(name)
}

const CALLERS = { user: 'users', bot: 'bots', both: 'both' } as const

function callersOf({ available }: Combinator): Callers {
  return available === undefined ? 'unknown' : CALLERS[available]
}

function methodEntry(combinator: Combinator, parts: Parts): MethodEntry {
  const { name } = combinator
  const words = parts.words.methods.get(name)
  return {
    ...entry(combinator, about(words?.about, parts.borrowed.method(name)), words?.fields, parts),
    history: parts.layers.ofMethod.get(name) ?? NO_HISTORY,
    callers: callersOf(combinator),
    isAnonymous: parts.anonymous.has(name),
    isPending: PENDING_METHODS.has(name),
    isSupported: parts.supported.has(name),
    words,
    notes: parts.notes.get(name),
    errors: parts.errors.byMethod.get(name) ?? [],
    example: parts.examples.get(name),
    answer: parts.answers.get(name),
  }
}

function constructorEntry(combinator: Combinator, parts: Parts): ConstructorEntry {
  const { name } = combinator
  const words = parts.words.constructors.get(name)
  return {
    ...entry(combinator, about(words?.about, parts.borrowed.constructor_(name)), words?.fields, parts),
    history: parts.layers.ofConstructor.get(name) ?? NO_HISTORY,
    type: combinator.result.kind === 'boxed' ? combinator.result.name : '',
  }
}

const NO_HISTORY = { since: undefined, changes: [] } as const

function entry(
  combinator: Combinator,
  text: About | undefined,
  fields: Readonly<Record<string, string>> | undefined,
  { borrowed }: Parts,
): Omit<Entry, 'history'> {
  const { name } = combinator
  return {
    name,
    namespace: namespaceOf(name),
    combinator,
    tl: printCombinator(combinator),
    about: text,
    fields: combinator.fields
      .filter(({ type }) => type.kind !== 'flags')
      .map(
        (field): FieldEntry => ({
          name: field.name,
          key: fieldName(field.name),
          type: field.type,
          flag: field.flag,
          about: about(fields?.[field.name], borrowed.field(name, field.name)),
        }),
      ),
  }
}

function about(own: string | undefined, borrowed: string | undefined): About | undefined {
  if (own !== undefined) return { text: own, isBorrowed: false }
  return borrowed === undefined ? undefined : { text: borrowed, isBorrowed: true }
}

/** The part of a TL name before its dot. */
export function namespaceOf(name: string): string {
  return name.includes('.') ? name.slice(0, name.indexOf('.')) : ''
}

function typeEntries(
  methods: ReadonlyMap<string, MethodEntry>,
  constructors: ReadonlyMap<string, ConstructorEntry>,
  { words, borrowed }: Parts,
): ReadonlyMap<string, TypeEntry> {
  const byType = groupBy(constructors.values(), ({ type }) => [type])
  const returned = groupBy(methods.values(), ({ combinator }) => boxedNameIn(combinator.result))
  const taken = groupBy(methods.values(), boxedNamesOfFields)
  const held = groupBy(constructors.values(), boxedNamesOfFields)
  const namesOf = (entries: readonly Entry[] = []) => entries.map(({ name }) => name)
  return new Map(
    [...byType].map(([name, entries]) => [
      name,
      {
        name,
        namespace: namespaceOf(name),
        about: about(words.types.get(name)?.about, borrowed.type(name)),
        constructors: namesOf(entries),
        returnedBy: namesOf(returned.get(name)),
        takenBy: namesOf(taken.get(name)),
        fieldOf: namesOf(held.get(name)),
      },
    ]),
  )
}

function boxedNamesOfFields({ fields }: Entry): readonly string[] {
  return [...new Set(fields.flatMap(({ type }) => boxedNameIn(type)))]
}
