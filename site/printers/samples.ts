import { constructorsOf, type FieldShape, type Shape } from '@cablegram/tl/fields'
import { SAMPLE_INTS, SAMPLE_LONGS, SAMPLE_TEXTS } from './sample-words.ts'
import type { TlValue, Value } from './values.ts'

/** Values this deep have empty vectors. */
const MAX_DEPTH = 6

/** Parameters for a method of which only the schema is known: the required ones, with values that say what they are. */
export function sampleParams(method: Shape): TlValue {
  return Object.fromEntries(requiredFields(method).map((field) => [field.key, sampleOf(field, 0)]))
}

function requiredFields({ fields }: Shape): FieldShape[] {
  return fields.filter(({ flag, type }) => flag === undefined && type !== '#' && type !== '!X')
}

function sampleOf(field: FieldShape, depth: number): Value {
  const [, item] = /^[Vv]ector<(.+)>$/.exec(field.type) ?? []
  if (item === undefined) return single(field, depth)
  return depth < MAX_DEPTH ? [single({ ...field, type: item }, depth)] : []
}

function single({ name, type }: FieldShape, depth: number): Value {
  switch (type) {
    case 'int':
      return SAMPLE_INTS[name] ?? 0
    case 'long':
      return SAMPLE_LONGS[name] ?? 0n
    case 'double':
      return 0.5
    case 'string':
      return SAMPLE_TEXTS[name] ?? name.replaceAll('_', ' ')
    case 'bytes':
      return new Uint8Array([1, 2, 3, 4])
    case 'int128':
      return new Uint8Array(16).fill(1)
    case 'int256':
      return new Uint8Array(32).fill(1)
    case 'Bool':
    case 'true':
      return true
    default:
      return sampleObject(type, depth)
  }
}

/** The constructor for types where the smallest one says little. */
const PREFERRED: Readonly<Record<string, string>> = {
  ChatReactions: 'chatReactionsAll',
  InputCheckPasswordSRP: 'inputCheckPasswordEmpty',
  InputFile: 'inputFile',
  InputMedia: 'inputMediaDice',
  InputMessage: 'inputMessageID',
  InputPeer: 'inputPeerSelf',
  InputStickerSet: 'inputStickerSetShortName',
  InputUser: 'inputUserSelf',
  MessageEntity: 'messageEntityBold',
  MessagesFilter: 'inputMessagesFilterEmpty',
  Reaction: 'reactionEmoji',
}

function sampleObject(type: string, depth: number): TlValue {
  const shape = choose(type)
  const fields = requiredFields(shape).map((field) => [field.key, sampleOf(field, depth + 1)] as const)
  return { _: shape.name, ...Object.fromEntries(fields) }
}

const chosen = new Map<string, Shape>()

/** The constructor with the least to fill in, but not the empty one if there is another. */
function choose(type: string): Shape {
  const known = chosen.get(type)
  if (known !== undefined) return known
  const all = constructorsOf(type)
  const preferred = all.find(({ name }) => name === PREFERRED[type])
  const bySize = all.toSorted((a, b) => costOf(a) - costOf(b))
  const best = preferred ?? bySize[0]
  if (best === undefined) throw new Error(`the schema has no constructor of ${type}`)
  chosen.set(type, best)
  return best
}

/** An empty object says nothing, and a long one hides the rest. */
function costOf(shape: Shape): number {
  const empty = /(?:Empty|NotModified|Default|Unknown)$/.test(shape.name) ? 4 : 0
  const nested = requiredFields(shape).filter(({ type }) => /^[A-Z]|\.[A-Z]/.test(type) && type !== 'Bool')
  return empty + requiredFields(shape).length + 3 * nested.length
}
