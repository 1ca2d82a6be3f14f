import type { TextEntity } from '../../messages/words.ts'

/** Entities of one message. */
export const MAX_ENTITIES = 100

/** Place in the order of entities that cover the same text: the outer one first. */
const DEPTHS: Readonly<Record<TextEntity['kind'], number>> = {
  blockquote: 0,
  pre: 10,
  code: 20,
  date: 30,
  textUrl: 49,
  mentionName: 49,
  mention: 50,
  hashtag: 50,
  cashtag: 50,
  botCommand: 50,
  url: 50,
  email: 50,
  phone: 50,
  bankCard: 50,
  diffInsert: 60,
  diffReplace: 60,
  diffDelete: 60,
  bold: 90,
  italic: 91,
  underline: 92,
  strike: 93,
  spoiler: 94,
  customEmoji: 99,
}

/** Orders entities by their beginnings, and those that begin together from the outermost to the innermost. */
export function inOrder(one: TextEntity, other: TextEntity): number {
  if (one.offset !== other.offset) return one.offset - other.offset
  if (one.length !== other.length) return other.length - one.length
  return DEPTHS[one.kind] - DEPTHS[other.kind]
}

/** Styles of letters: they may be cut in pieces, and lie in and around nearly everything. */
export const STYLES = ['bold', 'italic', 'underline', 'strike', 'spoiler'] as const

/** Tells whether an entity is a style of letters. */
export function isStyle({ kind }: TextEntity): boolean {
  return STYLES.some((style) => style === kind)
}

/** The place behind the last code unit of an entity. */
export function endOf({ offset, length }: TextEntity): number {
  return offset + length
}

/** The same entity elsewhere. */
export function moved<E extends TextEntity>(entity: E, offset: number, end: number): E {
  return { ...entity, offset, length: end - offset }
}
