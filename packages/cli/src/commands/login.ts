import type { LoginPrompts, TelegramClient, User } from '@cablegram/client'
import { answerOnce } from '../answer-once.ts'
import { CLIENT_OPTIONS, sameSession, sessionFile, withClient } from '../client.ts'
import type { Arguments, Command } from '../command.ts'
import { CommandError, CommandLineError } from '../errors.ts'
import { qrDrawer } from '../qr.ts'

/** `cablegram login`: signs in and saves the session in a file. */
export const loginCommand: Command = {
  name: 'login',
  summary: 'Sign in to a server (your own by default) and save the session in a file.',
  positionals: [{ name: 'PHONE', help: 'the number in international form (default: asks for it)' }],
  options: {
    code: { value: 'CODE', help: 'the login code, if you know it already' },
    password: { value: 'TEXT', help: 'the two-step verification password' },
    'bot-token': { value: 'TOKEN', help: 'sign in a bot instead of a number' },
    qr: { help: 'show a QR code and wait until it is scanned, without asking for a number' },
    'first-name': { value: 'NAME', help: 'first name, if the number has no account yet' },
    'last-name': { value: 'NAME', help: 'last name, if the number has no account yet' },
    ...CLIENT_OPTIONS,
  },
  notes: [
    'The command asks for everything that the options leave out. Without a terminal it reads the answers\nfrom standard input, one a line.',
    "At Telegram's own servers, a terminal also shows a QR code above the question for the number: scan it with an app\nthat is signed in. For your own server, --qr shows a QR code, and `npx cablegram accept` takes the place of the scan.",
    'Ctrl-C cancels the code. If the command ends in another way, type it again within five minutes and use the same code.',
    'To see the codes of your own server, type `npx cablegram codes`, or open its page. Numbers like\n+99966XYYYY are for tests: their code is the digit X, five times.',
  ],
  examples: [
    ['npx cablegram login +9996621234', 'sign in to the server on this machine'],
    ['npx cablegram login +9996621234 --code 22222 --first-name Ada', 'the same, without any question'],
    ['npx cablegram login --bot-token 5:AAF…', 'sign in a bot'],
    ['npx cablegram login --server production --api-id N --api-hash HEX', 'sign in to Telegram itself'],
  ],
  async run(args) {
    checkWayIn(args)
    await checkNumber(args)
    return await withClient(args, (client, interrupted) => logIn(args, client, interrupted))
  },
}

const BOT_TOKEN = /^\d+:[\w-]+$/

/** A number, a bot token and a QR code exclude each other. */
function checkWayIn(args: Arguments): void {
  const token = args.text('bot-token')
  const ways = [args.positionals[0], token, args.flag('qr') || undefined].filter((way) => way !== undefined)
  if (ways.length > 1) throw new CommandLineError('give one of PHONE, --bot-token and --qr.')
  if (token !== undefined && !BOT_TOKEN.test(token)) {
    throw new CommandLineError('--bot-token looks like 5:AAF…: a number, a colon and letters. Copy it whole.')
  }
}

/** Looked at before the session is opened, which may be signed in already. */
async function checkNumber({ positionals: [phone] }: Arguments): Promise<void> {
  if (phone === undefined) return
  const { plainPhoneNumber } = await import('@cablegram/client')
  if (/^\+?\d+$/.test(plainPhoneNumber(phone))) return
  throw new CommandLineError(
    BOT_TOKEN.test(phone)
      ? 'that is the token of a bot: give it with --bot-token.'
      : `PHONE is a number such as +9996621234, not "${phone}".`,
  )
}

const GIVING_UP = 'Cancelled; the code is no longer valid.\n'

async function logIn(args: Arguments, client: TelegramClient, signal: AbortSignal): Promise<number> {
  const isAsking = process.stdin.isTTY === true && process.stderr.isTTY === true
  const qr = args.flag('qr') ? qrOnly(await qrDrawer()) : {}
  const drawQr = isAsking && showsQr(args) ? await qrDrawer() : undefined
  // A script has the exit status, and may have closed the pipe.
  if (isAsking) signal.addEventListener('abort', () => process.stderr.write(GIVING_UP))
  const user = await client.start({ ...qr, ...answersOf(args) }, { signal, drawQr })
  await checkSameUser(user, args)
  process.stdout.write(
    `Signed in as ${nameOf(user)}. The session is saved in ${sessionFile(args)}.\n` +
      `Next: npx cablegram call users.getUsers '{"id":[{"_":"inputUserSelf"}]}'${sameSession(args)}\n`,
  )
  return 0
}

/** Prompts that the command line answers; the terminal answers the others. */
function answersOf(args: Arguments): Partial<LoginPrompts> {
  const [phone] = args.positionals
  const token = args.text('bot-token')
  const code = args.text('code')
  const password = args.text('password')
  const firstName = args.text('first-name')
  return {
    ...(phone !== undefined && { phone: answerOnce('PHONE', phone) }),
    ...(token !== undefined && { phone: answerOnce('--bot-token', token) }),
    ...(code !== undefined && { code: answerOnce('--code', code) }),
    ...(password !== undefined && { password: answerOnce('--password', password) }),
    ...(firstName !== undefined && {
      name: answerOnce('--first-name', { firstName, lastName: args.text('last-name') ?? '' }),
    }),
  }
}

/** Telegram's app scans only the QR codes of Telegram's servers: at another server only --qr shows one. */
function showsQr(args: Arguments): boolean {
  const isTelegram = args.text('server') === 'production' || args.text('server') === 'test'
  return isTelegram && args.positionals.length === 0 && args.text('bot-token') === undefined
}

/** Shows the QR codes without asking for a number. */
function qrOnly(draw: (text: string) => string): Partial<LoginPrompts> {
  let isShown = false
  return {
    qr({ url }) {
      isShown = true
      process.stderr.write(
        `Scan this with an app that is signed in, or run \`npx cablegram accept\` with the URL below and a session that is:\n${draw(url)}\n${url}\n`,
      )
    },
    phone() {
      // The question ends by itself when the QR code was scanned.
      if (isShown) return new Promise(() => {})
      return Promise.reject(new CommandError('the server has no logins by QR code. Give a number instead.'))
    },
  }
}

/** The session may belong to somebody else already. */
async function checkSameUser(user: User, args: Arguments): Promise<void> {
  const [phone] = args.positionals
  const token = args.text('bot-token')
  if (token !== undefined && String(user.id) !== token.split(':')[0]) throw signedInAs(user, args)
  if (phone === undefined) return
  const { plainPhoneNumber } = await import('@cablegram/client')
  if (plainPhoneNumber(phone).replace(/\D/g, '') !== user.phone) throw signedInAs(user, args)
}

function signedInAs(user: User, args: Arguments): CommandError {
  return new CommandError(
    `${sessionFile(args)} is signed in as ${nameOf(user)} already. Use another file for another login: add --session FILE.`,
  )
}

function nameOf(user: User): string {
  const also = user.phone === undefined ? user.username && `@${user.username}, ` : `+${user.phone}, `
  return `${user.title} (${also ?? ''}${user.isBot ? 'bot' : 'user'} id ${user.id})`
}
