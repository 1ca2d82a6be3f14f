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

/** An app that was told API_ID_INVALID. */
export interface RefusedApp {
  readonly apiId: number
  /** The api_hash it sent; empty if that cannot be one. */
  readonly apiHash: string
  /** Nobody has registered this api_id, or it is registered with another api_hash. */
  readonly reason: 'unknown' | 'otherHash'
  readonly times: number
  readonly lastAtS: number
  /** The command that lets it in. */
  readonly command: string
}

/** Changes to an app; fields left out stay. */
export interface AppChange {
  readonly title?: string | undefined
  readonly published?: boolean | undefined
  readonly signupForbidden?: boolean | undefined
  readonly minLayer?: number | undefined
  /** Empty: any version will do. */
  readonly minAppVersion?: string | undefined
}

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
 * needs `channels`.
 *
 * @example
 * const rule: NewPhoneRule = { rule: 'channels', channels: ['smsWord', 'sms'] }
 */
export interface NewPhoneRule {
  readonly rule: 'ban' | 'protect' | 'migrate' | 'channels'
  readonly dc?: number | undefined
  /** The steps of a code: the first channel, then one for each auth.resendCode. */
  readonly channels?: readonly ChannelName[] | undefined
}

/** A way a code is sent. */
export type ChannelName = (typeof CHANNEL_NAMES)[number]

/** Every way a code is sent. */
export const CHANNEL_NAMES = [
  'app',
  'sms',
  'call',
  'flashCall',
  'missedCall',
  'email',
  'setUpEmail',
  'fragment',
  'firebase',
  'smsWord',
  'smsPhrase',
  'payment',
] as const

/** A rule for the numbers that begin with its digits. */
export interface PhoneRule extends NewPhoneRule {
  readonly digits: string
}

/** A rule for a network: the data centre in which its callers sign in. */
export interface NewNetworkRule {
  readonly dc: number
}

/** A rule with its network: an IPv4 address, or the /64 of an IPv6 address. */
export interface NetworkRule extends NewNetworkRule {
  readonly network: string
}

/** A login code that waits to be paid for. */
export interface UnpaidCode {
  readonly phone: string
  readonly sinceS: number
  readonly expiresAtS: number
}

/**
 * A new account.
 *
 * @example
 * const ada: NewUser = { phone: '+9996621234', firstName: 'Ada', password: 'correct horse' }
 */
export interface NewUser {
  readonly phone: string
  readonly firstName: string
  readonly lastName?: string | undefined
  /** 5 to 32 letters, digits and underscores, with or without an @; not ending in `bot`. */
  readonly username?: string | undefined
  /** The password of two-step verification. */
  readonly password?: string | undefined
  /** The hint that clients show beside the question for the password. */
  readonly passwordHint?: string | undefined
  /** The address that a code to recover the password goes to. */
  readonly email?: string | undefined
  /** The address that login codes go to. */
  readonly loginEmail?: string | undefined
}

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
export interface NewBot {
  readonly username: string
  /** The number of an account: the bot lives in its data centre. */
  readonly ownerPhone?: string | undefined
}

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

/** A token that signs in to an account once. */
export interface WebToken {
  readonly token: string
  readonly expiresAtS: number
}

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
export interface NewFault {
  readonly method?: string | undefined
  readonly phone?: string | undefined
  readonly connectionId?: number | undefined
  readonly error?: { readonly code: number; readonly type: string } | undefined
  readonly transport?: -404 | -429 | -444 | undefined
  readonly delayMs?: number | undefined
  readonly drop?: boolean | undefined
  readonly close?: boolean | undefined
  readonly badSalt?: boolean | undefined
  readonly duplicateKey?: boolean | undefined
  readonly times?: number | undefined
}

/** A fault that waits for requests; `times` counts down. */
export type ActiveFault = NewFault & { readonly id: number }

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

/** Everything that the console needs from the rest of the server. */
export interface ConsoleServices {
  info(): Promise<ServerInfo>
  /** Undefined if the inbox is off. */
  readonly codes: CodeServices | undefined
  readonly apps: AppServices
  readonly phoneRules: PhoneRuleServices
  readonly networkRules: NetworkRuleServices
  readonly payments: PaymentServices
  readonly users: UserServices
  readonly bots: BotServices
  readonly webTokens: WebTokenServices
  readonly audit: AuditServices
  readonly faults: FaultServices
  /** Those that are open, the oldest first. */
  connections(): Promise<Connection[]>
  readonly clock: ClockServices
  /** In the text that Prometheus reads. */
  metrics(): Promise<string>
  /** Why the server cannot do its work; undefined if it can. */
  trouble(): Promise<{ readonly code: string; readonly message: string } | undefined>
  /** Undefined for a server on its own. */
  nodes(): NodesState | undefined
  /** Copies the database; resolves to the copy. @throws {ConsoleError} 409 with `--memory` */
  backUp(): Promise<{ readonly file: string }>
  /** @throws {ConsoleError} 409 without a test clock or `--memory` */
  reset(): Promise<void>
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
  /** How far this machine's clock is ahead of the database's. */
  readonly clockSkewMs: number
  /** Too far for the rules to work. */
  readonly isClockOff: boolean
}

