import { type Arguments, actionHint, type Command, type Option } from '../command.ts'
import { ANSWER_OPTIONS, askConsole } from '../console.ts'
import { CommandError, CommandLineError } from '../errors.ts'
import { localTime, printAnswer, printable, table } from '../print.ts'

interface Session {
  readonly hash: string
  readonly device: string
  readonly app: string
  readonly activeAtS: number
}

interface User {
  readonly id: number
  readonly phone: string
  readonly firstName: string
  readonly lastName: string
  readonly username?: string
  readonly hasPassword: boolean
  readonly loginEmail?: string
  readonly sessions: readonly Session[]
}

const NUMBER = { name: 'NUMBER', help: 'the phone number, such as +9996621234', required: true } as const

const PASSWORD_OPTIONS: Readonly<Record<string, Option>> = {
  password: { value: 'TEXT', help: 'the password of two-step verification' },
  'password-hint': { value: 'TEXT', help: 'the hint that clients show beside the question for the password' },
  email: { value: 'ADDRESS', help: 'the address that a code to recover the password goes to' },
  'login-email': { value: 'ADDRESS', help: 'the address that login codes go to' },
}

const add: Command = {
  name: 'add',
  summary: 'Make an account without signing in.',
  positionals: [NUMBER],
  options: {
    'first-name': { value: 'NAME', help: 'the first name (default: Test)' },
    'last-name': { value: 'NAME', help: 'the last name' },
    username: { value: 'NAME', help: 'the username, with or without an @' },
    ...PASSWORD_OPTIONS,
    ...ANSWER_OPTIONS,
  },
  examples: [
    ['npx cablegram user add +9996621234 --first-name Ada', 'an account'],
    ["npx cablegram user add +9996621234 --password 'correct horse'", 'one with a password'],
  ],
  async run(args) {
    const body = {
      phone: args.positionals[0],
      firstName: args.text('first-name') ?? 'Test',
      lastName: args.text('last-name'),
      username: args.text('username'),
      password: args.text('password'),
      passwordHint: args.text('password-hint'),
      email: args.text('email'),
      loginEmail: args.text('login-email'),
    }
    const made = (await askConsole(args, '/api/users', { method: 'POST', body })) as User
    printAnswer(args, made, `Made account ${made.id} for ${made.phone}.`)
    return 0
  },
}

const set: Command = {
  name: 'set',
  summary: 'Change an account: its password, its hint or its e-mail addresses.',
  positionals: [NUMBER],
  options: {
    ...PASSWORD_OPTIONS,
    'no-password': { help: 'take the password away' },
    'no-email': { help: 'take the recovery address away' },
    'no-login-email': { help: 'take the login address away' },
    ...ANSWER_OPTIONS,
  },
  examples: [
    ["npx cablegram user set +9996621234 --password 'battery staple'", 'another password'],
    ['npx cablegram user set +9996621234 --no-login-email', 'login codes go by SMS again'],
  ],
  async run(args) {
    const body = {
      password: changeOf(args, 'password'),
      passwordHint: args.text('password-hint'),
      email: changeOf(args, 'email'),
      loginEmail: changeOf(args, 'login-email'),
    }
    if (Object.values(body).every((value) => value === undefined)) {
      throw new CommandLineError('say what to change. See `npx cablegram user set --help`.')
    }
    const { id, phone } = await userOf(args)
    const changed = await askConsole(args, `/api/users/${id}`, { method: 'PATCH', body })
    printAnswer(args, changed, `Changed the account of ${phone}.`)
    return 0
  },
}

const remove: Command = {
  name: 'delete',
  summary: 'Delete an account and sign its sessions out.',
  positionals: [NUMBER],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram user delete +9996621234', 'its clients are told 401 USER_DEACTIVATED']],
  async run(args) {
    const { id, phone } = await userOf(args)
    await askConsole(args, `/api/users/${id}`, { method: 'DELETE' })
    printAnswer(args, { id }, `Deleted the account of ${phone}.`)
    return 0
  },
}

