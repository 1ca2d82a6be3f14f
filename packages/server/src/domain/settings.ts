import type { Channel, CodePrice } from '../courier/port.ts'
import { PASSWORD_SETTINGS, type PasswordSettings } from './two-step/password-settings.ts'
import type { PasskeySite } from './ways-in/webauthn/client-data.ts'

/** A limit on sends: `max` for each subject of `scope` in any `windowS`. */
export interface SendLimit {
  readonly scope: 'phone' | 'address' | 'authKey' | 'app' | 'prefix' | 'global' | 'emailAddress'
  readonly max: number
  readonly windowS: number
  /** Count different numbers, not sends. */
  readonly distinctPhones?: boolean
  /** What it refuses with: by default FLOOD_WAIT_X with the true number of seconds left. */
  readonly refusal?: 'FLOOD_WAIT' | 'PHONE_NUMBER_FLOOD'
}

/** The terms of service that new users accept. */
export interface TermsSettings {
  readonly text: string
  /** Clients show them over everything else. */
  readonly popup: boolean
  /** How old users have to say that they are. */
  readonly minAge: number | undefined
}

/** Every figure of the login rules. */
export interface Settings {
  /** Data centres we play; 1: whatever the client names, nothing migrates. */
  readonly dcs: number
  /** How long what auth.exportAuthorization gave is good for. */
  readonly exportLifetimeS: number
  /** Exports of one login that can be waiting, and keys that one login can be brought to; the oldest goes first. */
  readonly maxExports: number
  readonly maxImports: number
  /** How long a token shown as a QR code can be accepted, and then how long its login can be collected. */
  readonly loginTokenLifetimeS: number
  readonly loginTokenCollectS: number
  /** Who signed in less than this ago ends no other logins of the account; 0: everybody may. */
  readonly freshLoginS: number
  /** A login that nobody has confirmed for so long counts as confirmed. */
  readonly confirmWithinS: number
  /**
   * What becomes of a key that two use at the same time: nothing; a line in the log; or its login ends, and it gets
   * AUTH_KEY_DUPLICATED.
   */
  readonly duplicateKeys: 'off' | 'warn' | 'strict'
  /** Here, there and here again within this time is the same time. */
  readonly duplicateWithinS: number
  readonly passkeys: PasskeySite & {
    /** What people see the site is called. */
    readonly rpName: string
    readonly maxPerAccount: number
    readonly challengeLifetimeS: number
  }
  /** Tokens that save a code at the next login. */
  readonly futureTokens: {
    readonly lifetimeS: number
    /** That can be alive; the oldest goes first. */
    readonly maxPerAccount: number
    /** That a request for a code can bring; the newest count. */
    readonly maxRead: number
  }
  /** Messages in an account's box, and events in its log; the oldest goes first. */
  readonly maxMessages: number
  readonly maxEvents: number
  /** Events that a client which was away hears of at once. */
  readonly maxDifference: number
  readonly password: PasswordSettings
  /** The e-mail that an account's login codes go to. */
  readonly loginEmail: {
    /** Who has none sets one up before a code is sent. */
    readonly required: boolean
    readonly codeLength: number
    /** Of the codes that prove an address. */
    readonly codeLifetimeS: number
    /** How long after it was asked for an address is taken off; 0: at once. */
    readonly resetAfterS: number
    /** What comes after the @, in small letters; undefined: anything. */
    readonly domains: readonly string[] | undefined
    /** Whether a token `test:ada@example.org` passes for one of Google's or Apple's; else there are none. */
    readonly testTokens: boolean
  }
  /** Limits on codes that prove an address. */
  readonly emailLimits: readonly SendLimit[]
  /** How long a token made for a web client is good. */
  readonly webTokenLifetimeS: number
  /** The code in use where Telegram documents two: PHONE_NUMBER_INVALID is a 406 or a 400. */
  readonly phoneInvalidCode: 400 | 406
  /** Which numbers can have an account: all of a possible length, or those that a numbering plan has given out. */
  readonly numbers: 'possible' | 'assigned'
  /** Whether 99966XYYYY are test numbers, whose codes everybody knows; otherwise they are not valid. */
  readonly testNumbers: boolean
  /** Which apps may sign in: those that are registered, or any api_id with any api_hash. */
  readonly apps: 'registered' | 'any'
  /** Likewise: MSG_WAIT_TIMEOUT is a 400 or a −503. */
  readonly waitTimeoutCode: 400 | -503
  /** Undefined: there are none. */
  readonly terms: TermsSettings | undefined
  /** Clients of a layer below are told to update; 0: any layer will do. */
  readonly minLayer: number
  readonly codeLength: number
  readonly codeLifetimeS: number
  /** Guesses at one code. Never off. */
  readonly maxAttempts: number
  /** Wrong guesses at all codes of a number in a rolling window; cleared by a completed login. Never off. */
  readonly failures: { readonly max: number; readonly windowS: number }
  /** Of these, how many only a key or a network can use that has signed in to the account before. */
  readonly failuresKept: number
  /** Wrong guesses from one network at whichever numbers; undefined: any number. */
  readonly networkFailures: { readonly max: number; readonly windowS: number } | undefined
  /** How long a key or a network that has signed in to an account counts as known to it. */
  readonly knownLoginS: number
  /** How a code travels where there is nothing better, and then when it is asked for again. */
  readonly channels: readonly [Channel, ...Channel[]]
  /** Calls whose number is the code, where somebody makes them and the client allows it; the first that is allowed. */
  readonly callChannels: readonly ('flashCall' | 'missedCall')[]
  /** Digits that the number begins with from which such calls come; what follows is the code. */
  readonly callerPrefix: string
  /** Where the owner of an anonymous number reads the code; `{phone}` stands for its digits. */
  readonly fragmentUrl: string
  readonly codePrice: CodePrice
  /** What is sent in as a payment pays at once, or when the operator says so. */
  readonly codePayments: 'atOnce' | 'operator'
  /** The `timeout` of an answer; sendCode repeated within it sends nothing new. */
  readonly resendAfterS: number
  /** Whether auth.resendCode may come before that `timeout` is over; otherwise FLOOD_WAIT_X refuses it. */
  readonly resendEarly: boolean
  /** A signIn repeated by the same key within this gets the same answer. */
  readonly replayWithinS: number
  /** How long a verified code is good for a sign-up. */
  readonly signUpWithinS: number
  readonly sendLimits: readonly SendLimit[]
  /** Of each limit of `scope` phone that is more than twice as large: codes that only a key or a network can ask for that is known to the account. */
  readonly sendsKept: number
  /** Mails of two-step verification to one address in a day. */
  readonly mailsPerDay: number
  /** Accounts that a number can make in any `windowS`. */
  readonly signUpLimit: { readonly max: number; readonly windowS: number }
  /** Key exchanges that one network may begin in any `windowS`; undefined: as many as it likes. */
  readonly exchangeLimit: { readonly max: number; readonly windowS: number } | undefined
  /** Digits of a number that make its prefix, where a limit is set for prefixes. */
  readonly prefixDigits: number
  /** How long sendCode waits for the courier before it gives up on a worker. */
  readonly courierTimeoutMs: number
  /** Temporary keys that can be bound to one permanent key; the oldest goes first. */
  readonly maxTempKeysPerKey: number
  /** Temporary keys in this node's memory, bound or not. */
  readonly maxTempKeys: number
  /** How long a permanent key is kept that nobody ever signs in on. */
  readonly unusedKeyLifetimeS: number
  /** How long a permanent key is kept unused on which nobody is signed in any more. */
  readonly signedOutKeyLifetimeS: number
}

