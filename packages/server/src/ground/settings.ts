import type { Channel, CodePrice } from '../courier/port.ts'
import { PASSWORD_SETTINGS, type PasswordSettings } from './password-settings.ts'

/** The site that passkeys belong to, and the origins they may be used from. */
export interface PasskeySite {
  /** The domain passkeys belong to. */
  readonly rpId: string
  /** Origins they may be used from, `*` for all; undefined: the domain itself by https, and localhost. */
  readonly origins: readonly string[] | undefined
}

/** A limit on sends: `max` for each subject of `scope` in a rolling window. */
export interface SendLimit {
  readonly scope: 'phone' | 'address' | 'authKey' | 'app' | 'prefix' | 'global' | 'emailAddress'
  readonly max: number
  readonly windowS: number
  /** Count different numbers, not sends. */
  readonly distinctPhones?: boolean
  /** The error of a refusal: by default FLOOD_WAIT_X with the exact number of seconds left. */
  readonly refusal?: 'FLOOD_WAIT' | 'PHONE_NUMBER_FLOOD'
}

/** A limit on what an account does after the login: `max` in a rolling window. */
export interface ActLimit {
  /** `stranger`: people whom the account writes to, who have not written to it and do not have it as a contact. */
  readonly act: 'message' | 'stranger' | 'newGroup' | 'importContacts' | 'resolvePhone' | 'searchPeople'
  readonly max: number
  readonly windowS: number
  /** The error of a refusal: by default FLOOD_WAIT_X with the exact number of seconds left. PEER_FLOOD counts different people. */
  readonly refusal?: 'FLOOD_WAIT' | 'PEER_FLOOD'
}

/** The terms of service that new users accept. */
export interface TermsSettings {
  readonly text: string
  /** Clients show them over everything else. */
  readonly popup: boolean
  /** Minimum age that users must confirm. */
  readonly minAge: number | undefined
}

