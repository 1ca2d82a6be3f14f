import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Arguments, Command } from '../../command.ts'
import { ANSWER_OPTIONS } from '../../console.ts'
import { CommandError, CommandLineError } from '../../errors.ts'
import { printAnswer } from '../../print.ts'
import { type Message, messageLines } from './message-line.ts'
import { CHAT, doAs, MESSAGE, messageIdOf, PERSON } from './person-path.ts'

const SENDING = {
  to: 'TO',
  text: 'TEXT',
  replyTo: '--reply-to',
  'media.question': '--poll',
  'media.answers': '--answers',
  'media.emoji': '--dice',
  'media.base64': '--file',
  'media.fileName': '--file',
} as const

const FILE_KINDS = ['photo', 'document', 'voice', 'audio', 'video', 'animation', 'round']
/** Kinds of files by the ends of their names; others are documents. */
const KINDS: Readonly<Record<string, string>> = {
  jpg: 'photo',
  jpeg: 'photo',
  png: 'photo',
  webp: 'photo',
  ogg: 'voice',
  oga: 'voice',
  mp3: 'audio',
  mp4: 'video',
  gif: 'animation',
}

const MORE_MESSAGES = { name: MESSAGE.name, help: 'any number of them', isRest: true } as const

/** `cablegram people send`. */
export const send: Command = {
  name: 'send',
  summary: 'Write a message as somebody.',
  positionals: [
    PERSON,
    { name: 'TO', help: 'a @username, a +phone, an id or me', required: true },
    { name: 'TEXT', help: 'the text (default: none)' },
  ],
  options: {
    'reply-to': { value: 'ID', help: 'the message that it replies to' },
    silent: { help: 'without a sound' },
    poll: { value: 'QUESTION', help: 'send a poll; --answers has its answers' },
    answers: { value: 'TEXTS', help: 'the answers of a poll, with | between them' },
    dice: { value: 'EMOJI', help: 'send a dice: 🎲, 🎯, 🎳, 🏀, ⚽ or 🎰' },
    file: { value: 'PATH', help: 'send a file, at most 16 MiB; its name says the kind' },
    media: {
      value: 'KIND',
      help: 'the kind of the file: photo, document, voice, audio, video, animation or round; without --file, a small test file is sent',
      oneOf: FILE_KINDS,
    },
    ...ANSWER_OPTIONS,
  },
  examples: [
    ["npx cablegram people send @ada_lovelace @echo_bot 'Hello'", 'a text'],
    [
      "npx cablegram people send @ada_lovelace @bob_builder --poll 'Tea?' --answers 'Yes|No'",
      'a poll with two answers',
    ],
    ['npx cablegram people send @ada_lovelace @bob_builder --media photo', 'a small test picture'],
    [
      "npx cablegram people send @ada_lovelace @bob_builder 'Read this' --file report.pdf",
      'a file with a text',
    ],
  ],
  async run(args) {
    const [, to, text] = args.positionals
    const body = {
      to: chatOf(to),
      text,
      media: await mediaOf(args),
      replyTo: messageIdOf(args.text('reply-to'), '--reply-to'),
      isSilent: args.flag('silent') ? true : undefined,
    }
    const sent = (await doAs(args, 'messages', body, SENDING)) as Message
    printAnswer(args, sent, messageLines([sent]))
    return 0
  },
}

async function mediaOf(args: Arguments) {
  const [question, answers, emoji] = [args.text('poll'), args.text('answers'), args.text('dice')]
  const isFile = args.text('file') !== undefined || args.text('media') !== undefined
  if ([question !== undefined, emoji !== undefined, isFile].filter(Boolean).length > 1)
    throw new CommandLineError('--poll, --dice and a file exclude each other: give one of them.')
  if (question === undefined && answers !== undefined)
    throw new CommandLineError('--answers are those of a poll: give its question with --poll.')
  if (emoji !== undefined) return { kind: 'dice', emoji }
  if (isFile) return await fileOf(args.text('file'), args.text('media'))
  if (question === undefined) return undefined
  return { kind: 'poll', question, answers: answers?.split('|') ?? [] }
}

async function fileOf(path: string | undefined, kind: string | undefined) {
  if (path === undefined) return { kind }
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  return {
    kind: kind ?? KINDS[ending] ?? 'document',
    fileName: basename(path),
    base64: (await bytesOf(path)).toString('base64'),
  }
}

/** A request to the console has room for so much. */
const MAX_FILE_BYTES = 16 * 1024 * 1024
const MAX_ALBUM_BYTES = 17 * 1024 * 1024

