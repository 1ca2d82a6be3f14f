import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { digitsIn } from '../../typed-text.ts'
import { findLeak } from '../codes/leaked-codes.ts'
import type { Leak } from '../codes/words.ts'
import { claimMedia } from '../files/decide-media.ts'
import { type GivenMedia, kindOfSent, makeMedia } from '../files/make-media.ts'
import { keepPoll } from '../messages/decide-polls.ts'
import { withSeen } from '../messages/decide-seen.ts'
import { mediaKind } from '../messages/message-rows.ts'
import type { Document, FormattedText, Media, PeerId, Photo, Poll, Shown } from '../messages/words.ts'
import { findByPhone } from '../people/decide-contacts.ts'
import { accepted, isRefused, type Refused, refusal } from '../refusal.ts'
import { checkPoll, type WrittenPoll } from './check-poll.ts'
import { findEarlyBar } from './decide-open-chat.ts'
import { findSpentSending } from './decide-send-budgets.ts'
import { repeated, type Writing, type WritingGround, type Written, write } from './decide-write.ts'
import { rollDice } from './dice.ts'
import { type Checked, checkedContent, groundOf } from './send-message.ts'
import { formatText, isLongerThan } from './text/format.ts'

/** Something that a client sends besides text. */
export type NewMedia =
  | { readonly kind: 'poll'; readonly poll: WrittenPoll }
  | { readonly kind: 'dice'; readonly emoticon: string }
  | ({ readonly kind: 'file'; readonly given: GivenMedia } & Shown)
  | Extract<Media, { kind: 'contact' | 'geo' | 'venue' | 'photo' | 'document' }>

/** A photo or document that a client sends. */
export type NewFile = Extract<NewMedia, { kind: 'file' }>

const MAX_CAPTION_CHARACTERS = 1024
/** The longest text about a place. */
const MAX_VENUE_CHARACTERS = 255

/**
 * Writes a message with a photo, a document, a poll, a dice, a contact, a point on the map or a place.
 *
 * @throws {RpcError} RANDOM_ID_EMPTY, MEDIA_CAPTION_TOO_LONG, EMOTICON_INVALID, MEDIA_INVALID, those of polls, and those of
 *   writing in the chat
 */
export async function sendMedia(
  on: Ground,
  caller: Caller,
  writing: Writing,
  given: NewMedia,
): Promise<Written> {
  if (given.kind === 'file' && given.given.kind !== 'known') {
    const known = await on.store.look(() => sentOrBarred(groundOf(on, caller), writing, given))
    if (known !== undefined) return accepted(known)
  }
  const { ground, checked, poll, leak } = await checkMedia(on, caller, writing, given)
  return accepted(await on.store.decide(() => writeMedia(ground, checked, poll, leak)))
}

/** Looks before a file is loaded or put together. A message that comes again, whose URL may lead nowhere by now, is the one that was sent. */
function* sentOrBarred(
  ground: WritingGround,
  writing: Writing,
  given: NewMedia,
): Decision<Written | Refused | undefined> {
  return (yield* repeated(ground, writing)) ?? (yield* findBarOfMaking(ground, writing.peerId, [given]))
}

/**
 * Checks whether somebody may send files, before they are loaded or put together. The decision that sends them checks again: the
 * chat may change meanwhile.
 */
export function* findBarOfMaking(
  on: WritingGround,
  peerId: PeerId,
  given: readonly NewMedia[],
): Decision<Refused | undefined> {
  for (const kind of new Set(given.map(kindBeforeMaking))) {
    const bar = yield* findEarlyBar(on.actor.userId, peerId, kind)
    if (bar !== undefined) return bar
  }
  return yield* findSpentSending(on, { peerId, times: given.length })
}

/** The kind that media will have; undefined if it shows later. */
export function kindBeforeMaking(media: NewMedia): string | undefined {
  if (media.kind === 'photo' || media.kind === 'document') return mediaKind(media)
  if (media.kind !== 'file' || media.given.kind === 'known') return undefined
  return media.given.kind === 'web' && media.given.as === 'document' ? undefined : kindOfSent(media.given)
}

/** A poll that was made for a message. */
export interface MadePoll {
  readonly pollId: bigint
  readonly poll: Poll
}

/** A message with media that is checked, and its poll. */
export interface CheckedMedia extends Checked {
  readonly poll: MadePoll | undefined
}

