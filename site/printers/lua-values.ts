import { bracketed, type Language } from './values.ts'

const KEYWORDS = new Set(
  (
    'and break do else elseif end false for function goto if in local nil not or repeat return then true ' +
    'until while'
  ).split(' '),
)

/** The least integer; Lua reads its digits as a float. */
const LEAST = -(2n ** 63n)

/** Values as scripts of `cablegram lua` give them: by the names of the schema, longs as integers. */
export const LUA: Language = {
  ref: ([name = '', ...fields]) => [name, ...fields.map(snakeCase)].join('.'),
  boolean: String,
  number: String,
  long: (value) => (value === LEAST ? 'math.mininteger' : String(value)),
  string: luaString,
  bytes: luaBytes,
  query: (_method, bytes) => luaBytes(bytes),
  list: (items, place) => bracketed(['{', '}'], items, place),
  object: (entries, place) =>
    bracketed(
      ['{', '}'],
      entries.map(({ name, text }) => `${KEYWORDS.has(name) ? `['${name}']` : name} = ${text}`),
      place,
    ),
}

/** A string literal of Lua. */
export function luaString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inner = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\0')
  return quote + inner.replaceAll(quote, `\\${quote}`) + quote
}

function luaBytes(bytes: Uint8Array): string {
  return `'${[...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`
}

/** The name of a field in the schema, for names that have nothing but words: `phoneCodeHash` is phone_code_hash. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