async function bytesOf(path: string): Promise<Buffer> {
  checkSize(path, await sizeOf(path), '--file', MAX_FILE_BYTES)
  return await readFile(path).catch((cause) => Promise.reject(unreadable(path, cause)))
}

async function sizeOf(path: string): Promise<number> {
  const { size } = await stat(path).catch((cause) => Promise.reject(unreadable(path, cause)))
  return size
}

function unreadable(path: string, cause: unknown): CommandError {
  return new CommandError(`the file ${path} cannot be read: give the path of a file.`, { cause })
}

function checkSize(what: string, bytes: number, where: string, most: number): void {
  if (bytes <= most) return
  throw new CommandLineError(`${what} has ${inMiB(bytes)} MiB; ${where} takes at most ${inMiB(most)} MiB.`)
}

/** Rounded up: what is too large is not shown as the limit. */
function inMiB(bytes: number): number {
  return Math.ceil((bytes / 1024 / 1024) * 10) / 10
}

/** A chat as the console takes it: an id is a number, also that of a group. */
function chatOf(name: string | undefined): string | number | undefined {
  return name !== undefined && /^-?\d{1,15}$/.test(name) ? Number(name) : name
}

/** `cablegram people album`. */
export const album: Command = {
  name: 'album',
  summary: 'Send up to ten files together as somebody.',
  positionals: [
    PERSON,
    { ...CHAT, name: 'TO' },
    { name: 'FILE', help: 'the path of a file; its name says the kind', required: true },
    { name: 'FILE', help: 'any number of them', isRest: true },
  ],
  options: { text: { value: 'TEXT', help: 'the text under the first' }, ...ANSWER_OPTIONS },
  examples: [
    [
      "npx cablegram people album @ada_lovelace @bob_builder a.jpg b.jpg --text 'Tea'",
      'two photos and a text',
    ],
  ],
  async run(args) {
    const [, to, ...paths] = args.positionals
    const sizes = await Promise.all(paths.map(sizeOf))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    checkSize('the album', total, 'a request', MAX_ALBUM_BYTES)
    const media = await Promise.all(paths.map((path) => fileOf(path, undefined)))
    const given = { to: 'TO', media: 'FILE', text: '--text' }
    const body = { to: chatOf(to), media, text: args.text('text') }
    const sent = (await doAs(args, 'albums', body, given)) as { readonly messages: readonly Message[] }
    printAnswer(args, sent, messageLines(sent.messages))
    return 0
  },
}

const GIVEN = {
  messageId: 'ID',
  messageIds: 'ID',
  to: 'TO',
  text: 'TEXT',
  options: 'ANSWER',
  emoji: 'EMOJI',
} as const

/** `cablegram people edit`. */
export const edit: Command = {
  name: 'edit',
  summary: 'Change the text of a message of somebody’s own.',
  positionals: [PERSON, MESSAGE, { name: 'TEXT', help: 'the new text', required: true }],
  options: ANSWER_OPTIONS,
  examples: [["npx cablegram people edit @ada_lovelace 5 'Hello, all'", 'everybody sees the new text']],
  async run(args) {
    const [, id, text] = args.positionals
    const edited = (await doAs(args, 'edits', { messageId: messageIdOf(id), text }, GIVEN)) as Message
    printAnswer(args, edited, messageLines([edited]))
    return 0
  },
}

/** `cablegram people delete`. */
export const remove: Command = {
  name: 'delete',
  summary: 'Take messages away from everybody.',
  positionals: [PERSON, MESSAGE, MORE_MESSAGES],
  options: { 'for-self': { help: 'from this person alone' }, ...ANSWER_OPTIONS },
  examples: [['npx cablegram people delete @ada_lovelace 5 6', 'nobody has them any more']],
  async run(args) {
    const messageIds = args.positionals.slice(1).map((id) => messageIdOf(id))
    await doAs(args, 'deletions', { messageIds, forAll: !args.flag('for-self') }, GIVEN)
    const count = messageIds.length === 1 ? '1 message' : `${messageIds.length} messages`
    printAnswer(args, {}, `Deleted ${count}.`)
    return 0
  },
}