/** Checks media that somebody sends, with its caption. @throws {RpcError} as {@link sendMedia}, but for those of the chat */
export async function checkMedia(
  on: Ground,
  caller: Caller,
  writing: Writing,
  given: NewMedia,
): Promise<CheckedMedia> {
  if (writing.randomId === 0n) throw refusal('RANDOM_ID_EMPTY')
  const ground = groundOf(on, caller)
  const caption = captionText(writing.content)
  const checked = checkedContent(caller, writing)
  const { media, poll } = newMedia(on, await prepared(on, caller, ground, given), ground.nowS)
  const content = { ...checked, ...caption, media }
  const leak = await findLeak(on, caller, caption.text)
  return { ground, checked: { ...writing, content }, poll, leak }
}

/** Media with what the store has of it: a file that is put together, or the account of a contact that lets itself be found. */
async function prepared(
  on: Ground,
  caller: Caller,
  { actor }: WritingGround,
  given: NewMedia,
): Promise<Exclude<NewMedia, { kind: 'file' }>> {
  const { store } = on
  if (given.kind === 'file') return await makeFile(on, caller, given)
  if (given.kind !== 'contact') return given
  const userId = await store.look(() => findByPhone(actor.userId, digitsIn(given.phone)))
  return { ...given, userId: userId ?? 0n }
}

/** Makes the photo or document that a client sends, or finds it. @throws {RpcError} as {@link makeMedia} */
export async function makeFile(
  on: Ground,
  caller: Caller,
  { kind: _, given, ...shown }: NewFile,
): Promise<(Photo | Document) & Shown> {
  return { ...(await makeMedia(on, caller, given)), ...shown }
}

/** The text beside media. @throws {RpcError} MEDIA_CAPTION_TOO_LONG, and those of formatting */
export function captionText(written: FormattedText): FormattedText {
  const caption = formatText(written)
  if (isLongCaption(caption.text)) throw refusal('MEDIA_CAPTION_TOO_LONG')
  return caption
}

/** Tells whether a text is too long to stand beside media. */
export function isLongCaption(text: string): boolean {
  return isLongerThan(text, MAX_CAPTION_CHARACTERS)
}

interface MadeMedia {
  readonly media: Media
  readonly poll: MadePoll | undefined
}

function newMedia({ random }: Ground, given: Exclude<NewMedia, { kind: 'file' }>, nowS: number): MadeMedia {
  switch (given.kind) {
    case 'photo':
    case 'document':
      return { media: given, poll: undefined }
    case 'poll': {
      const pollId = randomLong(random)
      const poll = checkPoll(given.poll, nowS)
      return { media: { kind: 'poll', pollId }, poll: { pollId, poll } }
    }
    case 'dice':
      return { media: rollDice(random, given.emoticon), poll: undefined }
    case 'geo':
      if (!isOnEarth(given)) throw refusal('MEDIA_INVALID')
      return { media: given, poll: undefined }
    case 'venue':
      if (!isOnEarth(given) || !isDescribed(given)) throw refusal('MEDIA_INVALID')
      return { media: given, poll: undefined }
    case 'contact':
      if (given.phone === '' || given.firstName === '') throw refusal('MEDIA_INVALID')
      return { media: given, poll: undefined }
  }
}

function isOnEarth({ lat, long }: { readonly lat: number; readonly long: number }): boolean {
  return Math.abs(lat) <= 90 && Math.abs(long) <= 180
}

function isDescribed({ title, address, ...about }: Extract<Media, { kind: 'venue' }>): boolean {
  const texts = [title, address, about.provider, about.place, about.placeType]
  return title.trim() !== '' && texts.every((text) => !isLongerThan(text, MAX_VENUE_CHARACTERS))
}

function* writeMedia(
  on: WritingGround,
  writing: Writing,
  made: MadePoll | undefined,
  leak: Leak | undefined,
): Decision<Written | Refused> {
  const { secret, actor } = on
  const gone = yield* claimMedia(writing.content.media)
  if (gone !== undefined) return gone
  const written = yield* write(on, writing, leak)
  if (isRefused(written) || made === undefined) return written
  const { media } = written.event.message
  // A message that is repeated has the poll that it had at first.
  if (media?.kind !== 'poll' || media.pollId !== made.pollId) return written
  yield* keepPoll(secret, { ...made, creatorId: actor.userId })
  const [message = written.event.message] = yield* withSeen(secret, actor.userId, [written.event.message])
  return { ...written, event: { ...written.event, message } }
}
