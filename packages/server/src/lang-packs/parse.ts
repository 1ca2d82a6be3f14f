/** The files in which language packs are published: Android's XML, and `.strings` of all other clients. */

/** Keys and values as they stand in a file, in its order. */
export type RawStrings = ReadonlyMap<string, string>

/** Comments are read as well, so that what looks like a string in one is skipped. */
const STRINGS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"((?:[^"\\]|\\[\s\S])*)"\s*=\s*"((?:[^"\\]|\\[\s\S])*)"\s*;/g
const XML = /<!--[\s\S]*?-->|<string\s+(?:[^>]*\s)?name="([^"]+)"[^>]*>([\s\S]*?)<\/string>/g
const CDATA = /^\s*<!\[CDATA\[([\s\S]*?)\]\]>\s*$/

/** `"key" = "value";`, a line each. */
export function parseStrings(text: string): RawStrings {
  return collect(text, STRINGS, withoutEscapes)
}

/** `<string name="key">value</string>`. */
export function parseXml(text: string): RawStrings {
  return collect(text, XML, (value) => {
    const cdata = CDATA.exec(value)?.[1]
    return withoutEscapes(cdata ?? decodeEntities(value))
  })
}

function collect(text: string, pattern: RegExp, read: (value: string) => string): RawStrings {
  const found = new Map<string, string>()
  for (const [, key, value] of text.matchAll(pattern)) {
    if (key !== undefined && value !== undefined) found.set(read(key), read(value))
  }
  return found
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function withoutEscapes(text: string): string {
  return text.replace(/\\(?:[uU]([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex?: string, one = '') =>
    hex === undefined ? (ESCAPES[one] ?? one) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const MAX_CODE_POINT = 0x10ffff

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, (whole, dec, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    const codePoint = dec === undefined ? Number.parseInt(hex, 16) : Number(dec)
    return codePoint > MAX_CODE_POINT ? whole : String.fromCodePoint(codePoint)
  })
}
