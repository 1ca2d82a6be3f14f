import type { Arguments, Command } from '../../command.ts'
import { ANSWER_OPTIONS } from '../../console.ts'
import { CommandLineError } from '../../errors.ts'
import { printAnswer } from '../../print.ts'
import { type Message, messageLines } from './message-line.ts'
import { doAs, MESSAGE, messageIdOf, PERSON } from './person-path.ts'

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
    ...ANSWER_OPTIONS,
  },
  examples: [
    ["npx cablegram people send @ada_lovelace @echo_bot 'Hello'", 'a text'],
    [
      "npx cablegram people send @ada_lovelace @bob_builder --poll 'Tea?' --answers 'Yes|No'",
      'a poll with two answers',
    ],
  ],
  async run(args) {
    const [, to, text] = args.positionals
    const body = {
      to: numberOf(to),
      text,
      media: mediaOf(args),
      replyTo: messageIdOf(args.text('reply-to')),
      isSilent: args.flag('silent') ? true : undefined,
    }
    const sent = (await doAs(args, 'messages', body)) as Message
    printAnswer(args, sent, messageLines([sent]))
    return 0
  },
}

function mediaOf(args: Arguments) {
  const [question, answers, emoji] = [args.text('poll'), args.text('answers'), args.text('dice')]
  if (question !== undefined && emoji !== undefined)
    throw new CommandLineError('--poll and --dice exclude each other: give one of them.')
  if (question === undefined && answers !== undefined)
    throw new CommandLineError('--answers are those of a poll: give its question with --poll.')
  if (emoji !== undefined) return { kind: 'dice', emoji }
  if (question === undefined) return undefined
  return { kind: 'poll', question, answers: answers?.split('|') ?? [] }
}

/** An id is a number, also that of a group. */
function numberOf(name: string | undefined): string | number | undefined {
  return name !== undefined && /^-?\d{1,15}$/.test(name) ? Number(name) : name
}

/** `cablegram people edit`. */
export const edit: Command = {
  name: 'edit',
  summary: 'Change the text of a message of somebody’s own.',
  positionals: [PERSON, MESSAGE, { name: 'TEXT', help: 'the new text', required: true }],
  options: ANSWER_OPTIONS,
  examples: [["npx cablegram people edit @ada_lovelace 5 'Hello, all'", 'everybody sees the new text']],
  async run(args) {
    const [, id, text] = args.positionals
    const edited = (await doAs(args, 'edits', { messageId: messageIdOf(id), text })) as Message
    printAnswer(args, edited, messageLines([edited]))
    return 0
  },
}

/** `cablegram people delete`. */
export const remove: Command = {
  name: 'delete',
  summary: 'Take messages away from everybody.',
  positionals: [PERSON, MESSAGE, { name: 'ID', help: 'more messages', isRest: true }],
  options: { 'for-self': { help: 'from this person alone' }, ...ANSWER_OPTIONS },
  examples: [['npx cablegram people delete @ada_lovelace 5 6', 'nobody has them any more']],
  async run(args) {
    const messageIds = args.positionals.slice(1).map(messageIdOf)
    await doAs(args, 'deletions', { messageIds, forAll: !args.flag('for-self') })
    const count = messageIds.length === 1 ? '1 message' : `${messageIds.length} messages`
    printAnswer(args, {}, `Deleted ${count}.`)
    return 0
  },
}

/** `cablegram people react`. */
export const react: Command = {
  name: 'react',
  summary: 'React to a message as somebody.',
  positionals: [PERSON, MESSAGE, { name: 'EMOJI', help: 'the reaction (default: take it back)' }],
  options: ANSWER_OPTIONS,
  examples: [
    ['npx cablegram people react @bob_builder 5 👍', 'a thumb'],
    ['npx cablegram people react @bob_builder 5', 'the reaction is taken back'],
  ],
  async run(args) {
    const [, id, emoji = null] = args.positionals
    const reacted = (await doAs(args, 'reactions', { messageId: messageIdOf(id), emoji })) as Message
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
    { name: 'ANSWER', help: 'the text of an answer (default: take the votes back)', isRest: true },
  ],
  options: ANSWER_OPTIONS,
  examples: [["npx cablegram people vote @bob_builder 5 'Yes'", 'a vote for an answer']],
  async run(args) {
    const [, id, ...options] = args.positionals
    const voted = (await doAs(args, 'votes', { messageId: messageIdOf(id), options })) as Message
    printAnswer(args, voted, messageLines([voted]))
    return 0
  },
}
