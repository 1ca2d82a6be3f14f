import type { Command } from '../../command.ts'
import { ANSWER_OPTIONS } from '../../console.ts'
import { CommandError } from '../../errors.ts'
import { printAnswer, printable, table } from '../../print.ts'
import { type Card, cardName, type Message, messageLines } from './message-line.ts'
import { askAs, doAs, MESSAGE, messageIdOf, PERSON } from './person-path.ts'
import { timeoutOf, timeoutOption } from './timeout.ts'

const STARTING = { bot: 'BOT', payload: 'PAYLOAD', chat: '--in' } as const

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
    const sent = (await doAs(args, 'start', { bot, payload, chat: args.text('in') }, STARTING)) as Message
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

const PRESSING = { messageId: 'ID', button: 'BUTTON', data: '--data', peers: '--choose' } as const

/** `cablegram people press`. */
export const press: Command = {
  name: 'press',
  summary: 'Press a button as somebody, and print what comes of it.',
  positionals: [PERSON, MESSAGE, { name: 'BUTTON', help: 'the text on the button' }],
  options: {
    data: { value: 'TEXT', help: 'the data of the button, in place of its text' },
    choose: { value: 'NAMES', help: 'the people or the group that the button asks for, with , between them' },
    ...ANSWER_OPTIONS,
  },
  examples: [
    ["npx cablegram people press @ada_lovelace 7 'Yes'", 'waits for the answer of the bot'],
    ["npx cablegram people press @ada_lovelace 7 'A friend' --choose @bob_builder", 'the bot is told of Bob'],
  ],
  async run(args) {
    const [, id, button] = args.positionals
    const peers = args
      .text('choose')
      ?.split(',')
      .map((name) => name.trim())
    const body = { messageId: messageIdOf(id), button, data: args.text('data'), peers }
    const outcome = (await doAs(args, 'presses', body, PRESSING)) as Outcome
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

interface Press {
  readonly id: string
  readonly from: Card
  readonly chat: Card
  readonly message?: Message
  readonly data: string
}

/** `cablegram people presses`. */
export const presses: Command = {
  name: 'presses',
  summary: 'Wait as a bot for the press of a button, and show its id.',
  positionals: [PERSON],
  options: { ...timeoutOption(), ...ANSWER_OPTIONS },
  examples: [
    [
      'npx cablegram people presses @echo_bot',
      'the id of the press, who pressed, and the data of the button',
    ],
    ['npx cablegram people presses @echo_bot --timeout 5s --json', 'as JSON; exit 1 if nobody pressed'],
  ],
  async run(args) {
    const { timeout, timeoutMs } = timeoutOf(args)
    const query = { timeoutMs: String(timeoutMs) }
    const press = (await askAs(args, 'presses/wait', { query })) as Press | undefined
    if (press === undefined)
      throw new CommandError(`nobody pressed a button of ${args.positionals[0]} within ${timeout}.`)
    printAnswer(args, press, table([[press.id, cardName(press.from), printable(press.data)]]))
    return 0
  },
}

/** `cablegram people answer`. */
export const answer: Command = {
  name: 'answer',
  summary: 'Answer the press of a button as a bot, within ten seconds.',
  positionals: [
    PERSON,
    { name: 'PRESS', help: 'the id of the press; `people presses` shows it', required: true },
    { name: 'TEXT', help: 'the text that the person sees (default: none)' },
  ],
  options: {
    alert: { help: 'show the text until the person confirms it' },
    url: { value: 'URL', help: 'open this page' },
    ...ANSWER_OPTIONS,
  },
  examples: [
    ["npx cablegram people answer @echo_bot 4711 'Noted'", 'the person sees the text for a moment'],
    ["npx cablegram people answer @echo_bot 4711 'Sold out' --alert", 'until it is confirmed'],
  ],
  async run(args) {
    const [, pressId, text] = args.positionals
    const body = { pressId, text, url: args.text('url'), isAlert: args.flag('alert') ? true : undefined }
    await doAs(args, 'answers', body, { pressId: 'PRESS', text: 'TEXT', url: '--url' })
    printAnswer(args, {}, 'Answered.')
    return 0
  },
}
