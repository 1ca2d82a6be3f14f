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

/** What can be set in an app when it is made. */
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

/** What can be changed in an app. */
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

/** What holds for numbers: `migrate` has a `dc`, `channels` its list of them, the others nothing. */
export interface NewPhoneRule {
  readonly rule: 'ban' | 'protect' | 'migrate' | 'channels'
  readonly dc?: number | undefined
  /** The ways their codes are sent, one after the other. */
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

/** A rule, and which numbers it is for: those that begin with its digits. */
export interface PhoneRule extends NewPhoneRule {
  readonly digits: string
}

/** Where callers of a network sign in. */
export interface NewNetworkRule {
  readonly dc: number
}

/** A rule, and which network it is for: an IPv4 address, or the /64 of an IPv6 one. */
export interface NetworkRule extends NewNetworkRule {
  readonly network: string
}

/** A login code that waits to be paid for. */
export interface UnpaidCode {
  readonly phone: string
  readonly sinceS: number
  readonly expiresAtS: number
}

/** What a new account needs. */
export interface NewUser {
  readonly phone: string
  readonly firstName: string
  readonly lastName?: string | undefined
  /** 5 to 32 letters, digits and underscores, with or without an @; not ending in `bot`. */
  readonly username?: string | undefined
  /** Of two-step verification. */
  readonly password?: string | undefined
  /** What clients show beside the question for the password. */
  readonly passwordHint?: string | undefined
  /** Where a code to recover the password goes. */
  readonly email?: string | undefined
  /** Where login codes go. */
  readonly loginEmail?: string | undefined
}

/** What can be changed in an account. */
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
  /** Where login codes go; left out where there is none. */
  readonly loginEmail?: string | undefined
  readonly sessions: readonly Session[]
}

/** What a new bot needs. */
export interface NewBot {
  readonly username: string
  /** Of the account whose data centre it is at home in. */
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

/** Whom a web token is for. */
export interface NewWebToken {
  readonly phone: string
}

/** A token that signs in to an account once. */
export interface WebToken {
  readonly token: string
  readonly expiresAtS: number
}

/** What happened at a login: who, what, when, from where. */
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

/** Which events are wanted. */
export interface AuditFilter {
  /** Digits only. */
  readonly phone?: string | undefined
  readonly userId?: number | undefined
  /** Those after this one; else the newest. */
  readonly afterId?: number | undefined
  /** Default 100. */
  readonly limit?: number | undefined
}

/** What is to go wrong, with which requests, how often. */
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

/** A fault that waits for requests; `times` are those that are left. */
export type ActiveFault = NewFault & { readonly id: number }

/** A client's connection. */
export interface Connection {
  readonly id: number
  readonly ip: string
  readonly transport: 'tcp' | 'websocket' | 'http'
  readonly dcId?: number | undefined
  readonly openedAtS: number
  /** Whoever is signed in on the key of its last request. */
  readonly userId?: number | undefined
  readonly phone?: string | undefined
  readonly device?: string | undefined
}

/** The rules' clock. */
export interface ClockState {
  /** Whether it can be moved. */
  readonly testClock: boolean
  readonly nowS: number
  /** How far it is ahead of the wall clock. */
  readonly aheadS: number
}

/** Where one data centre listens. */
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

/** Which codes a waiter takes: of this phone, and only newer ones. */
export interface CodeFilter {
  /** Digits only. */
  readonly phone?: string | undefined
  readonly afterId?: string | undefined
  readonly afterS?: number | undefined
}

/** What the console needs of the rest of the server. */
export interface ConsoleServices {
  info(): Promise<ServerInfo>
  /** Undefined where the inbox is off. */
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
  /** Copies the database; resolves to the copy. @throws {ConsoleError} 409 with `--memory` */
  backUp(): Promise<{ readonly file: string }>
  /** @throws {ConsoleError} 409 without a test clock or `--memory` */
  reset(): Promise<void>
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
  /** Undefined where there is no such app. */
  change(apiId: number, change: AppChange): Promise<App | undefined>
}

/** Rules for phone numbers; of those that fit a number, the one with the most digits counts. */
export interface PhoneRuleServices {
  list(): Promise<PhoneRule[]>
  /** The rule of exactly these digits. */
  find(digits: string): Promise<PhoneRule | undefined>
  /**
   * In place of the rule these digits had.
   * @throws {ConsoleError} 400 where there is no such rule
   */
  put(digits: string, rule: NewPhoneRule): Promise<PhoneRule>
  /** False where there was none. */
  remove(digits: string): Promise<boolean>
}

/** Rules for networks, each named by an address in it. */
export interface NetworkRuleServices {
  list(): Promise<NetworkRule[]>
  /**
   * In place of the rule the network had.
   * @throws {ConsoleError} 400 where there is no such address or data centre
   */
  put(address: string, rule: NewNetworkRule): Promise<NetworkRule>
  /** False where there was none. */
  remove(address: string): Promise<boolean>
}

/** Login codes that have to be paid for, by the number they are for. */
export interface PaymentServices {
  list(phone: string): Promise<UnpaidCode[]>
  /** All of a number are paid for, and sent; how many those were. */
  settle(phone: string): Promise<number>
}

/** Tokens that sign in once. */
export interface WebTokenServices {
  /** @throws {ConsoleError} 400 where the number is none, or nobody's */
  create(request: NewWebToken): Promise<WebToken>
}

/** The audit trail. */
export interface AuditServices {
  /** In the order they came. */
  list(filter?: AuditFilter): Promise<AuditEvent[]>
  /** Notes what somebody did by the console. */
  note(what: string): void
}

/** Faults on demand. */
export interface FaultServices {
  list(): ActiveFault[]
  /** Its id. @throws {ConsoleError} 400 where it is none, 409 where there are too many */
  add(fault: NewFault): { readonly id: number }
  /** False where there is no such fault. */
  remove(id: number): boolean
  /** Removes all of them. */
  clear(): void
}

/** The rules' clock. */
export interface ClockServices {
  state(): ClockState
  /** @throws {ConsoleError} 409 without a test clock */
  advance(seconds: number): void
}

/** The bots. */
export interface BotServices {
  list(): Promise<Bot[]>
  /** @throws {ConsoleError} 400 where the name or the owner's number is none, 409 where the name is taken */
  create(bot: NewBot): Promise<BotWithToken>
  /** A new token in place of the former one; undefined where there is no such bot. */
  replaceToken(id: number): Promise<BotWithToken | undefined>
}

/** The accounts. */
export interface UserServices {
  list(phone: string | undefined): Promise<User[]>
  /** @throws {ConsoleError} 400 where the number or the address is none, 409 where the number is taken */
  create(user: NewUser): Promise<User>
  /** Undefined where there is no such account. @throws {ConsoleError} 400 where the address is none, or has no password */
  change(id: number, change: UserChange): Promise<User | undefined>
  /** False where there is no such account. */
  remove(id: number): Promise<boolean>
  /** False where there is no such session. */
  removeSession(id: number, hash: string): Promise<boolean>
}
