import { constructorShape, type FieldShape, methodShape } from '@cablegram/tl/fields'
import type { Context } from './context.ts'
import { bare, dotted, listAt, methodCall, propertiesOf, propertyValue, textOf } from './nodes.ts'
import type { Node, Rewriter } from './rewriter.ts'

/** The values that GramJS writes for required fields which a program leaves out. */
const ZEROS: Readonly<Record<string, string>> = { int: '0', long: '0n', Bool: 'false' }
const RANDOM_ID = 'new DataView(crypto.getRandomValues(new Uint8Array(8)).buffer).getBigInt64(0)'

/**
 * Finds the numbers of a request, or of a constructor, that are bigints now, and adds those that GramJS fills in.
 *
 * @returns the entries to write if the program gives no fields at all
 */
export function fillNumbers(
  name: string,
  fields: Node | undefined,
  node: Node,
  rewriter: Rewriter,
  { longs }: Context,
): string {
  const given = fields === undefined ? new Map<string, Node>() : propertiesOf(bare(fields))
  const shape = methodShape(name) ?? constructorShape(name)
  if (given === undefined || shape === undefined) return ''
  for (const { key, type } of shape.fields) {
    const value = bare(propertyValue(given.get(key)))
    if (value === undefined || !/\blong\b/.test(type)) continue
    for (const each of [value, ...listAt(value, 'elements')]) longs.add(each)
  }
  const missing = shape.fields.filter(({ key, flag }) => flag === undefined && !given.has(key))
  if (missing.some(({ key, type }) => key === 'randomId' && type !== 'long')) {
    rewriter.todo(node, 'randomId takes a random bigint for each message. Guide "Coming from GramJS", Values')
  }
  const entries = missing.flatMap((field) => filled(field) ?? [])
  const last = [...given.values()].at(-1)
  if (last === undefined) return entries.join(', ')
  const between = betweenEntries(last, rewriter)
  rewriter.append(last, entries.map((entry) => `,${between}${entry}`).join(''))
  return ''
}

function filled({ key, type }: FieldShape): string | undefined {
  const value = key === 'randomId' && type === 'long' ? RANDOM_ID : ZEROS[type]
  return value && `${key}: ${value}`
}

/** A space, or the start of a line if the last property begins one. */
function betweenEntries({ start }: Node, { text }: Rewriter): string {
  const [lineStart] = /\n[ \t]*$/.exec(text.slice(0, start)) ?? [' ']
  return lineStart
}

/** A number that is a bigint now: `0` in a field of longs, `bigInt('5')`, `bigInt.zero`. */
export function bigintRule(node: Node, rewriter: Rewriter, { longs }: Context): string | undefined {
  const digits = longs.has(node) ? (textOf(node) ?? rewriter.source(node)) : ''
  if (/^-?\d+$/.test(digits)) return `${digits}n`
  if (node.type === 'MemberExpression') return CONSTANTS[dotted(node) ?? '']
  const call = methodCall(node)
  if (call?.method === 'toJSNumber') return `Number(${rewriter.render(call.object)})`
  return undefined
}

const CONSTANTS: Readonly<Record<string, string>> = {
  'bigInt.zero': '0n',
  'bigInt.one': '1n',
  'bigInt.minusOne': '-1n',
}
