/**
 * What the rules ask of storage: decisions, not tables. Each operation is atomic, and its promise resolves
 * only once what it wrote would survive a crash. `now` always comes in as an argument, so that moving the
 * rules' clock moves everything. Refusals by a rule are outcomes; rejections (`StoreError`) mean that nothing
 * of the operation was done.
 */
import type { Delivery, InboxEntry, InboxState } from '../courier/port.ts'
import type { AuditStore } from '../rules/accounts/audit-words.ts'
import type { CodeStore, LiveCode, NewAuthorization } from '../rules/codes/words.ts'
import type { StoreError } from './errors.ts'
import type { LoginEmailStore } from '../rules/emails/words.ts'
import type { MessageStore } from '../rules/messages/words.ts'
import type { PasswordStore } from '../rules/passwords/words.ts'
import type {
  AuthorizationStore,
  BotStore,
  FutureTokenStore,
  LoginTokenStore,
  PasskeyStore,
  WebTokenStore,
} from '../rules/logins/token-words.ts'

export type * from '../rules/codes/words.ts'
export type * from '../rules/emails/words.ts'
export type * from '../rules/messages/words.ts'
export type * from '../rules/passwords/words.ts'
export type * from '../rules/logins/token-words.ts'

/** What initConnection and invokeWithLayer said of the client behind a key. */
export interface ClientInfo {
  readonly layer: number
  readonly apiId: number
  readonly deviceModel: string
  readonly systemVersion: string
  readonly appVersion: string
  readonly systemLangCode: string
  readonly langPack: string
  readonly langCode: string
}

/** A permanent authorization key to keep. */
export interface NewAuthKey {
  readonly authKeyId: bigint
  /** 256 bytes; sealed at rest. */
  readonly key: Uint8Array
  readonly dcId: number
  readonly firstSalt: bigint
  readonly createdAtS: number
  /** The client named a data centre of the test environment. */
  readonly isTest: boolean
}

/** What a key may do. Login belongs to the permanent key, whatever temporary keys are bound to it. */
export type KeyState =
  | { readonly at: 'anonymous' }
  | {
      readonly at: 'authorized'
      readonly userId: bigint
      readonly isBot: boolean
      readonly hash: bigint
      readonly activeAtS: number
    }
  /** A first factor was right, and the account has a password: auth.checkPassword is what comes next. */
  | { readonly at: 'passwordPending'; readonly userId: bigint; readonly sinceS: number }
  /** Signed out from elsewhere: `reason` is the error that what needs an authorization gets. */
  | { readonly at: 'revoked'; readonly reason: RevokeReason }

/** Why a key lost its authorization without asking for it. */
export type RevokeReason =
  | 'SESSION_REVOKED'
  | 'SESSION_EXPIRED'
  | 'USER_DEACTIVATED'
  | 'USER_DEACTIVATED_BAN'
  | 'AUTH_KEY_DUPLICATED'

/** A kept key with what is known of it. */
export interface KeyRecord extends NewAuthKey {
  readonly client: ClientInfo | undefined
  /** When `noteActivity` was last called for it; before that, when it was made. */
  readonly usedAtS: number
  readonly state: KeyState
}

/** An account. */
export interface User {
  readonly id: bigint
  readonly accessHash: bigint
  /** Digits only; empty for a bot. */
  readonly phone: string
  readonly firstName: string
  readonly lastName: string
  readonly isBot: boolean
  /** Without an @. */
  readonly username: string | undefined
  readonly createdAtS: number
}

/** What an account is made of; the store gives it its id. */
export type NewUser = Omit<User, 'id' | 'isBot' | 'username'>

/** A signed-in permanent key, as the account's owner sees it. */
export interface Session {
  readonly authKeyId: bigint
  readonly userId: bigint
  /** What identifies it to the outside, positive. */
  readonly hash: bigint
  readonly apiId: number
  /** Empty where the app is gone. */
  readonly appTitle: string
  readonly client: ClientInfo | undefined
  readonly ip: string
  readonly createdAtS: number
  readonly activeAtS: number
  /** None of the account's other sessions has said yet that it is one of theirs. */
  readonly unconfirmed: boolean
}

/** An app that may sign users in. */
export interface App {
  readonly apiId: number
  /** 32 hex digits. */
  readonly apiHash: string
  readonly title: string
  /** Its api_id is known to everybody: API_ID_PUBLISHED_FLOOD. */
  readonly published: boolean
  /** It may sign in to accounts, not make them. */
  readonly signupForbidden: boolean
  /** Clients of a layer below are told to update; undefined: any layer will do. */
  readonly minLayer: number | undefined
  /** Older versions of it, too; undefined: any will do. */
  readonly minAppVersion: string | undefined
  readonly createdAtS: number
}

/** An app as it is made. */
export interface NewApp {
  readonly apiHash: string
  readonly title: string
  readonly createdAtS: number
}

