import { UsageError } from '@cablegram/tl'
import {
  type Actor,
  type MessageName,
  type MessageWait,
  type OnConsole,
  type PersonMessage,
  people,
  peopleSchemas as schemas,
} from '../console/index.ts'
import { steadyNowMs } from '../ground/clock.ts'
import type { Acting } from './acting.ts'
import { check } from './calls.ts'
import { fileSource } from './file-source.ts'
import type { GivenMessages } from './given-messages.ts'
import { messageOf, nameOf } from './named.ts'
import type { NextOptions, Person, PersonMedia } from './people-api.ts'

const DEFAULT_WAIT_MS = 5_000

type MessageCalls = Pick<
  Person,
  | 'send'
  | 'sendAlbum'
  | 'edit'
  | 'delete'
  | 'forward'
  | 'react'
  | 'vote'
  | 'pin'
  | 'messages'
  | 'download'
  | 'next'
>

/** Parameters by the fields that they become. */
const NAMES = {
  to: 'to',
  text: 'text',
  messageId: 'message',
  messageIds: 'messages',
  emoji: 'emoji',
  on: 'isPinned',
} as const

/** The calls of somebody about messages. */
export function messageCalls(on: OnConsole, act: Acting, given: GivenMessages): MessageCalls {
  return {
    send: act(async (actor, to, text, { replyTo, media, ...options } = {}) => {
      const reply = replyTo === undefined ? {} : { replyTo: messageOf(replyTo) }
      const { given, source } = await withFile(media)
      const message = check(
        schemas.newMessage,
        { ...options, ...reply, ...given, to: nameOf(to), text },
        'options',
        NAMES,
      )
      return await people.sendAs(on, actor, message, source)
    }),
    sendAlbum: act(async (actor, to, media, { replyTo, ...options } = {}) => {
      const reply = replyTo === undefined ? {} : { replyTo: messageOf(replyTo) }
      const files = await Promise.all(media.map(withFile))
      const given = { ...options, ...reply, to: nameOf(to), media: files.map((each) => each.given.media) }
      const album = check(schemas.newAlbum, given, 'options', NAMES)
      const sources = files.map(({ source }) => source)
      return await people.sendAlbumAs(on, actor, album, sources)
    }),
    edit: act(async (actor, message, text, options = {}) => {
      const edit = { ...options, messageId: messageOf(message), text }
      return await people.editAs(on, actor, check(schemas.edit, edit, 'options', NAMES))
    }),
    delete: act(async (actor, messages, options = {}) => {
      const deletion = { ...options, messageIds: listOf(messages) }
      await people.deleteAs(on, actor, check(schemas.deletion, deletion, 'options', NAMES))
    }),
    forward: act(async (actor, messages, to) => {
      const forward = { messageIds: listOf(messages), to: nameOf(to) }
      return await people.forwardAs(on, actor, check(schemas.forward, forward, 'forward', NAMES))
    }),
    react: act(async (actor, message, emoji) => {
      const reaction = { messageId: messageOf(message), emoji }
      return await people.reactAs(on, actor, check(schemas.reaction, reaction, 'reaction', NAMES))
    }),
    vote: act(async (actor, message, options) => {
      const vote = { messageId: messageOf(message), options }
      return await people.voteAs(
        on,
        actor,
        check(schemas.vote, vote, 'vote', { ...NAMES, options: 'options' }),
      )
    }),
    pin: act(async (actor, message, isPinned = true) => {
      const pin = { messageId: messageOf(message), on: isPinned }
      await people.pinAs(on, actor, check(schemas.pin, pin, 'pin', NAMES))
    }),
    messages: act(async (actor, chat, options = {}) => {
      const query = { ...options, with: nameOf(chat) }
      return await people.listMessages(
        on,
        actor,
        check(schemas.messagesQuery, query, 'options', { with: 'chat' }),
      )
    }),
    download: act(async (actor, message, options = {}) => {
      const query = { ...options, messageId: messageOf(message) }
      const file = await people.openFileAs(on, actor, check(schemas.fileQuery, query, 'options', NAMES))
      return await wholeOf(file)
    }),
    next: act(async (actor, options = {}) => {
      const { timeoutMs = DEFAULT_WAIT_MS, ...wait } = check(schemas.messageWait, waitOf(options), 'options')
      const message = await nextOf(on, actor, given, { ...wait, timeoutMs })
      if (message !== undefined) return message
      throw new UsageError('MESSAGE_TIMEOUT', `${noMessage(actor, wait)} within ${timeoutMs} ms.`)
    }),
  }
}

/** Media without the bytes, which are sent by themselves. */
async function withFile(media: PersonMedia | undefined) {
  if (media?.file === undefined) return { given: { media }, source: undefined }
  const { file, ...rest } = media
  const { source, fileName } = await fileSource(file)
  return { given: { media: { ...(fileName !== undefined && { fileName }), ...rest } }, source }
}

async function wholeOf({
  bytes,
  pieces,
}: Awaited<ReturnType<typeof people.openFileAs>>): Promise<Uint8Array> {
  const whole = new Uint8Array(bytes)
  let at = 0
  for await (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function listOf(messages: MessageName | readonly MessageName[]): readonly MessageName[] {
  return (isList(messages) ? messages : [messages]).map(messageOf)
}

function isList(messages: MessageName | readonly MessageName[]): messages is readonly MessageName[] {
  return Array.isArray(messages)
}

function waitOf({ with: chat, from, ...options }: NextOptions): MessageWait {
  return {
    ...options,
    ...(chat !== undefined && { with: nameOf(chat) }),
    ...(from !== undefined && { from: nameOf(from) }),
  }
}

/** The next message that was not given; those before it that others of the person's calls took are passed over. */
async function nextOf(
  on: OnConsole,
  actor: Actor,
  given: GivenMessages,
  { timeoutMs, ...wait }: MessageWait & { readonly timeoutMs: number },
): Promise<PersonMessage | undefined> {
  const endMs = steadyNowMs() + timeoutMs
  const isAny = wait.with === undefined && wait.from === undefined && wait.media === undefined
  let { afterId } = given
  for (;;) {
    const leftMs = Math.max(0, endMs - steadyNowMs())
    const limits = { timeoutMs: leftMs, signal: on.closing }
    const message = await people.waitForMessage(on, actor, { ...wait, ...limits, afterId })
    if (message === undefined || given.take(message.id, isAny)) return message
    afterId = message.id
  }
}

function noMessage({ account }: Actor, { with: chat, from, media }: MessageWait): string {
  const author = from === undefined ? '' : ` from ${from}`
  const place = chat === undefined ? '' : ` in the chat with ${chat}`
  const kind = media === undefined ? '' : ` with media of the kind ${media}`
  return `No message${kind}${author}${place} came to ${account.firstName}`
}
