import type { AuthorizedUser, LoginPrompts, RpcError, TelegramClient } from '@cablegram/client'
import { CLIENT_OPTIONS, sameSession, sessionFile, withClient } from '../client.ts'
import type { Arguments, Command } from '../command.ts'
import { CommandError, CommandLineError } from '../errors.ts'
import { qrDrawer } from '../qr.ts'

/** `cablegram login`: signs in and keeps the session in a file. */
export const loginCommand: Command = {
  name: 'login',
  summary: 'Sign in to a server (your own by default) and keep the session in a file.',
  positionals: [{ name: 'PHONE', help: 'the number in international form; asked for if left out' }],
  options: {
    code: { value: 'CODE', help: 'the login code, where it is known beforehand' },
    password: { value: 'TEXT', help: 'the two-step verification password' },
    'bot-token': { value: 'TOKEN', help: 'sign a bot in, instead of a number' },
    qr: { help: 'show a QR code and wait until it is scanned; no number is asked for' },
    'first-name': { value: 'NAME', help: 'for a number that has no account yet' },
    'last-name': { value: 'NAME', help: 'the same' },
    ...CLIENT_OPTIONS,
  },
  notes: [
    'Asks for what it is not given. Without a terminal the answers are read from standard input, a line each.',
    'In a terminal a QR code is shown beside the question for the number: scan it with an app that is signed in, or\ngive what it says to `npx cablegram accept` with a session that is.',
    'A login that ends before the code is given goes on with the same code when the command is repeated within five\nminutes; Ctrl-C calls the code off.',
    'On your own server the code is in its inbox: `npx cablegram codes`, or the console page. Numbers like\n+99966XYYYY are for tests: their code is the digit X, five times.',
  ],
  examples: [
    ['npx cablegram login +9996621234', 'sign in to the server on this machine'],
    ['npx cablegram login +9996621234 --code 22222 --first-name Ada', 'the same without a question'],
    ['npx cablegram login --bot-token 5:AAF…', 'sign a bot in'],
    ['npx cablegram login --server production --api-id N --api-hash HEX', 'sign in to Telegram itself'],
  ],
  run: (args) => {
    checkWayIn(args)
    return withClient(args, (client, interrupted) => logIn(args, client, interrupted))
  },
}

/** There is one way in at a time. */
function checkWayIn(args: Arguments): void {
  const token = args.text('bot-token')
  const ways = [args.positionals[0], token, args.flag('qr') || undefined].filter((way) => way !== undefined)
  if (ways.length > 1) throw new CommandLineError('give one of PHONE, --bot-token and --qr.')
  if (token !== undefined && !/^\d+:[\w-]+$/.test(token)) {
    throw new CommandLineError('--bot-token is a number, a colon and letters, as the bot was made with.')
  }
}

const GIVING_UP = 'Giving up; a code that was sent is called off.\n'

async function logIn(args: Arguments, client: TelegramClient, signal: AbortSignal): Promise<number> {
  const isAsking = process.stdin.isTTY === true && process.stderr.isTTY === true
  const drawQr = args.flag('qr') || isAsking ? await qrDrawer() : undefined
  const answers = { ...(args.flag('qr') && drawQr && qrOnly(drawQr)), ...answersOf(args) }
  // A script has its exit code, and may have closed the pipe.
  if (isAsking) signal.addEventListener('abort', () => process.stderr.write(GIVING_UP))
  const user = await client.start(answers, { signal, drawQr: hasNumber(args) ? undefined : drawQr })
  checkSameUser(user, args)
  process.stdout.write(
    `Signed in as ${nameOf(user)}. The session is kept in ${sessionFile(args)}.\n` +
      `Next: npx cablegram call users.getUsers '{"id":[{"_":"inputUserSelf"}]}'${sameSession(args)}\n`,
  )
  return 0
}

/** The prompts that the command line answers; the terminal answers the others. */
function answersOf(args: Arguments): Partial<LoginPrompts> {
  const [phone] = args.positionals
  const token = args.text('bot-token')
  const code = args.text('code')
  const password = args.text('password')
  const firstName = args.text('first-name')
  return {
    ...(phone !== undefined && { phone: ({ problem }) => answerOnce('PHONE', phone, problem) }),
    ...(token !== undefined && { phone: ({ problem }) => answerOnce('--bot-token', token, problem) }),
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

function hasNumber(args: Arguments): boolean {
  return args.positionals.length > 0 || args.text('bot-token') !== undefined
}

/** Shows the QR codes, and asks for no number beside them. */
function qrOnly(draw: (text: string) => string): Partial<LoginPrompts> {
  let isShown = false
  return {
    qr({ url }) {
      isShown = true
      process.stderr.write(
        `Scan this with an app that is signed in, or give what it says to \`npx cablegram accept\` with a session that is:\n${draw(url)}\n${url}\n`,
      )
    },
    phone() {
      // Until it is scanned; the question ends by itself then.
      if (isShown) return new Promise(() => {})
      return Promise.reject(
        new CommandError('the server does not sign in by QR code. Give a number instead.'),
      )
    },
  }
}

/** The session may have been signed in before, as somebody else. */
function checkSameUser(user: AuthorizedUser, args: Arguments): void {
  const [phone] = args.positionals
  const token = args.text('bot-token')
  if (token !== undefined && String(user.id) !== token.split(':')[0]) throw signedInAs(user, args)
  if (phone === undefined || user._ !== 'user') return
  if (digitsOf(phone) !== digitsOf(user.phone ?? '')) throw signedInAs(user, args)
}

function signedInAs(user: AuthorizedUser, args: Arguments): CommandError {
  return new CommandError(
    `${sessionFile(args)} is signed in as ${nameOf(user)} already. Keep another one in another file: add --session FILE.`,
  )
}

function digitsOf(phone: string): string {
  return phone.replace(/\D/g, '')
}

function nameOf(user: AuthorizedUser): string {
  if (user._ !== 'user') return `user ${user.id}`
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ')
  const also = user.phone === undefined ? user.username && `@${user.username}, ` : `+${user.phone}, `
  return `${name} (${also ?? ''}${user.bot ? 'bot' : 'user'} id ${user.id})`
}
