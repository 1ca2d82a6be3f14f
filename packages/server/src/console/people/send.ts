import type { Caller } from '../../ground/caller.ts'
import { randomLong } from '../../ground/random.ts'
import type { Writing } from '../../rules/chats/decide-write.ts'
import { type NewMedia, sendMedia } from '../../rules/chats/send-media.ts'
import { sendText } from '../../rules/chats/send-message.ts'
import type { Button, FormattedText, Markup, TextEntity } from '../../rules/messages/words.ts'
import { refusing } from '../acts/refusals.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { fileMedia, fileNameOf, isFileKind, testFileOf } from './file-media.ts'
import { peerNamed, userNamed } from './named-peers.ts'
import { ownIdOf } from './own-ids.ts'
import { showOne } from './show-messages.ts'
import { atHome, bytesSource, type FileSource, type Upload, withUploads } from './upload.ts'
import type {
  MediaKind,
  NewButton,
  NewEntity,
  NewPeerKey,
  NewPersonFile,
  NewPersonMedia,
  NewPersonMessage,
  PersonMessage,
} from './words.ts'

/**
 * Writes a message as somebody.
 *
 * @param source the file of its media; default: the bytes in it, or a small file for tests
 * @throws {ConsoleError} 400 FILE_EMPTY, and what the rules refuse
 */
export async function sendAs(
  on: OnConsole,
  from: Actor,
  message: NewPersonMessage,
  source?: FileSource,
): Promise<PersonMessage> {
  const { media } = message
  if (media !== undefined) checkMedia(media)
  const method = media === undefined ? 'messages.sendMessage' : 'messages.sendMedia'
  const actor = await atHome(on, from)
  const { event } = await refusing(write(on, actor, message, source), method)
  return await showOne(on, actor.account.id, event.message)
}

async function write(on: OnConsole, actor: Actor, message: NewPersonMessage, source?: FileSource) {
  const { caller } = actor
  const { to, text = '', replyTo, isSilent, media } = message
  const writing: Writing = {
    peerId: await peerNamed(on, caller, to),
    content: {
      text,
      entities: await entitiesOf(on, caller, message.entities),
      ...markupOf(message),
      ...(isSilent && { isSilent }),
    },
    randomId: randomLong(on.random),
    replyTo: replyTo === undefined ? undefined : { id: await ownIdOf(on, actor, replyTo) },
    clearsDraft: true,
  }
  if (media === undefined) return await sendText(on, caller, writing)
  const { kind } = media
  return await withUploads(on, actor, async (upload) => {
    const given = isFileKind(kind) ? await fileOf(upload, { ...media, kind }, source) : mediaOf(media)
    return await sendMedia(on, caller, writing, given)
  })
}

/** Sends the file itself, as a client does before the message. */
export async function fileOf(
  upload: Upload,
  media: NewPersonFile,
  source: FileSource = sourceOf(media),
): Promise<NewMedia> {
  const { kind } = media
  return fileMedia(kind, media, await upload(source, fileNameOf(kind, media)))
}

function sourceOf({ kind, base64 }: NewPersonFile): FileSource {
  return bytesSource(base64 === undefined ? testFileOf(kind) : Buffer.from(base64, 'base64'))
}

/** Formatting as the rules know it. @throws {RpcError} as {@link userNamed} */
export async function entitiesOf(
  on: OnConsole,
  caller: Caller,
  entities: readonly NewEntity[] = [],
): Promise<TextEntity[]> {
  return await Promise.all(entities.map((entity) => entityOf(on, caller, entity)))
}

async function entityOf(on: OnConsole, caller: Caller, entity: NewEntity): Promise<TextEntity> {
  const { kind, offset, length } = entity
  const place = { offset, length }
  switch (kind) {
    case 'pre':
      return { kind, ...place, language: entity.language ?? '' }
    case 'textUrl':
      return { kind, ...place, url: entity.url ?? '' }
    case 'mentionName':
      return { kind, ...place, userId: await userNamed(on, caller, entity.user ?? '') }
    case 'customEmoji':
      return { kind, ...place, documentId: BigInt(entity.documentId ?? 0) }
    case 'blockquote':
      return { kind, ...place, isCollapsed: entity.isCollapsed ?? false }
    default:
      return { kind, ...place }
  }
}

/** The fields that a kind cannot do without. */
const NEEDED: Readonly<Partial<Record<MediaKind, readonly (keyof NewPersonMedia)[]>>> = {
  poll: ['question', 'answers'],
  dice: ['emoji'],
  contact: ['phone', 'firstName'],
  geo: ['lat', 'long'],
}

/** @throws {ConsoleError} 400 REQUEST_INVALID if a field is missing */
function checkMedia(media: NewPersonMedia): void {
  const { kind } = media
  const missing = NEEDED[kind]?.find((field) => media[field] === undefined)
  if (missing === undefined) return
  throw new ConsoleError(
    400,
    'REQUEST_INVALID',
    `media.${missing} is missing: media of the kind ${kind} needs it.`,
    'Compare the request with /openapi.json.',
  )
}

function mediaOf(media: NewPersonMedia): NewMedia {
  const { phone = '', firstName = '', lastName = '', emoji = '', lat = 0, long = 0 } = media
  switch (media.kind) {
    case 'poll':
      return { kind: 'poll', poll: pollOf(media) }
    case 'dice':
      return { kind: 'dice', emoticon: emoji }
    case 'contact':
      return { kind: 'contact', phone, firstName, lastName, vcard: '', userId: 0n }
    default:
      return { kind: 'geo', lat, long }
  }
}

type WrittenPoll = Extract<NewMedia, { kind: 'poll' }>['poll']

function pollOf({ question = '', answers = [], correct, isMultiple, isPublic }: NewPersonMedia): WrittenPoll {
  return {
    question: plain(question),
    answers: answers.map(plain),
    isQuiz: correct !== undefined,
    isMultiple: isMultiple ?? false,
    hasPublicVoters: isPublic ?? false,
    isRevotingDisabled: false,
    isShuffled: false,
    hidesResults: false,
    correct: correct === undefined ? [] : [correct],
  }
}

function plain(text: string): FormattedText {
  return { text, entities: [] }
}

function markupOf({ buttons, keyboard }: NewPersonMessage): { readonly markup?: Markup } {
  if (buttons !== undefined) {
    return { markup: { kind: 'inline', rows: buttons.map((row) => row.map(buttonOf)) } }
  }
  if (keyboard === undefined) return {}
  let asked = 0
  const rows = keyboard.map((row) =>
    row.map((key): Button => {
      if (typeof key === 'string') return { kind: 'text', text: key }
      asked += 1
      return peerKey(key, asked)
    }),
  )
  const asIs = { isSingleUse: false, isSelective: false, isPersistent: false, placeholder: '' }
  return { markup: { kind: 'keyboard', rows, isResized: true, ...asIs } }
}

function peerKey({ text, asksFor, most = 1 }: NewPeerKey, buttonNumber: number): Button {
  const asked =
    asksFor === 'group'
      ? ({ kind: 'group', isOwn: false, hasBot: false } as const)
      : ({ kind: 'user', isBot: asksFor === 'bot' } as const)
  return {
    kind: 'requestPeer',
    text,
    buttonNumber,
    asksFor: asked,
    most,
    needsName: true,
    needsUsername: true,
  }
}

/** A button without data and page has its text as data. */
function buttonOf({ text, data, url }: NewButton) {
  if (url !== undefined) return { kind: 'url', text, url } as const
  const bytes = Buffer.from(data ?? text)
  return { kind: 'callback', text, data: bytes.toString('base64'), needsPassword: false } as const
}
