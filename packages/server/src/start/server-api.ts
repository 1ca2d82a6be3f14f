import type {
  ActiveFault,
  App,
  AppChange,
  AuditEvent,
  AuditFilter,
  Bot,
  BotWithToken,
  ClockState,
  CodeEntry,
  Connection,
  NetworkRule,
  NewApp,
  NewBot,
  NewFault,
  NewNetworkRule,
  NewPhoneRule,
  NewUser,
  NewWebToken,
  OwnApp,
  PhoneRule,
  RefusedApp,
  ServerInfo,
  UnpaidCode,
  User,
  UserChange,
  WebToken,
} from '../console/index.ts'
import type { PeopleApi } from './people-api.ts'

/**
 * A server that runs in this process.
 *
 * Every call checks its arguments as the console's HTTP API does. A wrong argument, and whatever the server refuses, is a
 * `UsageError`; its `code` is that of the HTTP API, listed in the guide errors.
 *
 * @example
 * const server = await startServer({ store: 'memory', testClock: true })
 * await server.users.create({ phone: '+9996621234', firstName: 'Ada' })
 * server.faults.add({ method: 'auth.signIn', error: { code: 420, type: 'FLOOD_WAIT_30' }, times: 1 })
 * await server.close()
 */
export interface CablegramServer {
  /** The server's addresses, public keys and apps: all that a client needs. */
  readonly info: ServerInfo
  readonly codes: CodesApi
  readonly users: UsersApi
  readonly phoneRules: PhoneRulesApi
  readonly networkRules: NetworkRulesApi
  readonly faults: FaultsApi
  readonly cdn: CdnApi
  readonly clock: ClockApi
  readonly apps: AppsApi
  readonly bots: BotsApi
  /** People to act as, without a client. */
  readonly people: PeopleApi
  readonly payments: PaymentsApi
  readonly webTokens: WebTokensApi
  readonly audit: AuditApi
  /** The open connections, the oldest first. */
  connections(): Promise<Connection[]>
  /**
   * Makes the server as it was right after its start: no accounts, logins, codes, rules or faults but those of `seed`, and
   * the clock back at the present. The keys, the apps and the addresses stay, so clients need no new configuration.
   *
   * @throws {UsageError} RESET_NOT_ALLOWED if the server has neither `store: 'memory'` nor `testClock`
   * @example
   * beforeEach(() => server.reset())
   */
  reset(): Promise<void>
  /**
   * Calls `listener` with every code that is put in the inbox.
   *
   * @returns a function that ends the subscription
   * @example
   * const stop = server.onCode(({ phone, code }) => console.log(phone, code))
   */
  onCode(listener: (entry: CodeEntry) => void): () => void
  /** Answers the requests in flight, writes everything and closes, within 5 s. */
  close(): Promise<void>
  /** As `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** The code to wait for, and the longest wait. */
export interface CodeWait {
  /** Only a code that came after this one. */
  readonly afterId?: string | undefined
  /** Only a code that was sent at this Unix second or later. */
  readonly afterS?: number | undefined
  /** Default 5 seconds. */
  readonly timeoutMs?: number | undefined
}

/** The inbox: the codes that were sent. */
export interface CodesApi {
  /** The codes, newest first, of one number or of all. */
  list(phone?: string): Promise<CodeEntry[]>
  /**
   * The newest code of a number that can still be used, at once or when it comes.
   *
   * @throws {UsageError} CODE_TIMEOUT if no code came in time
   * @example
   * const { code } = await server.codes.waitFor('+9996621234')
   */
  waitFor(phone: string, wait?: CodeWait): Promise<CodeEntry>
}

/** The accounts. */
export interface UsersApi {
  /** The accounts with their sessions: that of a number, or all. */
  list(phone?: string): Promise<User[]>
  /**
   * Makes an account without signing in.
   *
   * @throws {UsageError} PHONE_NUMBER_OCCUPIED, USERNAME_OCCUPIED, PHONE_NUMBER_INVALID, USERNAME_INVALID, EMAIL_INVALID
   * @example
   * const ada = await server.users.create({ phone: '+9996621234', firstName: 'Ada', password: 'correct horse' })
   */
  create(user: NewUser): Promise<User>
  /**
   * Changes an account; null takes a value away.
   *
   * @returns undefined if there is no such account
   * @example
   * await server.users.change(ada.id, { password: null })
   */
  change(id: number, change: UserChange): Promise<User | undefined>
  /** Deletes an account and signs its sessions out. @returns false if there is no such account */
  remove(id: number): Promise<boolean>
  /**
   * Signs one session out: its next call is refused with 401 SESSION_REVOKED.
   *
   * @returns false if there is no such session
   * @example
   * const [ada] = await server.users.list('+9996621234')
   * await server.users.removeSession(ada.id, ada.sessions[0].hash)
   */
  removeSession(id: number, hash: string): Promise<boolean>
}

/** Rules for numbers by their first digits. The rule with the most digits that a number begins with applies. */
export interface PhoneRulesApi {
  list(): Promise<PhoneRule[]>
  /** The rule of exactly these digits. */
  find(digits: string): Promise<PhoneRule | undefined>
  /**
   * Sets the rule of these digits, in place of the former one.
   *
   * @example
   * await server.phoneRules.put('999662', { rule: 'channels', channels: ['smsWord', 'sms'] })
   * await server.phoneRules.put('4474', { rule: 'ban' })
   */
  put(digits: string, rule: NewPhoneRule): Promise<PhoneRule>
  /** @returns false if these digits have no rule */
  remove(digits: string): Promise<boolean>
}

/** The data centre in which callers of a network sign in. */
export interface NetworkRulesApi {
  list(): Promise<NetworkRule[]>
  /**
   * Sets the rule for the network of this address: the address itself, or the /64 of an IPv6 address.
   *
   * @example
   * await server.networkRules.put('192.0.2.1', { dc: 2 })
   */
  put(address: string, rule: NewNetworkRule): Promise<NetworkRule>
  /** @returns false if the network has no rule */
  remove(address: string): Promise<boolean>
}

/** The files that clients are sent to the CDN for; the option `cdn` has to be `chosen` or `all`. */
export interface CdnApi {
  /**
   * Has clients that can go to the CDN sent there for a photo or document, or not.
   *
   * @param fileId the id that clients see
   * @throws {UsageError} CDN_OFF, MEDIA_NOT_FOUND
   * @example
   * await server.cdn.choose(document.id)
   */
  choose(fileId: bigint, cdn?: boolean): Promise<void>
}

/** Requests that go wrong. The guide faults describes every fault. */
export interface FaultsApi {
  /** The faults that wait for requests, the oldest first. */
  list(): ActiveFault[]
  /**
   * Makes the next requests go wrong: those that match every one of `method`, `phone`, `userId` and `connectionId` that is given.
   * With `push` or `difference` updates go wrong instead, those of `userId` if it is given. With `references` the file references
   * that clients have expire.
   *
   * @throws {UsageError} FAULT_INVALID, TOO_MANY_FAULTS
   * @example
   * server.faults.add({ method: 'auth.sendCode', error: { code: 420, type: 'FLOOD_WAIT_30' }, times: 1 })
   * server.faults.add({ method: 'auth.signIn', close: true, times: 1 })
   * server.faults.add({ push: 'drop', times: 1 })
   * server.faults.add({ references: 'expired' })
   */
  add(fault: NewFault): { readonly id: number }
  /** @returns false if there is no such fault, or it was used up */
  remove(id: number): boolean
  /** Removes all faults. */
  clear(): void
}

/** The clock of the rules: expiry, floods, waiting periods. */
export interface ClockApi {
  state(): ClockState
  /**
   * Moves the clock ahead.
   *
   * @throws {UsageError} TEST_CLOCK_OFF without the option `testClock`
   * @example
   * await server.clock.advance(300)
   */
  advance(seconds: number): Promise<void>
}

/** The apps that may sign in. */
export interface AppsApi {
  list(): Promise<App[]>
  /** The apps that were refused with API_ID_INVALID since the start, the last one first. */
  refused(): RefusedApp[]
  /**
   * Makes an app with a new api_id and api_hash.
   *
   * @example
   * const { apiId, apiHash } = await server.apps.create({ title: 'My app' })
   */
  create(app: NewApp): Promise<App>
  /**
   * Lets an app sign in that has its api_id and api_hash already. Without an api_hash it gets the one that it sent when it
   * was refused.
   *
   * @throws {UsageError} API_HASH_MISSING
   * @example
   * await server.apps.put(17349, { title: 'Desktop', apiHash: '344583e45741c457fe1862106095a5eb' })
   */
  put(apiId: number, app?: OwnApp): Promise<App>
  /** @returns undefined if there is no such app */
  change(apiId: number, change: AppChange): Promise<App | undefined>
}

/** Bots and the tokens that they sign in with. */
export interface BotsApi {
  list(): Promise<Bot[]>
  /**
   * Makes a bot. Its name ends in `bot`.
   *
   * @throws {UsageError} USERNAME_INVALID, USERNAME_OCCUPIED, PHONE_NUMBER_UNOCCUPIED
   * @example
   * const { token } = await server.bots.create({ username: 'echo_bot' })
   */
  create(bot: NewBot): Promise<BotWithToken>
  /** Gives a bot a new token; the former one expires. @returns undefined if there is no such bot */
  replaceToken(id: number): Promise<BotWithToken | undefined>
}

/** Login codes that have to be paid for. */
export interface PaymentsApi {
  /** The codes of a number that wait to be paid for. */
  list(phone: string): Promise<UnpaidCode[]>
  /** Says that the codes of a number are paid for, so that they are sent. @returns how many there were */
  settle(phone: string): Promise<number>
}

/** Tokens that a website gives its visitors to sign in with. */
export interface WebTokensApi {
  /**
   * Makes a token that signs in to an account once, by `auth.importWebTokenAuthorization`.
   *
   * @throws {UsageError} PHONE_NUMBER_INVALID, PHONE_NUMBER_UNOCCUPIED
   */
  create(request: NewWebToken): Promise<WebToken>
}

/** The audit trail. */
export interface AuditApi {
  /** The events of logins, in the order in which they happened: the newest 100, unless the filter says otherwise. */
  list(filter?: AuditFilter): Promise<AuditEvent[]>
}