const signOut: Command = {
  name: 'sign-out',
  summary: 'Sign the sessions of an account out, or one of them.',
  positionals: [
    NUMBER,
    { name: 'HASH', help: 'the session (default: all); `npx cablegram user NUMBER` lists them' },
  ],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram user sign-out +9996621234', 'its clients are told 401 SESSION_REVOKED']],
  async run(args) {
    const { id, phone, sessions } = await userOf(args)
    const [, only] = args.positionals
    const hashes = only === undefined ? sessions.map(({ hash }) => hash) : [only]
    for (const hash of hashes) {
      await askConsole(args, `/api/users/${id}/sessions/${encodeURIComponent(hash)}`, { method: 'DELETE' })
    }
    const count = hashes.length === 1 ? '1 session' : `${hashes.length} sessions`
    printAnswer(args, { id, hashes }, `Signed ${count} of ${phone} out.`)
    return 0
  },
}

const webToken: Command = {
  name: 'web-token',
  summary: 'Print a token that signs in to an account once, by auth.importWebTokenAuthorization.',
  positionals: [NUMBER],
  options: ANSWER_OPTIONS,
  examples: [
    ['npx cablegram user web-token +9996621234', 'what a website gives its visitors; for five minutes'],
  ],
  async run(args) {
    const body = { phone: args.positionals[0] }
    const made = (await askConsole(args, '/api/web-tokens', { method: 'POST', body })) as { token: string }
    printAnswer(args, made, made.token)
    return 0
  },
}

/** `cablegram user`: the accounts of a server. */
export const userCommand: Command = {
  name: 'user',
  summary: 'List, make, change and delete the accounts of your server.',
  positionals: [
    { name: 'NUMBER', help: 'show the account of this number with its sessions (default: list all)' },
  ],
  actions: [add, set, remove, signOut, webToken],
  options: ANSWER_OPTIONS,
  examples: [
    ['npx cablegram user', 'all accounts'],
    ['npx cablegram user +9996621234', 'one account, with its sessions'],
    ['npx cablegram user add +9996621234 --first-name Ada', 'make an account'],
  ],
  async run(args) {
    const [number] = args.positionals
    if (number === undefined) {
      const { users } = (await askConsole(args, '/api/users')) as { users: readonly User[] }
      if (users.length === 0)
        process.stderr.write('There are no accounts. Make one with `npx cablegram user add`.\n')
      printAnswer(args, { users }, table(users.map(userRow)))
      return 0
    }
    checkNumber(number, userCommand)
    const user = await userOf(args)
    printAnswer(args, user, `${table([userRow(user)])}\n${table(user.sessions.map(sessionRow))}`)
    return 0
  },
}

/** A first argument without digits was meant to be an action. */
function checkNumber(number: string, { name, actions = [] }: Command): void {
  if (/\d/.test(number)) return
  throw new CommandLineError(
    `"${number}" is neither a number nor an action of \`cablegram ${name}\`. ${actionHint(number, actions)}`,
  )
}

async function userOf(args: Arguments): Promise<User> {
  const [phone = ''] = args.positionals
  const { users } = (await askConsole(args, '/api/users', { query: { phone } })) as { users: readonly User[] }
  const [user] = users
  if (user !== undefined) return user
  throw new CommandError(`no account has the number ${phone}: list the accounts with \`npx cablegram user\`.`)
}

/** Null takes the value away. */
function changeOf(args: Arguments, name: string): string | null | undefined {
  const value = args.text(name)
  if (!args.flag(`no-${name}`)) return value
  if (value === undefined) return null
  throw new CommandLineError(`--${name} and --no-${name} exclude each other: give one of them.`)
}

function userRow({
  id,
  phone,
  firstName,
  lastName,
  username,
  hasPassword,
  loginEmail,
  sessions,
}: User): string[] {
  const marks = [
    ...(username === undefined ? [] : [`@${username}`]),
    ...(hasPassword ? ['password'] : []),
    ...(loginEmail === undefined ? [] : [`codes to ${loginEmail}`]),
    sessions.length === 1 ? '1 session' : `${sessions.length} sessions`,
  ]
  return [String(id), phone, printable(`${firstName} ${lastName}`.trim()), marks.join(', ')]
}

function sessionRow({ hash, device, app, activeAtS }: Session): string[] {
  return [
    '',
    `session ${hash}`,
    printable(device || 'unknown device'),
    printable(app),
    `active ${localTime(activeAtS)}`,
  ]
}
