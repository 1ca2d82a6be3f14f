/** The words of accounts: keys, users, apps, their sessions and logins, and the audit trail. */

/** The client behind a key, as initConnection and invokeWithLayer described it. */
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

/** The rights of a key. A login belongs to the permanent key, whatever temporary keys are bound to it. */
export type KeyState =
  | { readonly at: 'anonymous' }
  | {
      readonly at: 'authorized'
      readonly userId: bigint
      readonly isBot: boolean
      readonly hash: bigint
      readonly activeAtS: number
      /** The login was brought from another data centre: it gets no updates, and is in no list. */
      readonly isImported?: boolean
    }
  /** A first factor was right, and the account has a password: auth.checkPassword is what comes next. */
  | { readonly at: 'passwordPending'; readonly userId: bigint; readonly sinceS: number }
  /** Signed out from elsewhere: `reason` is the error that what needs an authorization gets. */
  | { readonly at: 'revoked'; readonly reason: RevokeReason }

/** Reasons why a key lost its authorization without asking for it. */
export type RevokeReason =
  | 'SESSION_REVOKED'
  | 'SESSION_EXPIRED'
  | 'USER_DEACTIVATED'
  | 'USER_DEACTIVATED_BAN'
  | 'AUTH_KEY_DUPLICATED'

/** A kept key with what is known of it. */
export interface KeyRecord extends NewAuthKey {
  readonly client: ClientInfo | undefined
  /** The second in which its activity was noted last; before that, in which it was made. */
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

/** The parts an account is made of; the store gives it its id. */
export type NewUser = Omit<User, 'id' | 'isBot' | 'username'>

/** A signed-in permanent key, as the account's owner sees it. */
export interface Session {
  readonly authKeyId: bigint
  readonly userId: bigint
  /** The number that identifies it to the outside, positive. */
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

/** Changes to an app; absent fields stay. */
export interface AppChange {
  readonly title?: string | undefined
  readonly published?: boolean | undefined
  readonly signupForbidden?: boolean | undefined
  readonly minLayer?: number | undefined
  /** Empty: any version will do. */
  readonly minAppVersion?: string | undefined
}

/** A request, as it is known when it comes again: from the same key, with the same bytes. */
export interface RequestRef {
  readonly authKeyId: bigint
  /** SHA-256 of the request without its wrappers. */
  readonly digest: Uint8Array
  readonly nowMs: number
  /** The time in which a repeat is told the outcome of the request. */
  readonly rememberedMs: number
}

/** A login as its request describes it. */
export interface NewAuthorization {
  /** Random, positive. */
  readonly hash: bigint
  readonly ip: string
}

/** A key that is signed in; `fresh` once, false in replays. */
export interface Authorized {
  readonly kind: 'authorized'
  readonly user: User
  readonly hash: bigint
  readonly fresh: boolean
}

/** The first factor was right; the key is signed in once the account's password is, too. */
export interface PasswordNeeded {
  readonly kind: 'passwordNeeded'
}

/** A login as its account's owner is told of it. */
export interface OwnLogin extends Session {
  /** Its first factor was right; the account's password is still to come. */
  readonly passwordPending: boolean
  readonly encryptedRequestsDisabled: boolean
  readonly callRequestsDisabled: boolean
}

/** Changes to a login by the owner of its account. */
export interface ChangeLogin {
  /** The key of who changes it. */
  readonly authKeyId: bigint
  readonly userId: bigint
  /** 0: the login of `authKeyId`. */
  readonly hash: bigint
  readonly confirmed: boolean
  /** Undefined: stays. */
  readonly encryptedRequestsDisabled: boolean | undefined
  readonly callRequestsDisabled: boolean | undefined
  /** Logins of that time and before are confirmed, whether anybody said so or not. */
  readonly confirmedBeforeS: number
}

/** The outcome of a change to a login; `unknown` also where this login may not confirm that one. */
export type ChangeLoginOutcome = 'changed' | 'confirmed' | 'unknown'

/** A login that ends others of its account, or says how long they last. */
export interface OwnerOfLogins {
  readonly authKeyId: bigint
  readonly userId: bigint
  /** A login that is younger may not: the outcome is `fresh`. */
  readonly signedInBeforeS: number
}

/** A login that its account's owner ends from another. */
export interface EndLogin extends OwnerOfLogins {
  readonly hash: bigint
  /** Absent: a repeat is refused. */
  readonly request?: RequestRef | undefined
}

/** An event of a login: who did what, when, from where; never a code, a password, a key or a token. */
export interface AuditEntry {
  readonly atMs: number
  /** `codeSent`, `signedIn` …; a TL method for what one has done; `refused`; `operator`. */
  readonly action: string
  /** Digits only. */
  readonly phone?: string | undefined
  readonly userId?: bigint | undefined
  readonly ip?: string | undefined
  readonly apiId?: number | undefined
  /** The refused method and its error, or what the operator did. */
  readonly detail?: string | undefined
}

/** An entry in its place. */
export type AuditEvent = AuditEntry & { readonly id: number }

/** A choice of entries. */
export interface AuditQuery {
  /** Digits only. */
  readonly phone?: string | undefined
  readonly userId?: bigint | undefined
  /** Those after this one; else the newest. */
  readonly afterId?: number | undefined
  readonly limit: number
}