const MINUTE = 60
const DAY = 24 * 60 * MINUTE

/** The limits where codes only go to the inbox: in nobody's way. The attempt caps stay. */
const BOX_LIMITS: readonly SendLimit[] = [{ scope: 'phone', max: 100, windowS: 10 * MINUTE }]

/** The limits where codes cost money and reach people. */
const STRICT_LIMITS: readonly SendLimit[] = [
  { scope: 'phone', max: 10, windowS: DAY, refusal: 'PHONE_NUMBER_FLOOD' },
  { scope: 'phone', max: 1, windowS: MINUTE },
  { scope: 'phone', max: 5, windowS: 10 * MINUTE },
  { scope: 'address', max: 20, windowS: 10 * MINUTE },
  { scope: 'address', max: 5, windowS: 10 * MINUTE, distinctPhones: true },
  { scope: 'authKey', max: 10, windowS: 10 * MINUTE },
]

/** Codes to an e-mail address annoy whoever it belongs to. */
const BOX_EMAIL_LIMITS: readonly SendLimit[] = [{ scope: 'emailAddress', max: 100, windowS: 10 * MINUTE }]
const STRICT_EMAIL_LIMITS: readonly SendLimit[] = [
  { scope: 'emailAddress', max: 5, windowS: 10 * MINUTE },
  { scope: 'emailAddress', max: 20, windowS: DAY },
  { scope: 'address', max: 20, windowS: 10 * MINUTE },
  { scope: 'authKey', max: 10, windowS: 10 * MINUTE },
]

/** A person's devices make one or two keys in each data centre, and keep them. */
const STRICT_EXCHANGES: Settings['exchangeLimit'] = { max: 100, windowS: 10 * MINUTE }

const DEFAULTS: Settings = {
  dcs: 1,
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
  maxMessages: 10_000,
  maxEvents: 10_000,
  maxDifference: 100,
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
  mailsPerDay: 1000,
  signUpLimit: { max: 100, windowS: DAY },
  exchangeLimit: undefined,
  prefixDigits: 5,
  courierTimeoutMs: 10_000,
  maxTempKeysPerKey: 64,
  maxTempKeys: 100_000,
  unusedKeyLifetimeS: 30 * DAY,
  signedOutKeyLifetimeS: 90 * DAY,
}

/** The settings of a preset of limits, with what is to be different. */
export function createSettings(limits: 'box' | 'strict' = 'box', changes: Partial<Settings> = {}): Settings {
  const strict = {
    sendLimits: STRICT_LIMITS,
    sendsKept: 3,
    failuresKept: 3,
    networkFailures: { max: 100, windowS: DAY },
    mailsPerDay: 20,
    emailLimits: STRICT_EMAIL_LIMITS,
    signUpLimit: { max: 3, windowS: DAY },
    exchangeLimit: STRICT_EXCHANGES,
    resendEarly: false,
    numbers: 'assigned' as const,
    freshLoginS: DAY,
    duplicateKeys: 'warn' as const,
    // Who has taken over a number would have the account a week later.
    password: { ...PASSWORD_SETTINGS, resetWhilePending: false },
  }
  return { ...DEFAULTS, ...(limits === 'strict' && strict), ...changes }
}
