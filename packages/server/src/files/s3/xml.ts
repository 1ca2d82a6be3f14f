/** The little XML of S3: elements without attributes that count, by name. */

/** The contents of all elements of a name, as they stand, in order. */
export function elements(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^]*?)</${name}>`, 'g'))
  return [...found].map(([, inner = '']) => inner)
}

/** The text of the first element of a name. */
export function textOf(xml: string, name: string): string | undefined {
  const [inner] = elements(xml, name)
  return inner?.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, unescaped).trim()
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const LAST_CODE_POINT = 0x10ffff

function unescaped(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? whole
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return point <= LAST_CODE_POINT ? String.fromCodePoint(point) : whole
}

/** Text inside an element. */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
