import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { paths } from '../paths.ts'

/** Our own words about a method. */
export interface MethodWords {
  readonly about: string
  /** By the names of the schema: `phone_number`. */
  readonly fields?: Readonly<Record<string, string>>
  /** Data centres that it may be called in. */
  readonly where?: string
  /** The effect of a second call. */
  readonly repeat?: string
  /** By constructor: when the answer is this one, and how to have it from the local server. */
  readonly answers?: Readonly<Record<string, { readonly when: string; readonly make?: string }>>
  readonly related?: readonly { readonly label: string; readonly methods: readonly string[] }[]
  readonly guides?: readonly string[]
}

/** Our own words about a constructor. */
export interface ConstructorWords {
  readonly about: string
  readonly fields?: Readonly<Record<string, string>>
}

/** Everything that we describe ourselves, by TL name. */
export interface Words {
  readonly methods: ReadonlyMap<string, MethodWords>
  readonly constructors: ReadonlyMap<string, ConstructorWords>
  readonly types: ReadonlyMap<string, { readonly about: string }>
}

interface WordsFile {
  readonly methods?: Readonly<Record<string, MethodWords>>
  readonly constructors?: Readonly<Record<string, ConstructorWords>>
  readonly types?: Readonly<Record<string, { readonly about: string }>>
}

/** Reads the words of all namespaces. */
export function readWords(): Words {
  const files = globSync('words/*.json', { cwd: paths.tlSources })
    .sort()
    .map((file): WordsFile => JSON.parse(readFileSync(`${paths.tlSources}${file}`, 'utf8')))
  return {
    methods: new Map(files.flatMap(({ methods = {} }) => Object.entries(methods))),
    constructors: new Map(files.flatMap(({ constructors = {} }) => Object.entries(constructors))),
    types: new Map(files.flatMap(({ types = {} }) => Object.entries(types))),
  }
}

/** Hand-written sections of single pages, by method. */
export function readNotes(): ReadonlyMap<string, string> {
  const files = globSync('*.md', { cwd: paths.notes })
  return new Map(
    files.map(
      (file) => [basename(file, '.md'), readFileSync(`${paths.notes}${file}`, 'utf8').trim()] as const,
    ),
  )
}

/** A row of the index "What do you want to do?". */
export interface Purpose {
  readonly title: string
  readonly methods: readonly string[]
  readonly guide?: string
}

/** Reads what people want to do, in the order of the index. */
export function readPurposes(): readonly Purpose[] {
  return existsSync(paths.purposes) ? JSON.parse(readFileSync(paths.purposes, 'utf8')) : []
}
