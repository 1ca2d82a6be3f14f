import type { MessageContent, Poll } from './words.ts'

/** The fields that bodies keep; all others stand in the rows of the boxes. */
const FIELDS = [
  'text',
  'entities',
  'reply',
  'forward',
  'viaBotId',
  'media',
  'groupedId',
  'markup',
  'action',
  'isSilent',
  'isProtected',
  'isFromScheduled',
  'start',
] as const satisfies readonly (keyof MessageContent)[]

/** JSON has no 64-bit integers: they are decimal strings, in fields whose names end in Id or Ids. */
const LONGS = /Ids?$/
const MAY_HAVE_LONGS = /Ids?":["[]/

/** A body as JSON. */
export function toBodyJson(content: MessageContent): string {
  return withoutLongs(keptOf(content))
}

function keptOf(content: MessageContent): object {
  const kept = FIELDS.flatMap((field) => {
    const value = field === 'media' ? storedMedia(content.media) : content[field]
    return value === undefined ? [] : [[field, value] as const]
  })
  return Object.fromEntries(kept)
}

/** A message that waits, as JSON: its content, and what is known besides. */
export function toWaitingJson({ content, ...rest }: { readonly content: MessageContent }): string {
  return withoutLongs({ ...rest, content: keptOf(content) })
}

/** A body points to its poll, and does not contain it. */
function storedMedia(media: MessageContent['media']): MessageContent['media'] {
  return media?.kind === 'poll' ? { kind: 'poll', pollId: media.pollId } : media
}

/** A poll as JSON. */
export function toPollJson(poll: Poll): string {
  return withoutLongs(poll)
}

/** The message of {@link toWaitingJson}. */
export function ofWaitingJson<T extends { readonly content: MessageContent }>(json: string): T {
  return JSON.parse(json, toLongs)
}

/** The poll of {@link toPollJson}. */
export function ofPollJson(json: string): Poll {
  return JSON.parse(json, toLongs)
}

/** A value as JSON whose 64-bit integers are in fields with names in Id or Ids. */
export function withoutLongs(value: object): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
}

/** The content of {@link toBodyJson}. Most bodies are a text and nothing else, and are read without looking for integers. */
export function ofBodyJson(json: string): MessageContent {
  return MAY_HAVE_LONGS.test(json) ? JSON.parse(json, toLongs) : JSON.parse(json)
}

/** Gives {@link JSON.parse} back the integers that {@link withoutLongs} has written. */
export function toLongs(key: string, value: unknown): unknown {
  if (!LONGS.test(key)) return value
  if (typeof value === 'string') return BigInt(value)
  return Array.isArray(value) ? value.map((each) => (typeof each === 'string' ? BigInt(each) : each)) : value
}
