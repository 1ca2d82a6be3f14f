import type { AuthorizedUser, LoginPrompts, RpcError, TelegramClient } from '@cablegram/client'
import { CLIENT_OPTIONS, sameSession, sessionFile, withClient } from '../client.ts'
import type { Arguments, Command } from '../command.ts'
import { CommandError } from '../errors.ts'

/** `cablegram login`: signs in and keeps the session in a file. */
export const loginCommand: Command = {
  name: 'login',
  summary: 'Sign in to a server (your own by default) and keep the session in a file.',
  positionals: [{ name: 'PHONE', help: 'the number in international form; asked for if left out' }],
  options: {
    code: { value: 'CODE', help: 'the login code, where it is known beforehand' },
    password: { value: 'TEXT', help: 'the two-step verification password' },
    'first-name': { value: 'NAME', help: 'for a number that has no account yet' },
    'last-name': { value: 'NAME', help: 'the same' },
    ...CLIENT_OPTIONS,
  },
  notes: [
    'Asks for what it is not given. Without a terminal the answers are read from standard input, a line each.',
    'On your own server the code is in its inbox: `npx cablegram codes`, or the console page. Numbers like\n+99966XYYYY are for tests: their code is the digit X, five times.',
  ],
  examples: [
    ['npx cablegram login +9996621234', 'sign in to the server on this machine'],
    ['npx cablegram login +9996621234 --code 22222 --first-name Ada', 'the same without a question'],
    ['npx cablegram login --server production --api-id N --api-hash HEX', 'sign in to Telegram itself'],
  ],
  run: (args) => withClient(args, (client) => logIn(args, client)),
}

async function logIn(args: Arguments, client: TelegramClient): Promise<number> {
  const user = await client.start(answersOf(args))
  const [phone] = args.positionals
  checkSameNumber(user, phone, sessionFile(args))
  process.stdout.write(
    `Signed in as ${nameOf(user)}. The session is kept in ${sessionFile(args)}.\n` +
      `Next: npx cablegram call users.getUsers '{"id":[{"_":"inputUserSelf"}]}'${sameSession(args)}\n`,
  )
  return 0
}

/** The prompts that the command line answers; the terminal answers the others. */
function answersOf(args: Arguments): Partial<LoginPrompts> {
  const [phone] = args.positionals
  const code = args.text('code')
  const password = args.text('password')
  const firstName = args.text('first-name')
  return {
    ...(phone !== undefined && { phone: ({ problem }) => answerOnce('PHONE', phone, problem) }),
    ...(code !== undefined && { code: ({ problem }) => answerOnce('--code', code, problem) }),
    ...(password !== undefined && { password: ({ problem }) => answerOnce('--password', password, problem) }),
    ...(firstName !== undefined && {
      name: ({ problem }) =>
        answerOnce('--first-name', { firstName, lastName: args.text('last-name') ?? '' }, problem),
    }),
  }
}

/** What was given on the command line cannot be asked again: its refusal ends the login. */
async function answerOnce<T>(option: string, answer: T, problem: RpcError | undefined): Promise<T> {
  if (problem === undefined) return answer
  throw new CommandError(
    `the server refused ${option}: ${problem.message}. Correct it, or leave it out to be asked.`,
  )
}

function checkSameNumber(user: AuthorizedUser, phone: string | undefined, file: string): void {
  if (phone === undefined || user._ !== 'user' || user.phone === undefined) return
  if (digitsOf(phone) === digitsOf(user.phone)) return
  throw new CommandError(
    `${file} is signed in as ${nameOf(user)} already. Keep another number in another file: add --session FILE.`,
  )
}

function digitsOf(phone: string): string {
  return phone.replace(/\D/g, '')
}

function nameOf(user: AuthorizedUser): string {
  if (user._ !== 'user') return `user ${user.id}`
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ')
  return `${name} (${user.phone === undefined ? '' : `+${user.phone}, `}user id ${user.id})`
}
