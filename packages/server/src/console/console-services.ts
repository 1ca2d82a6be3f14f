import { RpcError } from '@cablegram/mtproto'
import type { Inbox } from '../courier/index.ts'
import type { Store } from '../database/index.ts'
import type { Gateway } from '../gateway/index.ts'
import type { MovableClock } from '../ground/clock.ts'
import type { Ground } from '../ground/ground.ts'
import { findAccounts, listAccounts, removeAccount, removeSession } from '../rules/accounts/accounts.ts'
import { allowApp, makeApp } from '../rules/accounts/apps.ts'
import { changeApp, listApps } from '../rules/accounts/decide-apps.ts'
import { removePhoneRule } from '../rules/accounts/decide-phone-bans.ts'
import { listSessions } from '../rules/accounts/decide-users.ts'
import { setPhoneRule } from '../rules/accounts/phone-bans.ts'
import type * as accounts from '../rules/accounts/words.ts'
import { listUnpaidCodes, settleUnpaidCodes } from '../rules/codes/paid-codes.ts'
import { loginEmailOf, setLoginEmailOf } from '../rules/emails/login-emails.ts'
import {
  checkEmail,
  type Domain,
  type NetworkRuleProblem,
  type PhoneRuleProblem,
  shownDevice,
} from '../rules/index.ts'
import { createBot, listBots, replaceBotToken } from '../rules/logins/bots.ts'
import { createWebToken } from '../rules/logins/web-tokens.ts'
import { listNetworkRules } from '../rules/numbers/decide-network-rules.ts'
import { findPhoneRule, listPhoneRules } from '../rules/numbers/decide-phone-rules.ts'
import { removeNetworkRule, setNetworkRule } from '../rules/numbers/network-rules.ts'
import { createAccount } from '../rules/passwords/new-accounts.ts'
import { findPasswordHint, setPasswordOf } from '../rules/passwords/passwords.ts'
import { digitsIn } from '../typed-text.ts'
import { createFaultServices } from './console-faults.ts'
import {
  type App,
  type Bot,
  ConsoleError,
  type ConsoleServices,
  type NodesState,
  type ServerInfo,
  type User,
} from './index.ts'

