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
import { peerNamed, userNamed } from './named-peers.ts'
import { ownIdOf } from './own-ids.ts'
import { showOne } from './show-messages.ts'
import type {
  MediaKind,
  NewButton,
  NewEntity,
  NewPeerKey,
  NewPersonMedia,
  NewPersonMessage,
  PersonMessage,
} from './words.ts'

/** Kinds that a message cannot have yet. */
const FILES: ReadonlySet<MediaKind> = new Set(['photo', 'document', 'voice', 'video'])

/**
 * Writes a message as somebody.
 *
 * @throws {ConsoleError} 400 MEDIA_KIND_MISSING for files, and what the rules refuse
 */
export async function sendAs(on: OnConsole, actor: Actor, message: NewPersonMessage): Promise<PersonMessage> {
  const { media } = message
  if (media !== undefined) checkMedia(media)
  const method = media === undefined ? 'messages.sendMessage' : 'messages.sendMedia'
  const { event } = await refusing(write(on, actor, message), method)
  return await showOne(on, actor.account.id, event.message)
}

function noFiles(kind: MediaKind): ConsoleError {
  return new ConsoleError(
    400,
    'MEDIA_KIND_MISSING',
    `People here cannot send a ${kind} yet.`,
    'Send text, a poll, a dice, a contact or a place (geo).',
  )
}

async function write(on: OnConsole, actor: Actor, message: NewPersonMessage) {
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
  return await sendMedia(on, caller, writing, mediaOf(media))
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
  if (FILES.has(kind)) throw noFiles(kind)
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
    case 'geo':
      return { kind: 'geo', lat, long }
    default:
      throw noFiles(media.kind)
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
