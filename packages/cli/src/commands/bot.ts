import type { Command } from '../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../console.ts'
import { CommandError } from '../errors.ts'
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
    owner: { value: 'NUMBER', help: 'the bot lives in the data centre of this account' },
    ...ANSWER_OPTIONS,
  },
  examples: [['npx cablegram bot add echo_bot', 'a bot; its token is shown this once']],
  async run(args) {
    const body = { username: args.positionals[0], ownerPhone: args.text('owner') }
    const bot = (await askConsole(args, '/api/bots', { method: 'POST', body })) as BotWithToken
    printAnswer(args, bot, bot.token)
    return 0
  },
}

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