/** `cablegram people react`. */
export const react: Command = {
  name: 'react',
  summary: 'React to a message as somebody.',
  positionals: [PERSON, MESSAGE, { name: 'EMOJI', help: 'the reaction, unless --off takes it back' }],
  options: { off: { help: 'take the reaction back' }, ...ANSWER_OPTIONS },
  examples: [
    ['npx cablegram people react @bob_builder 5 👍', 'a thumb'],
    ['npx cablegram people react @bob_builder 5 --off', 'the reaction is taken back'],
  ],
  async run(args) {
    const [, id, emoji] = args.positionals
    checkOff(args, emoji, 'EMOJI is missing: give the reaction, such as 👍, or --off to take it back.')
    const body = { messageId: messageIdOf(id), emoji: emoji ?? null }
    const reacted = (await doAs(args, 'reactions', body, GIVEN)) as Message
    printAnswer(args, reacted, messageLines([reacted]))
    return 0
  },
}

/** `cablegram people vote`. */
export const vote: Command = {
  name: 'vote',
  summary: 'Vote in a poll as somebody.',
  positionals: [
    PERSON,
    MESSAGE,
    { name: 'ANSWER', help: 'the text of an answer, unless --off takes the votes back', isRest: true },
  ],
  options: { off: { help: 'take the votes back' }, ...ANSWER_OPTIONS },
  examples: [
    ["npx cablegram people vote @bob_builder 5 'Yes'", 'a vote for an answer'],
    ['npx cablegram people vote @bob_builder 5 --off', 'the vote is taken back'],
  ],
  async run(args) {
    const [, id, ...options] = args.positionals
    checkOff(
      args,
      options[0],
      'ANSWER is missing: give the text of an answer, or --off to take the votes back.',
    )
    const voted = (await doAs(args, 'votes', { messageId: messageIdOf(id), options }, GIVEN)) as Message
    printAnswer(args, voted, messageLines([voted]))
    return 0
  },
}

/** @throws CommandLineError unless there is either a value, or the option that takes an earlier one back */
function checkOff(args: Arguments, value: string | undefined, missing: string): void {
  if (args.flag('off') === (value === undefined)) return
  throw new CommandLineError(
    value === undefined ? missing : '--off takes back what was given: it stands alone.',
  )
}

/** `cablegram people forward`. */
export const forward: Command = {
  name: 'forward',
  summary: 'Forward messages of one chat to another.',
  positionals: [PERSON, { ...CHAT, name: 'TO' }, MESSAGE, MORE_MESSAGES],
  options: ANSWER_OPTIONS,
  examples: [
    ['npx cablegram people forward @ada_lovelace @bob_builder 5 6', 'Bob gets messages 5 and 6 of Ada'],
  ],
  async run(args) {
    const [, to, ...ids] = args.positionals
    const body = { messageIds: ids.map((id) => messageIdOf(id)), to: chatOf(to) }
    const sent = (await doAs(args, 'forwards', body, GIVEN)) as { readonly messages: readonly Message[] }
    printAnswer(args, sent, messageLines(sent.messages))
    return 0
  },
}

/** `cablegram people pin`. */
export const pin: Command = {
  name: 'pin',
  summary: 'Pin a message for everybody in its chat.',
  positionals: [PERSON, MESSAGE],
  options: { off: { help: 'unpin it' }, ...ANSWER_OPTIONS },
  examples: [
    ['npx cablegram people pin @ada_lovelace 5', 'both sides of the chat see it above the messages'],
    ['npx cablegram people pin @ada_lovelace 5 --off', 'it is pinned no longer'],
  ],
  async run(args) {
    const [, id] = args.positionals
    const isOff = args.flag('off')
    await doAs(args, 'pins', { messageId: messageIdOf(id), on: !isOff }, GIVEN)
    printAnswer(args, {}, `${isOff ? 'Unpinned' : 'Pinned'} message ${id}.`)
    return 0
  },
}

/** `cablegram people type`. */
export const type: Command = {
  name: 'type',
  summary: 'Show the others in a chat that somebody writes, for six seconds.',
  positionals: [
    PERSON,
    CHAT,
    { name: 'DOING', help: 'what they do instead, such as uploadPhoto or recordAudio; cancel ends it' },
  ],
  options: ANSWER_OPTIONS,
  examples: [
    ['npx cablegram people type @ada_lovelace @bob_builder', 'Bob sees that Ada types'],
    ['npx cablegram people type @ada_lovelace @bob_builder recordAudio', 'that she records her voice'],
  ],
  async run(args) {
    const [, to, action] = args.positionals
    await doAs(args, 'typing', { to: chatOf(to), action }, { to: 'CHAT', action: 'DOING' })
    printAnswer(args, {}, 'Shown.')
    return 0
  },
}
