import { constructorShape, methodShape } from '@cablegram/tl/fields'
import { chat } from './calls.ts'
import type { Context } from './context.ts'
import { isFunction } from './kinds.ts'
import { at, bare, listAt, memberName, propertiesOf, propertyValue, textOf } from './nodes.ts'
import type { Node, Rewriter } from './rewriter.ts'

const PEERS = new Set(['InputPeer', 'InputUser', 'InputChannel'])

/** Finds the values of a request, or of a constructor, that are peers: GramJS takes names, ids and entities there. */
export function notePeers(name: string, fields: Node | undefined, { peers }: Context): void {
  const shape = methodShape(name) ?? constructorShape(name)
  for (const [key, property] of propertiesOf(bare(fields)) ?? []) {
    const type = shape?.fields.find((field) => field.key === key)?.type ?? ''
    const value = propertyValue(property)
    const item = /^Vector<(.+)>$/.exec(type)?.[1]
    const values = item === undefined ? [value] : listAt(bare(value), 'elements')
    for (const each of values) {
      if (each !== undefined && PEERS.has(item ?? type)) peers.set(each, item ?? type)
    }
  }
}

/** A peer of a request, as raw calls take it; undefined for a value that may be one already. */
export function peerRule(node: Node, type: string, rewriter: Rewriter, context: Context): string | undefined {
  const value = bare(node)
  context.peers.delete(node)
  const isSelf = ['me', 'self'].includes(textOf(value) ?? '')
  if (isSelf && type !== 'InputChannel') return `{ _: '${initial(type)}Self' }`
  const isName = ['StringLiteral', 'TemplateLiteral', 'NumericLiteral'].includes(value?.type ?? '')
  if (!isName && !isFound(value, context)) return undefined
  if (isName && !canWait(rewriter, context)) {
    rewriter.todo(
      node,
      'a request takes no names: client.resolve(name) gives the inputPeer. Guide "Coming from GramJS", Every call',
    )
    return undefined
  }
  const { client } = context.kinds
  const found = isName ? `(await ${client}.resolve(${chat(value, rewriter)}))` : rewriter.render(node)
  return type === 'InputPeer' ? `${found}.inputPeer` : `{ ...${found}.inputPeer, _: '${initial(type)}' }`
}

/** A user or chat that the client has given: `await client.getEntity(…)`, `message.peerId`. */
function isFound(value: Node | undefined, { kinds }: Context): boolean {
  if (value === undefined) return false
  const member = memberName(value) ?? ''
  return (
    kinds.of(value) === 'entity' ||
    (['peerId', 'fromId'].includes(member) && kinds.of(at(value, 'object')) === 'message')
  )
}

function canWait({ around }: Rewriter, { isModule }: Context): boolean {
  const inner = around.findLast(isFunction)
  return inner === undefined ? isModule : inner['async'] === true
}

function initial(type: string): string {
  return `i${type.slice(1)}`
}
