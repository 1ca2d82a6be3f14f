import type { Combinator, Field, TypeExpr } from './ast.ts'

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

function crc32(text: string): number {
  let crc = -1
  for (const byte of new TextEncoder().encode(text)) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] ?? 0)
  return ~crc >>> 0
}

/**
 * Computes the id of a combinator: the CRC32 of its text in Telegram's normal form. `%Type` counts as the name of
 * its constructor, which only `checkSchema` knows, so a combinator that uses it must state its id.
 */
export function combinatorId(of: Pick<Combinator, 'name' | 'generics' | 'fields' | 'result'>): number {
  const generics = of.generics.map((name) => `${name}:Type`)
  // `true` fields were added to TL later and do not change the id.
  const fields = of.fields.filter((field) => field.type.kind !== 'true').map(fieldText)
  return crc32([of.name, ...generics, ...fields, '=', typeText(of.result)].join(' '))
}

function fieldText(field: Field): string {
  const flag = field.flag === undefined ? '' : `${field.flag.field}.${field.flag.bit}?`
  const bang = field.type.kind === 'generic' ? '!' : ''
  // Only the type of a field is renamed; inside a vector `bytes` stays.
  const isBytes = field.type.kind === 'primitive' && field.type.name === 'bytes'
  return `${field.name}:${flag}${bang}${isBytes ? 'string' : typeText(field.type)}`
}

function typeText(type: TypeExpr): string {
  switch (type.kind) {
    case 'flags':
      return '#'
    case 'true':
      return 'true'
    case 'vector':
      return `${type.boxed ? 'Vector' : 'vector'} ${typeText(type.item)}`
    default:
      return type.name
  }
}