/** The services of the console, made of the server's parts. */
export function createConsoleServices(parts: {
  readonly domain: Domain
  /** Undefined: the console shows no codes. */
  readonly inbox: Inbox | undefined
  readonly store: Store
  readonly info: () => Promise<ServerInfo>
  readonly gateway: Gateway
  readonly clock: MovableClock
  readonly advanceClock: (ms: number) => Promise<void>
  /** True if the clock may be moved. */
  readonly testClock: boolean
  readonly metrics: () => Promise<string>
  readonly nodes: () => NodesState | undefined
  /** Undefined where the server may not be reset. */
  /** Undefined: nothing is kept. */
  readonly backUp: (() => Promise<{ readonly file: string }>) | undefined
  readonly reset: (() => Promise<void>) | undefined
}): ConsoleServices {
  const { domain, inbox, store, info, gateway, clock, advanceClock, testClock } = parts
  return {
    info,
    codes: inbox && consoleCodes(inbox),
    apps: {
      list: async () => (await domain.store.look(() => listApps())).map(describeApp),
      refused: () => domain.refusedApps.list().map((app) => ({ ...app, command: allowCommand(app.apiId) })),
      create: async ({ title }) => describeApp(await makeApp(domain, title)),
      async put(apiId, { title, apiHash } = {}) {
        const kept = await allowApp(domain, { apiId, title, apiHash })
        if (kept !== undefined) return describeApp(kept)
        const next = 'Give its api_hash, or let the client try to sign in first.'
        throw new ConsoleError(400, 'API_HASH_MISSING', `No api_hash of app ${apiId} is known.`, next)
      },
      async change(apiId, change) {
        const changed = await domain.store.decide(() => changeApp(apiId, change))
        return changed && describeApp(changed)
      },
    },
    phoneRules: phoneRuleServices(domain),
    networkRules: networkRuleServices(domain),
    payments: {
      async list(phone) {
        const unpaid = await listUnpaidCodes(domain, digitsIn(phone))
        return unpaid.map((code) => ({ ...code, phone: `+${code.phone}` }))
      },
      settle: (phone) => settleUnpaidCodes(domain, digitsIn(phone)),
    },
    users: {
      async list(phone) {
        const users = await listAccounts(domain, phone === undefined ? undefined : digitsIn(phone))
        return await Promise.all(users.map((user) => describeUser(user, domain)))
      },
      create: async (account) => describeUser(await refusing(createAccount(domain, account)), domain),
      async change(id, { loginEmail, ...change }) {
        const userId = BigInt(id)
        // Before anything is changed: a request that is refused changes nothing.
        await refusing((async () => typeof loginEmail === 'string' && checkEmail(loginEmail))())
        const isThere = await refusing(setPasswordOf(domain, userId, change))
        if (isThere && loginEmail !== undefined) await refusing(setLoginEmailOf(domain, userId, loginEmail))
        const [user] = isThere ? await findAccounts(domain, [userId]) : []
        return user && (await describeUser(user, domain))
      },
      remove: (id) => removeAccount(domain, BigInt(id)),
      removeSession: (id, hash) => removeSession(domain, BigInt(id), BigInt(hash)),
    },
    bots: {
      list: async () => (await listBots(domain)).map(describeBot),
      async create(request) {
        const { bot, token } = await refusing(createBot(domain, request))
        return { ...describeBot(bot), token }
      },
      async replaceToken(id) {
        const token = await replaceBotToken(domain, BigInt(id))
        const [bot] = token === undefined ? [] : await findAccounts(domain, [BigInt(id)])
        return token === undefined || bot === undefined ? undefined : { ...describeBot(bot), token }
      },
    },
    webTokens: { create: ({ phone }) => refusing(createWebToken(domain, phone)) },
    ...createFaultServices({ domain, gateway, clock, advanceClock, testClock }),
    metrics: parts.metrics,
    trouble: () => store.trouble(),
    nodes: parts.nodes,
    async backUp() {
      if (parts.backUp !== undefined) return await parts.backUp()
      throw new ConsoleError(
        409,
        'NOTHING_TO_BACK_UP',
        'A server with --memory keeps nothing.',
        'Start one with --data.',
      )
    },
    async reset() {
      if (parts.reset === undefined) throw new ConsoleError(409, 'RESET_NOT_ALLOWED', ...DATA_IS_REAL)
      await parts.reset()
    },
  }
}

const DATA_IS_REAL = [
  'This server cannot be reset: it keeps its data, and its clock is the real one.',
  'Start the server with --memory or --test-clock (testClock in a program).',
] as const

/** The inbox as the console, and a program, looks into it. */
export function consoleCodes(inbox: Inbox): NonNullable<ConsoleServices['codes']> {
  return {
    list: (phone) => inbox.list(phone),
    wait: (filter, timeoutMs, signal) => inbox.wait({ ...filter, timeoutMs, signal }),
  }
}

const RULE_PROBLEMS: { readonly [P in PhoneRuleProblem]: readonly [message: string, next: string] } = {
  digits: ['Phone numbers have at most 15 digits.', 'Give the first 1 to 15 digits, country code first.'],
  dc: ['The server does not have this data centre.', 'Give the dc: /server.json lists them.'],
  channels: [
    'The channels cannot follow each other in this order.',
    'Give each channel once, and payment first; after the first come only sms, call, flashCall, missedCall and fragment.',
  ],
}