/** All settings of the login rules. `site/guides/settings.md` shows these comments. */
export interface Settings {
  /** Number of data centres the server plays. With 1, clients may name any data centre, and nothing migrates. */
  readonly dcs: number
  /** Files that clients are sent to the CDN for: none, those that the console has chosen, or all. */
  readonly cdn: 'off' | 'chosen' | 'all'
  /**
   * Places that the server loads photos and documents from, where clients give a URL: names, `*.example.org` for the names below,
   * `*` for all names, and addresses or networks, each with `:PORT` or for the ports 80 and 443. An address that is
   * private, or of this machine, has to be among them itself, also if a name leads to it, but for `localhost`.
   */
  readonly mediaHosts: readonly string[]
  /** Lifetime of the bytes that auth.exportAuthorization returns. */
  readonly exportLifetimeS: number
  /** Exports of one login that can wait at the same time; the oldest is dropped. */
  readonly maxExports: number
  /** Keys that one login can be imported to; the oldest is dropped. */
  readonly maxImports: number
  /** Lifetime of a QR login token until it is accepted. */
  readonly loginTokenLifetimeS: number
  /** Time in which the client that shows the QR code can collect an accepted login. */
  readonly loginTokenCollectS: number
  /** Age a login must have before it can end other logins, add a passkey or give a group away, and a password for the last; 0: any age. */
  readonly freshLoginS: number
  /** Age at which an unconfirmed login counts as confirmed. */
  readonly confirmWithinS: number
  /**
   * Reaction to a key that two clients use at the same time: none (`off`), a line in the log (`warn`), or
   * AUTH_KEY_DUPLICATED and the end of its login (`strict`).
   */
  readonly duplicateKeys: 'off' | 'warn' | 'strict'
  /** Time within which a key used here, there and here again counts as used by two clients. */
  readonly duplicateWithinS: number
  /** The site that passkeys belong to, and their limits. */
  readonly passkeys: PasskeySite & {
    /** Name of the site that people see. */
    readonly rpName: string
    readonly maxPerAccount: number
    readonly challengeLifetimeS: number
  }
  /** Tokens that replace the code at the next login: lifetime, how many an account has, how many a request may bring. */
  readonly futureTokens: {
    readonly lifetimeS: number
    /** The oldest is dropped. */
    readonly maxPerAccount: number
    /** The newest count. */
    readonly maxRead: number
  }
  /**
   * Messages kept for each account; the oldest is dropped, and no session is told: clients that have it and new ones then
   * differ. It bounds disk, and memory where nothing is stored: about 250 bytes for a short text.
   */
  readonly maxMessages: number
  /** Events kept for each account, for clients that were away; the oldest is dropped. */
  readonly maxEvents: number
  /**
   * Answer to a client whose next event is in the log no more: an empty slice that leads it to the events that are kept
   * (`slice`), or that it has to begin anew (`tooLong`). Clients that pass pts_total_limit are always told to begin anew;
   * others may show nothing new until they are started again.
   */
  readonly trimmedDifference: 'slice' | 'tooLong'
  /**
   * Numbers of the events that an updates.getDifference lists: the pts of the answer's state with a count of 0
   * (`telegram`), 0 and 0 (`zero`), or each event's own (`own`). Each suits other clients.
   */
  readonly differencePts: 'telegram' | 'zero' | 'own'
  /**
   * Form of new texts without formatting: full updates with the users (`never`), or short ones as Telegram sends
   * (`like-telegram`), for which a client that does not know the sender asks again.
   */
  readonly shortUpdates: 'never' | 'like-telegram'
  /** Events that one updates.getDifference returns. */
  readonly maxDifference: number
  /** Updates that may wait for a client to acknowledge them; one more, and updatesTooLong replaces them all. */
  readonly maxQueuedPushes: number
  /** Members of a basic group, its creator among them. */
  readonly chatSizeMax: number
  /** Files that clients send. */
  readonly files: {
    /** Parts of one file; each has at most 512 KiB. */
    readonly maxParts: number
    /** Time that parts wait for each other, and that a file which was put together can be sent once more. */
    readonly uploadLifetimeS: number
    /** Files of one account whose parts are on their way at the same time. */
    readonly maxUploads: number
    /** Parts of one account that are on their way. */
    readonly maxUploadParts: number
    /** MiB of those parts. */
    readonly maxUploadMib: number
    /** MiB of all files that one account has sent and that are kept. */
    readonly accountMib: number
    /** MiB of all files that the server keeps, and of the parts that are on their way: those of an account in whole MiB. */
    readonly serverMib: number
    /** Lifetime of a file reference. */
    readonly referenceLifetimeS: number
  }
  /** Two-step verification: wrong passwords, mails, waiting periods. */
  readonly password: PasswordSettings
  /** Login e-mail addresses, which receive an account's login codes. */
  readonly loginEmail: {
    /** True if accounts must set one up before a code is sent. */
    readonly required: boolean
    readonly codeLength: number
    /** Lifetime of the codes that confirm an address. */
    readonly codeLifetimeS: number
    /** Time between the request to remove an address and its removal; 0: at once. */
    readonly resetAfterS: number
    /** Domains that addresses may have, in lower case; undefined: any. */
    readonly domains: readonly string[] | undefined
    /** True if the token `test:ada@example.org` works in place of one from Google or Apple. */
    readonly testTokens: boolean
  }
  /** Limits on codes that confirm an e-mail address. */
  readonly emailLimits: readonly SendLimit[]
  /** Lifetime of a token for a web client. */
  readonly webTokenLifetimeS: number
  /** Code of PHONE_NUMBER_INVALID; Telegram documents both. */
  readonly phoneInvalidCode: 400 | 406
  /** Numbers that can have an account: all of a possible length, or those that a numbering plan has given out. */
  readonly numbers: 'possible' | 'assigned'
  /** Test numbers 99966XYYYY, whose codes everybody knows; if false, they are invalid. */
  readonly testNumbers: boolean
  /** Apps that may sign in: registered ones, or any api_id with any api_hash. */
  readonly apps: 'registered' | 'any'
  /** Code of MSG_WAIT_TIMEOUT; Telegram documents both. */
  readonly waitTimeoutCode: 400 | -503
  /** Terms of service that new users accept; undefined: none. */
  readonly terms: TermsSettings | undefined
  /** Lowest layer that may sign in; clients below it get UPDATE_APP_TO_LOGIN. 0: any layer. */
  readonly minLayer: number
  /** Digits of a login code. */
  readonly codeLength: number
  /** Lifetime of a login code. */
  readonly codeLifetimeS: number
  /** Guesses at one code. Cannot be turned off. */
  readonly maxAttempts: number
  /**
   * Wrong guesses at a number's codes and passwords in a rolling window. A completed login clears them. Cannot be turned
   * off.
   */
  readonly failures: { readonly max: number; readonly windowS: number }
  /** Part of `failures.max` that only keys and networks can use that signed in to the account before. */
  readonly failuresKept: number
  /** Wrong guesses from one network at all numbers together. */
  readonly networkFailures: { readonly max: number; readonly windowS: number } | undefined
  /** Wrong guesses from one IPv6 /48, which one customer of a provider may have, at all numbers together. */
  readonly siteFailures: { readonly max: number; readonly windowS: number } | undefined
  /** Time for which a key or a network that signed in to an account stays known to it. */
  readonly knownLoginS: number
  /** Default way of a code, and the ways auth.resendCode sends it after that. */
  readonly channels: readonly [Channel, ...Channel[]]
  /** Calls whose number is the code; the first that the client allows is used. */
  readonly callChannels: readonly ('flashCall' | 'missedCall')[]
  /** First digits of the numbers that such calls come from; the code follows them. */
  readonly callerPrefix: string
  /** Page on which the owner of an anonymous number (+888) reads the code; `{phone}` stands for the digits. */
  readonly fragmentUrl: string
  /** Price of a code that must be paid for. */
  readonly codePrice: CodePrice
  /** Moment a payment counts: at once, or when the operator confirms it. */
  readonly codePayments: 'atOnce' | 'operator'
  /** `timeout` of auth.sentCode. A repeated auth.sendCode within it gets the pending code. */
  readonly resendAfterS: number
  /** True if auth.resendCode may come before that `timeout` is over; otherwise FLOOD_WAIT_X refuses it. */
  readonly resendEarly: boolean
  /** Time within which a repeated request gets the same answer. */
  readonly replayWithinS: number
  /** Time in which a verified code can be used to sign up. */
  readonly signUpWithinS: number
  /** Limits on login codes. */
  readonly sendLimits: readonly SendLimit[]
  /**
   * Limits on what an account does after the login: messages, people whom it writes to first (`stranger`), new groups,
   * imports of contacts, and searches for people by number or name. A call that is refused does not count.
   */
  readonly actLimits: readonly ActLimit[]
  /** Part of a number's larger limits that only keys and networks can use that signed in to the account before. */
  readonly sendsKept: number
  /** Mails of two-step verification to one address in a day. */
  readonly mailsPerDay: number
  /** Accounts that one number can create. */
  readonly signUpLimit: { readonly max: number; readonly windowS: number }
  /** Key exchanges that one network can begin. */
  readonly exchangeLimit: { readonly max: number; readonly windowS: number } | undefined
  /** Digits that make the prefix of a number, for limits with the scope `prefix`. */
  readonly prefixDigits: number
  /** Time that auth.sendCode waits for the courier. */
  readonly courierTimeoutMs: number
  /** Temporary keys bound to one permanent key; the oldest is dropped. */
  readonly maxTempKeysPerKey: number
  /** Temporary keys in the memory of the server. */
  readonly maxTempKeys: number
  /** Age at which a permanent key is deleted if nobody ever signed in on it. */
  readonly unusedKeyLifetimeS: number
  /** Time without use after which a permanent key is deleted once its login has ended. */
  readonly signedOutKeyLifetimeS: number
}

