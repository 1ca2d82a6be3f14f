/** The words of the console: the JSON of its HTTP API, which a server in process speaks, too. */
import type { Channel } from '../courier/port.ts'
import type { ActiveFault, Fault } from '../gateway/index.ts'
import type { RefusedApp as RefusedClient } from '../rules/accounts/refused-apps.ts'
import type { AppChange } from '../rules/accounts/words.ts'
import type { UnpaidCode } from '../rules/codes/paid-codes.ts'
import type { AskedPhoneRule } from '../rules/index.ts'
import type { NewBotAccount } from '../rules/logins/bots.ts'
import type { WebToken } from '../rules/logins/web-tokens.ts'
import type { NetworkRule } from '../rules/numbers/words.ts'
import type { NewAccount } from '../rules/passwords/new-accounts.ts'

/** One login code in the inbox. */
export interface CodeEntry {
  readonly id: string
  readonly phone: string
  readonly code: string
  readonly channel: string
  readonly type: string
  readonly phoneCodeHash: string
  readonly to: string
  readonly text: string
  readonly sentAtS: number
  readonly expiresAtS: number
  readonly state: string
}

/** A new app. */
export interface NewApp {
  readonly title: string
}

/** An app that chose its own api_id: what its clients have compiled in. */
export interface OwnApp {
  /** Default: the title it has, or one made of its api_id. */
  readonly title?: string | undefined
  /** 32 hex digits. Default: what the app sent when it was refused last. */
  readonly apiHash?: string | undefined
}

/** An app that was told API_ID_INVALID, with the command that lets it in. */
export type RefusedApp = RefusedClient & { readonly command: string }

export type { AppChange }

/** An api_id with its api_hash. */
export interface App {
  readonly apiId: number
  readonly apiHash: string
  readonly title: string
  readonly published: boolean
  readonly signupForbidden: boolean
  readonly minLayer?: number | undefined
  readonly minAppVersion?: string | undefined
}

/**
 * A rule for phone numbers. `ban` refuses the numbers and `protect` sends them no codes; `migrate` needs a `dc`, and `channels`
 * needs `channels`: the steps of a code, the first channel, then one for each auth.resendCode.
 *
 * @example
 * const rule: NewPhoneRule = { rule: 'channels', channels: ['smsWord', 'sms'] }
 */
export type NewPhoneRule = Omit<AskedPhoneRule, 'digits'>

/** A way a code is sent. */
export type ChannelName = Channel

/** A rule for the numbers that begin with its digits. */
export type PhoneRule = AskedPhoneRule

/** A rule for a network: the data centre in which its callers sign in. */
export type NewNetworkRule = Pick<NetworkRule, 'dc'>

export type { NetworkRule, UnpaidCode }

/**
 * A new account. Its name has 5 to 32 letters, digits and underscores, with or without an @, and does not end in `bot`.
 *
 * @example
 * const ada: NewUser = { phone: '+9996621234', firstName: 'Ada', password: 'correct horse' }
 */
export type NewUser = NewAccount

/** Changes to an account; fields left out stay. */
export interface UserChange {
  /** null takes it away. */
  readonly password?: string | null | undefined
  /** Only with a new password. */
  readonly passwordHint?: string | undefined
  /** null takes it away; only with a password. */
  readonly email?: string | null | undefined
  /** null takes it away. */
  readonly loginEmail?: string | null | undefined
}

/** One signed-in authorization key of a user. */
export interface Session {
  readonly hash: string
  readonly device: string
  readonly app: string
  readonly layer: number
  readonly ip: string
  readonly createdAtS: number
  readonly activeAtS: number
}

/** An account with its sessions. */
export interface User {
  readonly id: number
  readonly phone: string
  readonly firstName: string
  readonly lastName: string
  /** Without an @; left out if there is none. */
  readonly username?: string | undefined
  readonly hasPassword: boolean
  readonly passwordHint?: string | undefined
  /** The address that login codes go to; left out if there is none. */
  readonly loginEmail?: string | undefined
  readonly sessions: readonly Session[]
}

/** A new bot. */
export type NewBot = NewBotAccount

/** An account that a program signs in to. */
export interface Bot {
  readonly id: number
  readonly username: string
}

/** A bot with the token it signs in with. */
export interface BotWithToken extends Bot {
  readonly token: string
}

/** A request for a web token. */
export interface NewWebToken {
  readonly phone: string
}

export type { WebToken }

/** An event of a login, or a request to the console. */
export interface AuditEvent {
  readonly id: number
  readonly atS: number
  readonly action: string
  readonly phone?: string | undefined
  readonly userId?: number | undefined
  readonly ip?: string | undefined
  readonly apiId?: number | undefined
  readonly detail?: string | undefined
}

/** Selects events. */
export interface AuditFilter {
  /** Digits only. */
  readonly phone?: string | undefined
  readonly userId?: number | undefined
  /** Only events after this one. Default: the newest events. */
  readonly afterId?: number | undefined
  /** Default 100. */
  readonly limit?: number | undefined
}

/**
 * A new fault: the requests that it applies to (`method`, `phone`, `connectionId`, `times`), and what happens to them.
 *
 * @example
 * const flood: NewFault = { method: 'auth.sendCode', error: { code: 420, type: 'FLOOD_WAIT_30' }, times: 1 }
 */
export type NewFault = Fault

export type { ActiveFault }

/** A client's connection. */
export interface Connection {
  readonly id: number
  readonly ip: string
  readonly transport: 'tcp' | 'websocket' | 'http'
  readonly dcId?: number | undefined
  readonly openedAtS: number
  /** The user of its last request's key. */
  readonly userId?: number | undefined
  readonly phone?: string | undefined
  readonly device?: string | undefined
}

/** The state of the rules' clock. */
export interface ClockState {
  /** True if the clock can be moved. */
  readonly testClock: boolean
  readonly nowS: number
  /** Seconds that it is ahead of the wall clock. */
  readonly aheadS: number
}

/** The address of one data centre. */
export interface DataCentre {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly wsUrl: string
}

/** Says whether clients are sent to the CDN for a file. */
export interface CdnChoice {
  readonly cdn: boolean
}

/** The ready line without its `event`: all a client needs to know of this server. */
export interface ServerInfo {
  readonly dcs: readonly DataCentre[]
  /** PKCS#1 PEM; the fingerprint as 16 hexadecimal digits, the first never 0. */
  readonly publicKeys: readonly { readonly pem: string; readonly fingerprint: string }[]
  readonly apps: readonly { readonly apiId: number; readonly apiHash: string; readonly title: string }[]
  /** The console's URL, for its page and its API. */
  readonly console: string
  /** The newest layer the server speaks. */
  readonly layer: number
  readonly version: string
}

/** Selects the codes that a caller waits for. */
export interface CodeFilter {
  /** Digits only. */
  readonly phone?: string | undefined
  readonly afterId?: string | undefined
  readonly afterS?: number | undefined
}

/** The state of a node among others. */
export interface NodesState {
  /** `polling`: nothing tells this node of what others do, so it looks every two seconds. */
  readonly bus: 'ok' | 'polling'
  /** The reason why the bus does not work. */
  readonly busTrouble?: string | undefined
  /** The number of this node. */
  readonly node: number
  /** Nodes that run. */
  readonly nodes: number
  /** Milliseconds that this machine's clock is ahead of the database's. */
  readonly clockSkewMs: number
  /** The clock is too far off for the rules to work. */
  readonly isClockOff: boolean
}