/** The inbox, newest entry first. */
export interface CodeServices {
  list(phone: string | undefined): Promise<readonly CodeEntry[]>
  /**
   * The newest matching entry whose code can be used, at once or when it comes; undefined when the time is up or `signal`
   * aborts.
   */
  wait(filter: CodeFilter, timeoutMs: number, signal: AbortSignal): Promise<CodeEntry | undefined>
}

/** The apps that may sign in. */
export interface AppServices {
  list(): Promise<App[]>
  /** The one refused last comes first; at most 100. */
  refused(): RefusedApp[]
  create(app: NewApp): Promise<App>
  /**
   * In place of the hash and the title of the app that has this api_id, if one has.
   * @throws {ConsoleError} 400 where no api_hash was given, and the app has not been refused with one
   */
  put(apiId: number, app?: OwnApp): Promise<App>
  /** Undefined if no app has this api_id. */
  change(apiId: number, change: AppChange): Promise<App | undefined>
}

/** Rules for phone numbers; of those that fit a number, the one with the most digits counts. */
export interface PhoneRuleServices {
  list(): Promise<PhoneRule[]>
  /** The rule of exactly these digits. */
  find(digits: string): Promise<PhoneRule | undefined>
  /**
   * In place of the rule these digits had.
   * @throws {ConsoleError} 400 if the rule is invalid
   */
  put(digits: string, rule: NewPhoneRule): Promise<PhoneRule>
  /** False if there was no such rule. */
  remove(digits: string): Promise<boolean>
}

/** Rules for networks, each named by an address in it. */
export interface NetworkRuleServices {
  list(): Promise<NetworkRule[]>
  /**
   * In place of the rule the network had.
   * @throws {ConsoleError} 400 if the address or the data centre is invalid
   */
  put(address: string, rule: NewNetworkRule): Promise<NetworkRule>
  /** False if there was no such rule. */
  remove(address: string): Promise<boolean>
}

/** Login codes that have to be paid for, by the number they are for. */
export interface PaymentServices {
  list(phone: string): Promise<UnpaidCode[]>
  /** Sends all codes of a number as paid for. @returns how many there were */
  settle(phone: string): Promise<number>
}

/** Tokens that sign in once. */
export interface WebTokenServices {
  /** @throws {ConsoleError} 400 if the number is invalid or has no account */
  create(request: NewWebToken): Promise<WebToken>
}

/** The audit trail. */
export interface AuditServices {
  /** In the order they came. */
  list(filter?: AuditFilter): Promise<AuditEvent[]>
  /** Records a request to the console. */
  note(what: string): void
}

/** Faults on demand. */
export interface FaultServices {
  list(): ActiveFault[]
  /** @returns its id @throws {ConsoleError} 400 if the fault is invalid, 409 if there are too many */
  add(fault: NewFault): { readonly id: number }
  /** False if no fault has this id. */
  remove(id: number): boolean
  /** Removes all of them. */
  clear(): void
  /** Resolves once other nodes can know of what was added and removed. */
  settled(): Promise<void>
}

/** The rules' clock. */
export interface ClockServices {
  state(): ClockState
  /** @throws {ConsoleError} 409 without a test clock */
  advance(seconds: number): Promise<void>
}

/** The bots. */
export interface BotServices {
  list(): Promise<Bot[]>
  /** @throws {ConsoleError} 400 if the name or the owner's number is invalid, 409 if the name is taken */
  create(bot: NewBot): Promise<BotWithToken>
  /** A new token in place of the former one; undefined if no bot has this id. */
  replaceToken(id: number): Promise<BotWithToken | undefined>
}

/** The accounts. */
export interface UserServices {
  list(phone: string | undefined): Promise<User[]>
  /** @throws {ConsoleError} 400 if the number, the name or an address is invalid, 409 if the number or the name is taken */
  create(user: NewUser): Promise<User>
  /** Undefined if no account has this id. @throws {ConsoleError} 400 if an address is invalid or has no password */
  change(id: number, change: UserChange): Promise<User | undefined>
  /** False if no account has this id. */
  remove(id: number): Promise<boolean>
  /** False if the account has no such session. */
  removeSession(id: number, hash: string): Promise<boolean>
}
