import { RpcError } from '@cablegram/mtproto'
import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { endLeak, lockLeak } from '../codes/decide-leaking-messages.ts'
import type { Leak } from '../codes/words.ts'
import { claimAllMedia } from '../files/decide-media.ts'
import { type KnownMedia, kindOfSent, makeMedia } from '../files/make-media.ts'
import { boxOf } from '../messages/box-of.ts'
import { mediaKind } from '../messages/message-rows.ts'
import type { BoxEvent, FormattedText, MessageContent, PeerId } from '../messages/words.ts'
import { accepted, isRefused, type Refused, refusal } from '../refusal.ts'
import { FAMILIES } from './album-families.ts'
import { findBarOfAll, openChat } from './decide-open-chat.ts'
import { chargeSending, findSpentSending } from './decide-send-budgets.ts'
import { type ReplyTo, repeated, type Writing, type WritingGround, writeIn } from './decide-write.ts'
import { captionText, checkMedia, findBarOfMaking, type NewMedia } from './send-media.ts'
import { groundOf } from './send-message.ts'

/** Photos and documents that are sent together. */
export interface Album {
  readonly peerId: PeerId
  readonly items: readonly AlbumItem[]
  readonly replyTo: ReplyTo | undefined
  /** What all of them have in common. */
  readonly shared: Pick<MessageContent, 'isSilent' | 'isProtected'>
  readonly clearsDraft: boolean
}

/** A photo or document of an album, with its caption. */
export interface AlbumItem extends FormattedText {
  readonly randomId: bigint
  readonly media: NewMedia
}

/** The messages of an album in the sender's box. */
export interface AlbumSent {
  readonly kind: 'sent'
  readonly events: readonly BoxEvent[]
}

const MAX_ITEMS = 10

/**
 * Sends an album, all of it or nothing, once for each random id.
 *
 * @throws {RpcError} MEDIA_EMPTY, MEDIA_INVALID, MULTI_MEDIA_TOO_LONG, MEDIA_GROUPED_INVALID, RANDOM_ID_EMPTY, RANDOM_ID_DUPLICATE,
 *   FILE_REFERENCE_X_EMPTY, FILE_REFERENCE_X_EXPIRED, FILE_REFERENCE_X_INVALID, and those of sending one of them
 */
export async function sendAlbum(on: Ground, caller: Caller, album: Album): Promise<AlbumSent> {
  const ground = groundOf(on, caller)
  const found = await findAlbum(on, caller, album)
  const known = await on.store.look(() => sentOrBarred(ground, found))
  if (known !== undefined) return accepted(known)
  const made = await makeAlbum(on, caller, found)
  return accepted(await on.store.decide(() => writeAlbum(ground, made)))
}

/** An album that is checked, and whose files are not made yet. */
export interface FoundAlbum {
  readonly peerId: PeerId
  readonly items: readonly { readonly writing: Writing; readonly media: NewMedia }[]
}

/**
 * Checks an album, and finds the photos and documents that the server has already. Nothing is made yet.
 *
 * @throws {RpcError} as {@link sendAlbum}, but for those of files and of the chat
 */
export async function findAlbum(on: Ground, caller: Caller, album: Album): Promise<FoundAlbum> {
  const { peerId, items } = album
  checkItems(items)
  const found: AlbumItem[] = []
  for (const [index, item] of items.entries()) found.push(await withKnown(on, caller, item, index))
  if (!goTogether(found)) throw refusal('MEDIA_GROUPED_INVALID')
  const groupedId = items.length > 1 ? randomLong(on.random) : undefined
  return {
    peerId,
    items: found.map((item) => ({ writing: writingOf(album, item, groupedId), media: item.media })),
  }
}

/** An album whose photos and documents are made. */
export interface MadeAlbum {
  readonly peerId: PeerId
  readonly writings: readonly Writing[]
  readonly leak: Leak | undefined
}

/** Makes the photos and documents of an album. @throws {RpcError} those of files */
export async function makeAlbum(
  on: Ground,
  caller: Caller,
  { peerId, items }: FoundAlbum,
): Promise<MadeAlbum> {
  const leaks: Leak[] = []
  const writings: Writing[] = []
  for (const { writing, media } of items) {
    const made = await checkMedia(on, caller, writing, media)
    writings.push(made.checked)
    if (made.leak !== undefined) leaks.push(made.leak)
  }
  return { peerId, writings, leak: together(leaks) }
}

/** Looks before the files of an album are put together. An album that comes again is the one that was sent. */
function* sentOrBarred(
  ground: WritingGround,
  { peerId, items }: FoundAlbum,
): Decision<AlbumSent | Refused | undefined> {
  const sent = yield* sentBefore(
    ground,
    items.map(({ writing }) => writing),
  )
  const media = items.map((item) => item.media)
  return sent ?? (yield* findBarOfMaking(ground, peerId, media))
}

