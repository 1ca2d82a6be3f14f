import type { Command } from '../../command.ts'
import { ANSWER_OPTIONS } from '../../console.ts'
import { CommandError } from '../../errors.ts'
import { printAnswer, table } from '../../print.ts'
import { type Card, cardName, type Message, messageContent, messageLines } from './message-line.ts'
import { askAs, CHAT, doAs, messageIdOf, PERSON } from './person-path.ts'
import { timeoutOf, timeoutOption } from './timeout.ts'

interface Chat {
  readonly chat: Card
  readonly unreadCount: number
  readonly lastMessage?: Message
}

/** `cablegram people chats`. */
export const chats: Command = {
  name: 'chats',
  summary: 'List the chats of somebody, the newest first.',
  positionals: [PERSON],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram people chats @ada_lovelace', 'with the numbers of unread messages']],
  async run(args) {
    const { chats: listed } = (await askAs(args, 'chats')) as { chats: readonly Chat[] }
    const rows = listed.map(({ chat, unreadCount, lastMessage }) => [
      String(chat.id),
      cardName(chat),
      `${unreadCount} unread`,
      lastMessage === undefined ? '' : messageContent(lastMessage),
    ])
    printAnswer(args, { chats: listed }, table(rows))
    return 0
  },
}

const LISTING = { with: 'CHAT', afterId: '--after', limit: '--limit' } as const

/** `cablegram people messages`. */
export const messages: Command = {
  name: 'messages',
  summary: 'Show the messages of a chat as somebody has them, the newest last.',
  positionals: [PERSON, CHAT],
  options: {
    after: { value: 'ID', help: 'the first messages after this one (default: the last ones)' },
    limit: { value: 'N', help: 'at most so many (default: 100)' },
    ...ANSWER_OPTIONS,
  },
  examples: [
    ['npx cablegram people messages @ada_lovelace @echo_bot', 'the last messages, with their ids'],
    ['npx cablegram people messages @ada_lovelace @echo_bot --limit 1 --json', 'the last one as JSON'],
  ],
  async run(args) {
    const [, chat = ''] = args.positionals
    const [afterId, limit] = [args.number('after'), args.number('limit')]
    const query = {
      with: chat,
      ...(afterId !== undefined && { afterId: String(afterId) }),
      ...(limit !== undefined && { limit: String(limit) }),
    }
    const answer = (await askAs(args, 'messages', { query, given: LISTING })) as {
      messages: readonly Message[]
    }
    printAnswer(args, answer, messageLines(answer.messages))
    return 0
  },
}

const WAITING = { from: '--from', with: '--with', media: '--media', afterId: '--after' } as const

/** `cablegram people wait`. */
export const wait: Command = {
  name: 'wait',
  summary: 'Wait for the next message that somebody receives, and show it.',
  positionals: [PERSON],
  options: {
    from: { value: 'WHO', help: 'only a message of this author' },
    with: { value: 'CHAT', help: 'only a message in this chat' },
    media: { value: 'KIND', help: 'only a message with media of this kind, such as photo; file: any file' },
    after: { value: 'ID', help: 'after this message (default: after the last one that they wrote)' },
    ...timeoutOption(),
    ...ANSWER_OPTIONS,
  },
  examples: [
    ['npx cablegram people wait @ada_lovelace --from @echo_bot', 'the answer to what Ada wrote last'],
    ['npx cablegram people wait @ada_lovelace --timeout 5s --json', 'as JSON; exit 1 if none came'],
  ],
  async run(args) {
    const { timeout, timeoutMs } = timeoutOf(args)
    const [from, chat, after] = [args.text('from'), args.text('with'), args.number('after')]
    const media = args.text('media')
    const query = {
      timeoutMs: String(timeoutMs),
      ...(from !== undefined && { from }),
      ...(chat !== undefined && { with: chat }),
      ...(media !== undefined && { media }),
      ...(after !== undefined && { afterId: String(after) }),
    }
    const message = (await askAs(args, 'messages/wait', { query, given: WAITING })) as Message | undefined
    if (message === undefined)
      throw new CommandError(`no message came to ${args.positionals[0]} within ${timeout}.`)
    printAnswer(args, message, messageLines([message]))
    return 0
  },
}

/** `cablegram people read`. */
export const read: Command = {
  name: 'read',
  summary: 'Mark what others wrote in a chat as read.',
  positionals: [PERSON, CHAT],
  options: { 'up-to': { value: 'ID', help: 'only up to this message (default: all)' }, ...ANSWER_OPTIONS },
  examples: [['npx cablegram people read @ada_lovelace @bob_builder', 'Bob sees that Ada has read']],
  async run(args) {
    const [, chat] = args.positionals
    const body = { with: chat, maxId: messageIdOf(args.text('up-to'), '--up-to') }
    await doAs(args, 'reads', body, { with: 'CHAT', maxId: '--up-to' })
    printAnswer(args, {}, 'Read.')
    return 0
  },
}
