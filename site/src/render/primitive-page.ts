import { table } from './inline.ts'
import type { Page } from './page.ts'

const ROWS: readonly (readonly [string, string, string, string, string])[] = [
  ['int', '4 bytes, little-endian, signed', '`number`', 'integer', 'number'],
  ['long', '8 bytes, little-endian, signed', '`bigint`', 'integer, exact', 'decimal string'],
  ['double', '8 bytes, IEEE 754', '`number`', 'number', 'number'],
  [
    'string',
    'length, UTF-8 bytes, zeros up to a multiple of 4',
    '`string`',
    'string that is UTF-8',
    'string',
  ],
  ['bytes', 'as string, with any bytes', '`Uint8Array`', 'any string', 'base64'],
  ['int128', '16 bytes', '`Uint8Array`', 'string of 16 bytes', 'base64'],
  ['int256', '32 bytes', '`Uint8Array`', 'string of 32 bytes', 'base64'],
  ['Bool', 'the id of boolTrue or boolFalse', '`boolean`', '`true`, `false`', '`true`, `false`'],
  ['true', 'no bytes: a bit of the flags', '`true`, or left out', '`true`, or nil', '`true`, or left out'],
]

/** Names of these types, each with a few words. */
export const PRIMITIVES: readonly (readonly [string, string])[] = ROWS.map(([name, wire]) => [
  name,
  `On the wire: ${wire}`,
])

/** The page of the types that TL itself defines. */
export function primitivePage(): Page {
  const section = ([name, wire, typescript, lua, json]: (typeof ROWS)[number]) =>
    `## ${name}\n\n${table(
      ['', ''],
      [
        ['**On the wire**', wire],
        ['**TypeScript**', typescript],
        ['**Lua**', lua],
        ['**Command line**', json],
      ],
    )}`
  return {
    path: '/types/primitive',
    kind: 'primitive',
    title: 'Primitive types',
    description: 'The types that TL itself defines, on the wire and in each language.',
    trail: [{ title: 'Types', path: '/types' }],
    blocks: [
      'TL defines these types itself. Every other type is one of several constructors: its id, then its fields.',
      ...ROWS.map(section),
      VECTOR,
      FLAGS,
      GENERIC,
    ],
  }
}

const VECTOR = `## Vector

\`Vector<T>\` is the id \`1cb5c415\`, the number of items as an int, and the items. \`vector<T>\` is the same without the id. In TypeScript a vector is an array, in Lua a table with the keys 1 to n, on the command line a JSON array.`

const FLAGS = `## Flags

A field of the type \`#\` is an int whose bits tell which optional fields follow. \`flags.2?int\` is an int that is there only if bit 2 of \`flags\` is set. No program sets the bits: leave an optional field out, and its bit is 0.`

const GENERIC = `## Generic

\`!X\` is a whole method call, already encoded: the query that a wrapper such as [invokeWithLayer](/methods/invokeWithLayer) sends. The answer is that of the query.`
