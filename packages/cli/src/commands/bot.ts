import type { Arguments, Command } from '../command.ts'
import { ANSWER_OPTIONS, askConsole, type ConsoleRequest } from '../console.ts'
import { CommandError, CommandLineError } from '../errors.ts'
import { printAnswer, table } from '../print.ts'

interface Bot {
  readonly id: number
  readonly username: string
}

type BotWithToken = Bot & { readonly token: string }

const NAME = { name: 'NAME', help: 'the username of the bot; it ends in bot', required: true } as const

const add: Command = {
  name: 'add',
  summary: 'Make a bot and print its token.',
  positionals: [NAME],
  options: {
    'first-name': { value: 'NAME', help: 'the first name that people see (default: the username)' },
    'last-name': { value: 'NAME', help: 'the last name; goes with --first-name' },
    owner: { value: 'NUMBER', help: 'the bot lives in the data centre of this account' },
    ...ANSWER_OPTIONS,
  },
  examples: [
    ['npx cablegram bot add echo_bot', 'a bot; its token is shown this once'],
    ["npx cablegram bot add tea_bot --first-name 'Tea time'", 'with a name that people see'],
  ],
  async run(args) {
    const bot = (await askConsole(args, ...requestFor(args))) as BotWithToken
    printAnswer(args, bot, bot.token)
    return 0
  },
}

/** A bot without names is called by its username; people on demand have names. */
function requestFor(args: Arguments): [path: string, request: ConsoleRequest] {
  const [username] = args.positionals
  const [firstName, lastName, owner] = ['first-name', 'last-name', 'owner'].map((name) => args.text(name))
  if (firstName === undefined) {
    if (lastName !== undefined) throw new CommandLineError('--last-name goes with --first-name.')
    return ['/api/bots', { method: 'POST', body: { username, ownerPhone: owner } }]
  }
  const body = { firstName, lastName, username, phone: owner, bot: true }
  return ['/api/people', { method: 'POST', body, given: NAMES }]
}

const NAMES = { firstName: '--first-name', lastName: '--last-name', username: 'NAME', phone: '--owner' }

const token: Command = {
  name: 'token',
  summary: 'Give a bot a new token; the former one expires.',
  positionals: [NAME],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram bot token echo_bot', 'the old token is refused with ACCESS_TOKEN_EXPIRED']],
  async run(args) {
    const [name = ''] = args.positionals
    const { bots } = (await askConsole(args, '/api/bots')) as { bots: readonly Bot[] }
    const found = bots.find(({ username }) => username.toLowerCase() === name.replace(/^@/, '').toLowerCase())
    if (found === undefined)
      throw new CommandError(`no bot is called ${name}: \`npx cablegram bot\` lists them.`)
    const bot = (await askConsole(args, `/api/bots/${found.id}/token`, { method: 'POST' })) as BotWithToken
    printAnswer(args, bot, bot.token)
    return 0
  },
}

/** `cablegram bot`: the bots of a server. */
export const botCommand: Command = {
  name: 'bot',
  summary: 'List and make the bots of your server.',
  actions: [add, token],
  options: ANSWER_OPTIONS,
  examples: [
    ['npx cablegram bot', 'all bots'],
    ['npx cablegram bot add echo_bot', 'make a bot'],
  ],
  async run(args) {
    const { bots } = (await askConsole(args, '/api/bots')) as { bots: readonly Bot[] }
    if (bots.length === 0) process.stderr.write('There are no bots. Make one with `npx cablegram bot add`.\n')
    printAnswer(args, { bots }, table(bots.map(({ id, username }) => [String(id), `@${username}`])))
    return 0
  },
}