function phoneRuleServices(on: Ground): ConsoleServices['phoneRules'] {
  const { store } = on
  return {
    list: () => store.look(() => listPhoneRules()),
    find: (digits) => store.look(() => findPhoneRule(digitsIn(digits))),
    async put(text, asked) {
      const kept = await setPhoneRule(on, { ...asked, digits: digitsIn(text) })
      if (typeof kept !== 'string') return kept
      throw new ConsoleError(400, 'PHONE_RULE_INVALID', ...RULE_PROBLEMS[kept])
    },
    remove: async (digits) => (await store.decide(() => removePhoneRule(digitsIn(digits)))) !== undefined,
  }
}

const NETWORK_RULE_PROBLEMS: {
  readonly [P in NetworkRuleProblem]: readonly [message: string, next: string]
} = {
  address: ['The address is invalid.', 'Give an IPv4 or IPv6 address of the network.'],
  dc: RULE_PROBLEMS.dc,
}

function networkRuleServices(on: Ground): ConsoleServices['networkRules'] {
  return {
    list: () => on.store.look(() => listNetworkRules()),
    async put(address, { dc }) {
      const kept = await setNetworkRule(on, { address, dc })
      if (typeof kept !== 'string') return kept
      throw new ConsoleError(400, 'NETWORK_RULE_INVALID', ...NETWORK_RULE_PROBLEMS[kept])
    },
    remove: (address) => removeNetworkRule(on, address),
  }
}

/** The command that lets a refused app in; it takes the api_hash from the list of refused apps. */
export function allowCommand(apiId: number): string {
  return `npx cablegram app allow ${apiId}`
}

function describeApp({ createdAtS: _, ...app }: accounts.App): App {
  return app
}

function describeBot({ id, username }: accounts.User): Bot {
  return { id: Number(id), username: username ?? '' }
}

async function describeUser(user: accounts.User, domain: Domain): Promise<User> {
  const [sessions, hint, loginEmail] = await Promise.all([
    domain.store.look(() => listSessions(user.id)),
    findPasswordHint(domain, user.id),
    loginEmailOf(domain, user.phone),
  ])
  return {
    id: Number(user.id),
    phone: `+${user.phone}`,
    firstName: user.firstName,
    lastName: user.lastName,
    ...(user.username !== undefined && { username: user.username }),
    hasPassword: hint !== undefined,
    ...(hint && { passwordHint: hint }),
    ...(loginEmail !== undefined && { loginEmail }),
    sessions: sessions.map((session) => ({
      hash: String(session.hash),
      device: shownDevice(session.client).model,
      app: session.appTitle,
      layer: session.client?.layer ?? 0,
      ip: session.ip,
      createdAtS: session.createdAtS,
      activeAtS: session.activeAtS,
    })),
  }
}

const NEXT_STEPS: Readonly<Record<string, string>> = {
  PHONE_NUMBER_INVALID: 'Give the number in international format, such as +9996621234.',
  PHONE_NUMBER_OCCUPIED: 'Another account has the number: list it with npx cablegram user --phone.',
  PHONE_NUMBER_UNOCCUPIED: 'Make the account first: npx cablegram user add.',
  EMAIL_INVALID: 'Give an address such as ada@example.org.',
  PASSWORD_EMPTY: 'Give a password, too: the hint and the recovery address belong to it.',
  USERNAME_INVALID:
    'Give 5 to 32 letters, digits and underscores; the names of bots end in bot, other names do not.',
  USERNAME_OCCUPIED: 'Choose another name.',
  FIRSTNAME_INVALID: 'Give a first name of 1 to 64 characters.',
  LASTNAME_INVALID: 'Give a last name of at most 64 characters, or none.',
}

const TAKEN: ReadonlySet<string> = new Set(['PHONE_NUMBER_OCCUPIED', 'USERNAME_OCCUPIED'])

/** The rules refuse with errors of Telegram's; the console says the same its own way. */
async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    const status = TAKEN.has(error.type) ? 409 : 400
    const next = NEXT_STEPS[error.type] ?? 'Compare the request with /openapi.json.'
    throw new ConsoleError(status, error.type, `The server refused: ${error.message}.`, next)
  }
}
