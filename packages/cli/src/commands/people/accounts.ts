import type { Command } from '../../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../../console.ts'
import { printAnswer, printable, table } from '../../print.ts'

/** An account that can be acted as. */
export interface Person {
  readonly id: number
  readonly phone?: string
  readonly username?: string
  readonly firstName: string
  readonly lastName: string
  readonly isBot: boolean
}

/** `cablegram people create`. */
export const create: Command = {
  name: 'create',
  summary: 'Make somebody to act as.',
  positionals: [{ name: 'NAME', help: 'the first name', required: true }],
  options: {
    phone: { value: 'NUMBER', help: 'the number (default: a test number that is free)' },
    'last-name': { value: 'NAME', help: 'the last name' },
    username: { value: 'NAME', help: 'the username' },
    ...ANSWER_OPTIONS,
  },
  notes: ['Bots are made with `npx cablegram bot add`, and listed and acted as like people.'],
  examples: [['npx cablegram people create Ada --username ada_lovelace', 'a person']],
  async run(args) {
    const body = {
      firstName: args.positionals[0],
      lastName: args.text('last-name'),
      phone: args.text('phone'),
      username: args.text('username'),
    }
    const given = { firstName: 'NAME', lastName: '--last-name', phone: '--phone', username: '--username' }
    const made = (await askConsole(args, '/api/people', { method: 'POST', body, given })) as Person
    printAnswer(args, made, `Made ${nameOf(made)} with the number ${made.phone}.`)
    return 0
  },
}

/** `cablegram people list`. */
export const list: Command = {
  name: 'list',
  summary: 'List everybody: people and bots.',
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram people list', 'ids, numbers and names']],
  async run(args) {
    const { people } = (await askConsole(args, '/api/people')) as { people: readonly Person[] }
    if (people.length === 0)
      process.stderr.write('There is nobody. Make somebody with `npx cablegram people create`.\n')
    printAnswer(args, { people }, table(people.map(personRow)))
    return 0
  },
}

function personRow({ id, phone = 'bot', username, firstName, lastName }: Person): string[] {
  const name = username === undefined ? '' : `@${username}`
  return [String(id), phone, name, printable(`${firstName} ${lastName}`.trim())]
}

function nameOf({ id, username }: Person): string {
  return username === undefined ? String(id) : `@${username}`
}