/** What can be changed in an app; absent fields stay. */
export interface AppChange {
  readonly title?: string | undefined
  readonly published?: boolean | undefined
  readonly signupForbidden?: boolean | undefined
  readonly minLayer?: number | undefined
  /** Empty: any version will do. */
  readonly minAppVersion?: string | undefined
}

/** A login to be taken to another data centre. */
export interface ExportAuthorization {
  /** Of the bytes that are given out, 32 bytes. */
  readonly digest: Uint8Array
  /** The key that is signed in. */
  readonly authKeyId: bigint
  /** Where the bytes are good. */
  readonly dcId: number
  readonly expiresAtMs: number
  /** Exports of one login that can be waiting; the oldest goes first. */
  readonly maxWaiting: number
  readonly nowMs: number
}

/** A request, as it is known when it comes again: from the same key, with the same bytes. */
export interface RequestRef {
  readonly authKeyId: bigint
  /** SHA-256 of the request without its wrappers. */
  readonly digest: Uint8Array
  readonly nowMs: number
  /** How long a repeat is told what the request came to. */
  readonly rememberedMs: number
}

/** A login brought from another data centre. */
export interface ImportAuthorization {
  /** Absent: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly digest: Uint8Array
  /** Whom the caller says it is of. */
  readonly userId: bigint
  readonly authKeyId: bigint
  /** Where the key is; undefined where that makes no difference. */
  readonly dcId: number | undefined
  readonly authorization: NewAuthorization
  /** Keys that one login can be brought to; the oldest goes first. */
  readonly maxImported: number
  readonly nowMs: number
}

/** What came of {@link TransferStore.import}. */
export type ImportOutcome =
  | { readonly kind: 'authorized'; readonly user: User }
  /** The bytes are good, but of somebody else; they stay good. */
  | { readonly kind: 'otherUser' }
  /** Unknown, used, too old, for another data centre, or their login has ended. */
  | { readonly kind: 'dead' }

/** Logins on their way between data centres. */
export interface TransferStore {
  /** The user whose login it is; undefined where nobody is signed in on the key. */
  export(request: ExportAuthorization): Promise<bigint | undefined>
  /** Spends the export and signs the key in, in one decision. The login ends with the one it came from. */
  import(request: ImportAuthorization): Promise<ImportOutcome>
}

/** Permanent authorization keys and who is signed in on them. */
export interface KeyStore {
  /** False where the id is taken. */
  keep(key: NewAuthKey): Promise<boolean>
  find(authKeyId: bigint): Promise<KeyRecord | undefined>
  rememberClient(authKeyId: bigint, client: ClientInfo): Promise<void>
  /** The key, and its authorization where there is one, was used just now. */
  noteActivity(authKeyId: bigint, ip: string, nowS: number): Promise<void>
  /** Takes the login off the key, half a one too, and off those it was brought to. False where nobody was signed in. */
  signOut(authKeyId: bigint): Promise<boolean>
  /** The key and its authorization are gone. False where there was no such key. */
  forget(authKeyId: bigint): Promise<boolean>
  /** Forgets keys made before then that nobody ever signed in on, the oldest first; resolves to their ids. */
  forgetUnused(beforeS: number, limit: number): Promise<bigint[]>
  /** Forgets keys last used before then whose authorization has ended, the longest unused first; resolves to their ids. */
  forgetSignedOut(beforeS: number, limit: number): Promise<bigint[]>
}

/** Accounts and their sessions. */
export interface UserStore {
  /** Undefined where the number is taken. */
  create(user: NewUser): Promise<User | undefined>
  find(ids: readonly bigint[]): Promise<User[]>
  findByPhone(phone: string): Promise<User | undefined>
  /** Whatever capitals it is written with. */
  findByUsername(username: string): Promise<User | undefined>
  /** The data centre of the first login; undefined where nobody has signed in yet. */
  homeDc(phone: string): Promise<number | undefined>
  /** By id; at most `limit`. */
  list(limit: number): Promise<User[]>
  /** Whether the account of a number, where there is one, is signed in on a key other than this one. */
  hasOtherLogin(phone: string, authKeyId: bigint, nowS: number): Promise<boolean>
  /** Oldest first, without those brought from another data centre. */
  sessions(userId: bigint): Promise<Session[]>
  /** The id of the terms of service that the account has accepted last. */
  acceptedTerms(userId: bigint): Promise<string | undefined>
  acceptTerms(userId: bigint, termsId: string, nowS: number): Promise<void>
  /** The keys that were signed in, now revoked; undefined where there is no such account. */
  remove(userId: bigint): Promise<bigint[] | undefined>
  /** The keys that were signed in with it, now revoked: none where there is no such session. */
  removeSession(userId: bigint, hash: bigint): Promise<bigint[]>
}

