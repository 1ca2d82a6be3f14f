import { bracketed, type Language } from './values.ts'

/** A string literal with single quotes, for TypeScript. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  if (inner.includes("'") && !inner.includes('"')) return `"${inner}"`
  return `'${inner.replaceAll("'", "\\'")}'`
}

/** Values as our client takes them in TypeScript. */
export const TYPESCRIPT: Language = {
  ref: (path) => path.join('.'),
  boolean: String,
  number: String,
  long: (value) => `${value}n`,
  string: quoted,
  bytes: (value) => (value.length === 0 ? 'new Uint8Array(0)' : `new Uint8Array([${value.join(', ')}])`),
  query: (method) => `encodeRequest({ _: ${quoted(method)} })`,
  list: (items, place) => bracketed(['[', ']'], items, place),
  object: (entries, place) =>
    bracketed(
      ['{', '}'],
      entries.map(({ key, text }) => (key === text ? key : `${key}: ${text}`)),
      { ...place, space: ' ' },
    ),
}
