import type { Command } from '../../command.ts'
import { ANSWER_OPTIONS } from '../../console.ts'
import { printAnswer, printable } from '../../print.ts'
import { type Message, messageLines } from './message-line.ts'
import { doAs, MESSAGE, messageIdOf, PERSON } from './person-path.ts'

/** `cablegram people start`. */
export const start: Command = {
  name: 'start',
  summary: 'Start a bot as somebody.',
  positionals: [
    PERSON,
    { name: 'BOT', help: 'the @username of the bot', required: true },
    { name: 'PAYLOAD', help: 'what the bot is told with /start (default: nothing)' },
  ],
  options: {
    in: { value: 'GROUP', help: 'start it in this group, which the bot joins' },
    ...ANSWER_OPTIONS,
  },
  examples: [
    ['npx cablegram people start @ada_lovelace @echo_bot', 'the bot gets /start'],
    ['npx cablegram people start @ada_lovelace @echo_bot from-the-website', 'with a payload'],
  ],
  async run(args) {
    const [, bot, payload] = args.positionals
    const sent = (await doAs(args, 'start', { bot, payload, chat: args.text('in') })) as Message
    printAnswer(args, sent, messageLines([sent]))
    return 0
  },
}

interface Outcome {
  readonly kind: 'answer' | 'page' | 'copy' | 'message'
  readonly text?: string
  readonly url?: string
  readonly message?: Message
}

/** `cablegram people press`. */
export const press: Command = {
  name: 'press',
  summary: 'Press a button as somebody, and print what comes of it.',
  positionals: [PERSON, MESSAGE, { name: 'BUTTON', help: 'the text on the button' }],
  options: {
    data: { value: 'TEXT', help: 'the data of the button, in place of its text' },
    ...ANSWER_OPTIONS,
  },
  examples: [["npx cablegram people press @ada_lovelace 7 'Yes'", 'waits for the answer of the bot']],
  async run(args) {
    const [, id, button] = args.positionals
    const body = { messageId: messageIdOf(id), button, data: args.text('data') }
    const outcome = (await doAs(args, 'presses', body)) as Outcome
    printAnswer(args, outcome, wordsOf(outcome))
    return 0
  },
}

function wordsOf({ kind, text, url, message }: Outcome): string {
  if (message !== undefined) return messageLines([message])
  const said = printable(text ?? url ?? '')
  if (said !== '') return said
  return kind === 'answer' ? 'The bot answered without a text.' : ''
}
