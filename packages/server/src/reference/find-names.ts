import { closestNames } from '@cablegram/tl'
import type { Reference } from './open-reference.ts'

/** Folders in the order in which a bare name is looked for; then all others. */
const FOLDERS = [
  '/methods/',
  '/constructors/',
  '/types/',
  '/errors/',
  '/guides/',
  '/namespaces/',
  '/',
] as const

/** The addresses of the pages that a name may mean, the likeliest first. */
export function findNames({ paths }: Pick<Reference, 'paths'>, name: string): string[] {
  const known = new Set(paths)
  const spellings = [name, errorName(name)]
  const endings = spellings.map((each) => each.replace(/^\//, ''))
  const found = FOLDERS.flatMap((folder) => endings.map((ending) => `${folder}${ending}`))
  const elsewhere = paths.filter((path) =>
    endings.some((ending) => ending !== '' && path.endsWith(`/${ending}`)),
  )
  return [...new Set([...found.filter((path) => known.has(path)), ...elsewhere])]
}

/** `FLOOD_WAIT_30` has the page of FLOOD_WAIT_X, `No workers running` that of No_workers_running. */
function errorName(name: string): string {
  return name.replaceAll(' ', '_').replace(/_\d+(?=_|$)/, '_X')
}

const MAX_NAMES = 3

/** Names of pages that are close to a name that has none: methods with these words first. */
export function closeNames({ paths }: Pick<Reference, 'paths'>, name: string): string[] {
  const names = [...new Set(paths.map((path) => path.slice(path.lastIndexOf('/') + 1)))]
  const methods = paths.filter((path) => path.startsWith(METHODS)).map((path) => path.slice(METHODS.length))
  return [...new Set([...withWords(methods, name), ...closestNames(name, names)])].slice(0, MAX_NAMES)
}

const METHODS = '/methods/'
/** Longer texts are no words of a name. */
const MAX_LENGTH = 128

/** The methods whose names have all of these words, the shortest first. */
function withWords(methods: readonly string[], text: string): string[] {
  const wanted = text.length > MAX_LENGTH ? [] : wordsOf(text)
  if (wanted.length === 0) return []
  return methods
    .map((method) => ({ method, words: wordsOf(method) }))
    .filter(({ words }) => wanted.every((word) => words.includes(word)))
    .sort((a, b) => a.words.length - b.words.length || a.method.length - b.method.length)
    .map(({ method }) => method)
}

/** `auth.sendCode` has the words auth, send and code. */
function wordsOf(name: string): string[] {
  return (name.match(/\p{Lu}?[\p{Ll}\p{N}]+|\p{Lu}+/gu) ?? []).map((word) => word.toLowerCase())
}
