import type { Decision } from '../../database/decision.ts'
import { findGroup } from '../groups/decide-group.ts'
import { mediaKind } from '../messages/message-rows.ts'
import type { Media, MessageContent, PeerId } from '../messages/words.ts'
import { type Refusal, type Refused, refused } from '../refusal.ts'
import { FAMILIES } from './album-families.ts'
import { barOfKind } from './decide-open-chat.ts'

/** Kinds of media that may take the place of each other. */
const REPLACEABLE: ReadonlySet<string> = new Set(['photo', 'video', 'gif', 'music', 'document'])

/** The reason why media of this kind cannot take the place of what a message has; undefined if they can. */
export function kindTrouble({ media, groupedId }: MessageContent, kind: string): Refusal | undefined {
  const before = media && mediaKind(media)
  if (before !== undefined && !REPLACEABLE.has(before)) return 'MEDIA_PREV_INVALID'
  if (!REPLACEABLE.has(kind)) return 'MEDIA_NEW_INVALID'
  const isInAlbum = groupedId !== undefined && before !== undefined
  return isInAlbum && FAMILIES[before] !== FAMILIES[kind] ? 'MEDIA_GROUPED_INVALID' : undefined
}

/** The reason why somebody may not put media of this kind in the place of what a message has; undefined if they may. */
export function* findReplacingBar(
  { peerId, content }: { readonly peerId: PeerId; readonly content: MessageContent },
  kind: string,
  userId: bigint,
): Decision<Refused | undefined> {
  const trouble = kindTrouble(content, kind)
  if (trouble !== undefined) return refused(trouble)
  const group = peerId < 0n ? yield* findGroup(-peerId) : undefined
  return group && barOfKind(group, userId, kind)
}

/** Tells whether two messages have the same photo or document. */
export function isSameMedia(one: Media | undefined, other: Media | undefined): boolean {
  if (one?.kind === 'photo' && other?.kind === 'photo') return one.photoId === other.photoId
  const isDocument = one?.kind === 'document' && other?.kind === 'document'
  return isDocument && one.documentId === other.documentId
}