/** Apps, each an api_id with its api_hash. */
export interface AppStore {
  /** The store gives it its api_id. */
  create(app: NewApp): Promise<App>
  /** With an api_id of its own choice; in place of the hash and the title of the app that has it. */
  put(app: NewApp & { readonly apiId: number }): Promise<App>
  find(apiId: number): Promise<App | undefined>
  list(): Promise<App[]>
  /** Undefined where there is no such app. */
  change(apiId: number, change: AppChange): Promise<App | undefined>
}

/** What holds for the numbers that begin with `digits`. */
export type PhoneRule = { readonly digits: string } & (
  | { readonly rule: 'ban' | 'protect' }
  /** They are at home in this data centre. */
  | { readonly rule: 'migrate'; readonly dc: number }
  /** Their codes go these ways, one after the other. */
  | { readonly rule: 'channels'; readonly channels: LiveCode['chain'] }
)

/** Rules for phone numbers. */
export interface PhoneRuleStore {
  /** In place of the one these digits had. Whoever is banned by it is signed out: their keys. */
  put(rule: PhoneRule): Promise<bigint[]>
  /** Undefined where there was none. Whoever is banned without it is signed out: their keys. */
  remove(digits: string): Promise<bigint[] | undefined>
  /** The rule of exactly these digits. */
  find(digits: string): Promise<PhoneRule | undefined>
  /** By their digits. */
  list(): Promise<PhoneRule[]>
  /** The rule with the most digits that a number begins with. */
  match(phone: string): Promise<PhoneRule | undefined>
}

/** Where callers of a network sign in whose number has no home. */
export interface NetworkRule {
  /** An IPv4 address, or the /64 of an IPv6 one. */
  readonly network: string
  readonly dc: number
}

/** Rules for networks. */
export interface NetworkRuleStore {
  /** In place of the one the network had. */
  put(rule: NetworkRule): Promise<void>
  /** False where there was none. */
  remove(network: string): Promise<boolean>
  find(network: string): Promise<NetworkRule | undefined>
  /** By their networks. */
  list(): Promise<NetworkRule[]>
}

/** Deliveries that were committed with their code. */
export interface OutboxStore {
  /** What was committed and not settled, oldest first, of codes still good: what a crash interrupted. */
  unsettled(limit: number, nowMs: number): Promise<Delivery[]>
  settle(deliveryId: string, outcome: SettledAs): Promise<void>
}

/** How a delivery ended; `failed` also kills its code at the end of its chain, unless another delivery may have brought it. */
export type SettledAs =
  | { readonly kind: 'accepted'; readonly reference: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'unknown' }

/** The inbox: deliveries whose courier is this server itself. */
export interface InboxStore {
  /** False where the delivery was there already. */
  put(delivery: Delivery, type: string): Promise<boolean>
  /** Newest first; of one number or of all. */
  list(query: InboxQuery): Promise<InboxEntry[]>
}

/** How an entry ended whose code is no login code: those end with theirs. */
export type EndedAs = Exclude<InboxState, 'active' | 'superseded' | 'expired'>

/** Which entries of the inbox. */
export interface InboxQuery {
  /** Digits only. */
  readonly phone?: string | undefined
  /** Only entries that came after this one. */
  readonly afterId?: string | undefined
  /** Only entries sent at this second or later. */
  readonly afterS?: number | undefined
  readonly limit: number
  readonly nowMs: number
}

/** The RSA keys the server proves itself with. */
export interface ServerKeyStore {
  /** PKCS#8 PEMs, oldest first. */
  list(): Promise<string[]>
  /** Keeps the key unless there is one already; resolves to the one that stands. */
  keepFirst(privatePem: string, nowS: number): Promise<string>
}

/** Storage, the port. `contract.test.ts` says what every implementation must do. */
export interface Store {
  readonly audit: AuditStore
  readonly keys: KeyStore
  readonly codes: CodeStore
  readonly users: UserStore
  readonly loginEmails: LoginEmailStore
  readonly transfers: TransferStore
  readonly loginTokens: LoginTokenStore
  readonly bots: BotStore
  readonly passkeys: PasskeyStore
  readonly passwords: PasswordStore
  readonly webTokens: WebTokenStore
  readonly futureTokens: FutureTokenStore
  readonly authorizations: AuthorizationStore
  readonly messages: MessageStore
  readonly apps: AppStore
  readonly phoneRules: PhoneRuleStore
  readonly networkRules: NetworkRuleStore
  readonly outbox: OutboxStore
  readonly inbox: InboxStore
  readonly serverKeys: ServerKeyStore
  /** 32 bytes that only who has the secret can know, different for each purpose: salts, peppers. */
  deriveSecret(purpose: string): Uint8Array
  /** Why it cannot do its work; undefined if it can. While writes fail, this tries one. */
  trouble(): Promise<StoreError | undefined>
  /** Deletes everything but the keys, which are signed out, and the apps: as if the store were new. */
  reset(nowS: number): Promise<void>
  /** Copies the database into a folder that has none, while it goes on. @returns the copy */
  backUp(folder: string): Promise<string>
  /** Commits what is on its way, and lets go of the data folder. */
  close(): Promise<void>
}