const MINUTE = 60
const DAY = 24 * 60 * MINUTE

/** Generous limits for codes that only go to the inbox. The limits on guesses stay. */
const BOX_LIMITS: readonly SendLimit[] = [{ scope: 'phone', max: 100, windowS: 10 * MINUTE }]

/** Limits for codes that cost money and reach people. */
const STRICT_LIMITS: readonly SendLimit[] = [
  { scope: 'phone', max: 10, windowS: DAY, refusal: 'PHONE_NUMBER_FLOOD' },
  { scope: 'phone', max: 1, windowS: MINUTE },
  { scope: 'phone', max: 5, windowS: 10 * MINUTE },
  { scope: 'address', max: 20, windowS: 10 * MINUTE },
  { scope: 'address', max: 5, windowS: 10 * MINUTE, distinctPhones: true },
  { scope: 'authKey', max: 10, windowS: 10 * MINUTE },
]

/** Codes to an e-mail address bother its owner. */
const BOX_EMAIL_LIMITS: readonly SendLimit[] = [{ scope: 'emailAddress', max: 100, windowS: 10 * MINUTE }]
const STRICT_EMAIL_LIMITS: readonly SendLimit[] = [
  { scope: 'emailAddress', max: 5, windowS: 10 * MINUTE },
  { scope: 'emailAddress', max: 20, windowS: DAY },
  { scope: 'address', max: 20, windowS: 10 * MINUTE },
  { scope: 'authKey', max: 10, windowS: 10 * MINUTE },
]