function checkItems(items: readonly AlbumItem[]): void {
  if (items.length === 0) throw refusal('MEDIA_EMPTY')
  if (items.length > MAX_ITEMS) throw refusal('MULTI_MEDIA_TOO_LONG')
  for (const item of items) {
    if (item.randomId === 0n) throw refusal('RANDOM_ID_EMPTY')
    // Like Telegram, which wants files of other servers to be made media by messages.uploadMedia first.
    if (item.media.kind !== 'file' || item.media.given.kind === 'web') throw refusal('MEDIA_INVALID')
    captionText(item)
  }
  if (new Set(items.map(({ randomId }) => randomId)).size < items.length) throw refusal('RANDOM_ID_DUPLICATE')
}

/** An item with the photo or document that the server has already, if it names one. */
async function withKnown(on: Ground, caller: Caller, item: AlbumItem, index: number): Promise<AlbumItem> {
  const { media } = item
  if (media.kind !== 'file' || media.given.kind !== 'known') return item
  const { kind: _, given, ...shown } = media
  return { ...item, media: { ...(await knownAt(on, caller, given, index)), ...shown } }
}

/** In an album, errors of references say of which item. */
async function knownAt(
  on: Ground,
  caller: Caller,
  given: { readonly kind: 'known' } & KnownMedia,
  index: number,
) {
  try {
    return await makeMedia(on, caller, given)
  } catch (error) {
    const trouble = error instanceof RpcError ? TROUBLES[error.type] : undefined
    throw trouble === undefined ? error : refusal(trouble, { x: index })
  }
}

const TROUBLES: Readonly<
  Record<string, 'FILE_REFERENCE_X_EMPTY' | 'FILE_REFERENCE_X_EXPIRED' | 'FILE_REFERENCE_X_INVALID'>
> = {
  FILE_REFERENCE_EMPTY: 'FILE_REFERENCE_X_EMPTY',
  FILE_REFERENCE_EXPIRED: 'FILE_REFERENCE_X_EXPIRED',
  FILE_REFERENCE_INVALID: 'FILE_REFERENCE_X_INVALID',
}

function goTogether(items: readonly AlbumItem[]): boolean {
  const families = new Set(items.map(({ media }) => FAMILIES[albumKind(media)]))
  return items.length === 1 || (families.size === 1 && !families.has(undefined))
}

function albumKind(media: NewMedia): string {
  if (media.kind === 'photo' || media.kind === 'document') return mediaKind(media)
  return media.kind === 'file' && media.given.kind !== 'known' ? kindOfSent(media.given) : media.kind
}

function writingOf(album: Album, item: AlbumItem, groupedId: bigint | undefined): Writing {
  const { peerId, replyTo, shared, items, clearsDraft } = album
  const { text, entities, randomId } = item
  return {
    peerId,
    content: { text, entities, ...shared, ...(groupedId !== undefined && { groupedId }) },
    randomId,
    replyTo,
    clearsDraft: clearsDraft && item.randomId === items[0]?.randomId,
  }
}

function together([first, ...others]: readonly Leak[]): Leak | undefined {
  return first && { ...first, codes: [first, ...others].flatMap(({ codes }) => codes) }
}

function* writeAlbum(
  ground: WritingGround,
  { peerId, writings, leak }: MadeAlbum,
): Decision<AlbumSent | Refused> {
  const { secret, settings, actor } = ground
  const contents = writings.map(({ content }) => content)
  const gone = yield* claimAllMedia(contents.map(({ media }) => media))
  if (gone !== undefined) return gone
  yield* lockLeak(leak)
  const chat = yield* openChat(settings, actor.userId, peerId)
  if (isRefused(chat)) return chat
  const sending = { peerId, times: writings.length }
  const bar =
    (yield* findBarOfAll(chat, actor.userId, contents)) ?? (yield* findSpentSending(ground, sending))
  if (bar !== undefined) return (yield* sentBefore(ground, writings)) ?? bar
  const events: BoxEvent[] = []
  let times = 0
  for (const writing of writings) {
    const written = yield* writeIn(ground, chat, writing, undefined)
    if (isRefused(written)) return written
    events.push(written.event, ...written.others)
    if (written.isNew) times++
  }
  yield* chargeSending(ground, { ...sending, times })
  const home = boxOf(settings, actor.userId)
  const notice = times > 0 ? yield* endLeak(secret, home, leak, actor.authKeyId) : undefined
  return { kind: 'sent', events: notice === undefined ? events : [...events, notice] }
}

/** The answer to an album that was sent before its sender was kept from writing; undefined: not all of it was. */
function* sentBefore(on: WritingGround, writings: readonly Writing[]): Decision<AlbumSent | undefined> {
  const events: BoxEvent[] = []
  for (const writing of writings) {
    const written = yield* repeated(on, writing)
    if (written === undefined) return undefined
    events.push(written.event, ...written.others)
  }
  return { kind: 'sent', events }
}