/** Nobody writes, looks for people or makes groups like this by hand. */
const STRICT_ACTS: readonly ActLimit[] = [
  { act: 'message', max: 60, windowS: MINUTE },
  { act: 'message', max: 1000, windowS: 60 * MINUTE },
  { act: 'stranger', max: 20, windowS: DAY, refusal: 'PEER_FLOOD' },
  { act: 'newGroup', max: 50, windowS: DAY },
  { act: 'importContacts', max: 30, windowS: 60 * MINUTE },
  { act: 'resolvePhone', max: 50, windowS: 60 * MINUTE },
  { act: 'searchPeople', max: 120, windowS: 10 * MINUTE },
]

/** A person's devices make one or two keys in each data centre, and keep them. */
const STRICT_EXCHANGES: Settings['exchangeLimit'] = { max: 100, windowS: 10 * MINUTE }

const DEFAULTS: Settings = {
  dcs: 1,
  cdn: 'off',
  mediaHosts: [],
  exportLifetimeS: 5 * MINUTE,
  maxExports: 32,
  maxImports: 32,
  loginTokenLifetimeS: 30,
  loginTokenCollectS: 5 * MINUTE,
  passkeys: {
    rpId: 'localhost',
    origins: undefined,
    rpName: 'Cablegram',
    maxPerAccount: 5,
    challengeLifetimeS: 5 * MINUTE,
  },
  futureTokens: { lifetimeS: 183 * DAY, maxPerAccount: 20, maxRead: 20 },
  maxMessages: 1_000_000,
  maxEvents: 10_000,
  maxDifference: 100,
  maxQueuedPushes: 1000,
  trimmedDifference: 'slice',
  differencePts: 'telegram',
  shortUpdates: 'never',
  chatSizeMax: 200,
  files: {
    maxParts: 4000,
    uploadLifetimeS: DAY,
    maxUploads: 64,
    maxUploadParts: 8000,
    maxUploadMib: 4096,
    accountMib: 102_400,
    serverMib: 1_048_576,
    referenceLifetimeS: DAY,
  },
  password: PASSWORD_SETTINGS,
  loginEmail: {
    required: false,
    codeLength: 6,
    codeLifetimeS: 10 * MINUTE,
    resetAfterS: 7 * DAY,
    domains: undefined,
    testTokens: false,
  },
  emailLimits: BOX_EMAIL_LIMITS,
  webTokenLifetimeS: 5 * MINUTE,
  freshLoginS: 0,
  duplicateKeys: 'off',
  duplicateWithinS: 30,
  confirmWithinS: 7 * DAY,
  phoneInvalidCode: 406,
  numbers: 'possible',
  testNumbers: true,
  apps: 'registered',
  waitTimeoutCode: 400,
  terms: undefined,
  minLayer: 0,
  codeLength: 5,
  codeLifetimeS: 5 * MINUTE,
  maxAttempts: 5,
  failures: { max: 10, windowS: DAY },
  failuresKept: 0,
  networkFailures: undefined,
  siteFailures: undefined,
  knownLoginS: 180 * DAY,
  channels: ['sms', 'call'],
  callChannels: [],
  // No country has +999: whoever calls back reaches nobody.
  callerPrefix: '99900',
  fragmentUrl: 'https://fragment.com/number/{phone}/code',
  codePrice: {
    storeProduct: 'org.cablegram.code',
    supportEmailAddress: 'support@localhost',
    supportEmailSubject: 'Login code',
    premiumDays: 7,
    currency: 'USD',
    amount: 99,
    paymentUrl: 'https://localhost/',
  },
  codePayments: 'atOnce',
  resendAfterS: MINUTE,
  resendEarly: true,
  replayWithinS: 5 * MINUTE,
  signUpWithinS: 10 * MINUTE,
  sendLimits: BOX_LIMITS,
  sendsKept: 0,
  actLimits: [],
  mailsPerDay: 1000,
  signUpLimit: { max: 100, windowS: DAY },
  exchangeLimit: undefined,
  prefixDigits: 5,
  courierTimeoutMs: 10_000,
  maxTempKeysPerKey: 64,
  maxTempKeys: 100_000,
  unusedKeyLifetimeS: DAY,
  signedOutKeyLifetimeS: 90 * DAY,
}

/** A limit is one thing: its number and its window change together. */
type Limit = { readonly max: number; readonly windowS: number }
type Change<T> = T extends readonly unknown[] | Limit ? T : T extends object ? Partial<T> : T

/** Settings that differ from those of a preset; of a group, such as `files`, those that differ. */
export type SettingChanges = { readonly [Name in keyof Settings]?: Change<Settings[Name]> }

/** The settings of a preset, with these changes. */
export function createSettings(limits: 'box' | 'strict' = 'box', changes: SettingChanges = {}): Settings {
  const strict = {
    sendLimits: STRICT_LIMITS,
    sendsKept: 3,
    actLimits: STRICT_ACTS,
    failuresKept: 3,
    networkFailures: { max: 100, windowS: DAY },
    siteFailures: { max: 1000, windowS: DAY },
    mailsPerDay: 20,
    emailLimits: STRICT_EMAIL_LIMITS,
    signUpLimit: { max: 3, windowS: DAY },
    exchangeLimit: STRICT_EXCHANGES,
    unusedKeyLifetimeS: 30 * DAY,
    resendEarly: false,
    numbers: 'assigned' as const,
    freshLoginS: DAY,
    duplicateKeys: 'warn' as const,
    // A thief of the number would have the account a week later.
    password: { ...PASSWORD_SETTINGS, resetWhilePending: false },
  }
  const preset: Settings = { ...DEFAULTS, ...(limits === 'strict' && strict) }
  const changed = Object.entries(changes).map(([name, change]) => {
    const usual: unknown = preset[name as keyof Settings]
    return [name, isSettingGroup(usual) ? { ...usual, ...(change as object) } : change]
  })
  return { ...preset, ...Object.fromEntries(changed) }
}

/** Tells whether a setting is a group of some that stand alone: each of them may be changed without the others. */
export function isSettingGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('windowS' in value)
}
