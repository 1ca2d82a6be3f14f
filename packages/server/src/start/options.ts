import { availableParallelism } from 'node:os'
import { didYouMean, UsageError } from '@cablegram/tl'
import { isBlockedByBrowsers, isLoopback } from '../console/index.ts'
import type { Courier } from '../courier/index.ts'
import type { S3Options } from '../files/s3/place.ts'
import { isHostEntry } from '../files/web/hosts.ts'
import { machineNowMs } from '../ground/clock.ts'
import { type LangPacks, NO_LANG_PACKS, readLangPacks } from '../lang-packs/index.ts'
import type { ReferenceSource } from '../reference/index.ts'
import type { Settings } from '../rules/index.ts'
import { checkSeed, type Seed } from './seed.ts'
import { checkSettings, type SettingsOption } from './settings-option.ts'
import { checkShared } from './shared-options.ts'
import { type ResolvedTransports, resolveTransports, type TransportOptions } from './transport-options.ts'

/** The terms of service. */
export interface TermsOptions {
  readonly text: string
  /** Clients show the terms in a popup. */
  readonly popup?: boolean | undefined
  /** Minimum age that users must confirm. */
  readonly minAge?: number | undefined
}

/** Login e-mails: the addresses that login codes of accounts go to. */
export interface LoginEmailOptions {
  /** Users without a login e-mail have to set one up before a code is sent. Default false. */
  readonly required?: boolean | undefined
  /** Domains that login e-mails may have. Default: all. */
  readonly domains?: readonly string[] | undefined
  /** Time that the reset of a login e-mail takes, in seconds. Default a week; 0: at once. */
  readonly resetAfterS?: number | undefined
  /** Accepts `test:ada@example.org` in place of a token from Google or Apple. Default false. */
  readonly testTokens?: boolean | undefined
}

/**
 * Options of a server: those of `cablegram serve`, in camel case.
 *
 * @example
 * const server = await startServer({ store: 'memory', testClock: true, limits: 'strict' })
 */
export interface ServerOptions extends TransportOptions {
  /** Address that MTProto clients connect to. Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Port of the first data centre; the others follow. Default 0: any free ports. */
  readonly port?: number | undefined
  /** Address announced to clients, if it differs from the one that they reached the server at. */
  readonly advertise?: string | undefined
  /** Address of the console. Default 127.0.0.1. */
  readonly consoleHost?: string | undefined
  /** Port of the console. Default 0: any free port. Ports that browsers refuse are not allowed. */
  readonly consolePort?: number | undefined
  /** Bearer token for the console. Required unless the console listens on loopback. */
  readonly consoleToken?: string | undefined
  /** Origins, such as `http://localhost:3000`, whose pages may call the console. Default: none but the console's own. */
  readonly allowOrigin?: readonly string[] | undefined
  /** Apps, users, rules and faults for a new server. A data folder that is not new stays as it is. */
  readonly seed?: Seed | undefined
  /**
   * `memory`, the default without `data`: all data is lost at the end, and the RSA key is a public test key. Or the address
   * of a PostgreSQL database, `postgres://USER:PASSWORD@HOST:5432/DATABASE`, which any number of servers may share.
   */
  readonly store?: string | undefined
  /** Folder for all data; created if it is missing. */
  readonly data?: string | undefined
  /** File with the secret that encrypts keys and codes. Default: a file in the data folder, created if it is missing. */
  readonly secretFile?: string | undefined
  /**
   * Folder for the photos and documents that clients send; servers that share a database share it. Default: `files` in the
   * data folder, with PostgreSQL beside the secret file; in memory without either. Or a bucket of S3, which they share,
   * `s3://BUCKET/PREFIX?endpoint=URL&region=NAME`; the keys to it are in `s3`.
   */
  readonly files?: string | undefined
  /**
   * Smaller sizes of photos, which the optional package wasm-vips makes. Default `auto`: if it is installed. `off`: never. Or the
   * folder in which it is installed.
   */
  readonly thumbnails?: string | undefined
  /** The keys to the bucket of `files`. `cablegram serve` takes them from the variables AWS_ACCESS_KEY_ID and so on. */
  readonly s3?: S3Options | undefined
  /** Number of data centres, on consecutive ports. Default 1, which answers as the data centre that a client names. */
  readonly dcs?: number | undefined
  /**
   * A CDN for files, as data centre 203 on one more port: `off`, the default; `chosen`, for the files that `cdn.choose` names; or
   * `all`. Clients that can do without never meet it.
   */
  readonly cdn?: 'off' | 'chosen' | 'all' | undefined
  /**
   * Places that the server loads photos and documents from, where clients give a URL: names such as `example.org`,
   * `*.example.org`, `*` for all names, and addresses or networks, each with `:PORT` or for the ports 80 and 443. Default: none.
   */
  readonly mediaHosts?: readonly string[] | undefined
  /**
   * A Redis or Valkey through which servers that share a database tell each other what has changed,
   * `redis://:PASSWORD@HOST:6379`. Default: each looks at the database every two seconds.
   */
  readonly bus?: string | undefined
  /** Single limits and lifetimes that differ from those of `limits`; the guide settings lists all. */
  readonly settings?: SettingsOption | undefined
  /** Sends the codes to people. Default: the inbox keeps them. */
  readonly courier?: Courier | undefined
  /** `box`, the default, has hardly any limits; `strict` has those of a public service. */
  readonly limits?: 'box' | 'strict' | undefined
  /** Reaction to a key that two addresses use at the same time. Default `off`; `warn` with strict limits. */
  readonly duplicateKeys?: 'off' | 'warn' | 'strict' | undefined
  /** Terms of service that new users accept, and existing users after a change. Default: none. */
  readonly terms?: TermsOptions | undefined
  /** The e-mail addresses that login codes go to. */
  readonly loginEmail?: LoginEmailOptions | undefined
  /** Error code of PHONE_NUMBER_INVALID; Telegram documents two. Default 406. */
  readonly phoneInvalidCode?: 400 | 406 | undefined
  /** Apps that may sign in: those that are `registered`, the default, or `any` api_id with any api_hash. */
  readonly apps?: 'registered' | 'any' | undefined
  /** Test numbers 99966XYYYY, whose codes everybody knows. Default `on`; `off` on a public server. */
  readonly testNumbers?: 'on' | 'off' | undefined
  /**
   * A folder of language packs, whose texts clients are given: files as translations.telegram.org exports them. Default:
   * clients go by the texts they come with.
   */
  readonly langPacks?: string | undefined
  /** Kinds of call that bring codes to clients that allow them: the first that a client allows. Default: none. */
  readonly callCodes?: readonly ('flashCall' | 'missedCall')[] | undefined
  /** Moment a payment for a code counts: `atOnce`, the default, or after `payments.settle` (`operator`). */
  readonly codePayments?: 'atOnce' | 'operator' | undefined
  /** Domain that passkeys belong to. Default `localhost`. */
  readonly passkeyDomain?: string | undefined
  /** Origins that may use passkeys; `*`: all. Default: the domain by https, and localhost. */
  readonly passkeyOrigins?: readonly string[] | undefined
  /**
   * The file of the reference that the console shows at `/docs`, as `npm run build` writes it into the package `cablegram`;
   * or a source that can make the file. Default: no reference.
   */
  readonly reference?: string | ReferenceSource | undefined
  /** Login codes in the console. Default: `on` if the console listens on loopback. */
  readonly inbox?: 'on' | 'off' | undefined
  /** Allows `clock.advance` and `reset`. Default false. */
  readonly testClock?: boolean | undefined
  /** Threads for key exchanges, started when many happen at once. Default 1; 0: none. */
  readonly exchangeThreads?: number | undefined
  /**
   * Threads that encrypt and decrypt parts of files, started when there are many at once. Default: one less than there are processors, at
   * most 4; 0: none.
   */
  readonly fileThreads?: number | undefined
  /** Connections per port. Default 20,000; an idle one takes about 8 KB. */
  readonly maxConnections?: number | undefined
  /**
   * Connections that one address (in IPv6 one /64) may hold before they have shown a key; one more closes the oldest of
   * them. Default 256, but no limit for clients on this machine: given here, it holds for those, too.
   */
  readonly maxStrangers?: number | undefined
  /** Wall clock, in Unix milliseconds. Default: the machine's. */
  readonly nowMs?: (() => number) | undefined
  /** Log level, as JSON lines on standard error. Default `silent`. */
  readonly log?: 'silent' | 'error' | 'warn' | 'info' | 'debug' | undefined
}

/** Options with every default filled in. */
export interface ResolvedOptions extends ResolvedTransports {
  readonly host: string
  readonly port: number
  readonly dcs: number
  readonly cdn: 'off' | 'chosen' | 'all'
  readonly exchangeThreads: number
  readonly fileThreads: number
  readonly maxConnections: number
  readonly strangers: { readonly maxPerAddress: number; readonly limitsLoopback: boolean }
  readonly nowMs: () => number
  readonly advertise: string | undefined
  readonly consoleHost: string
  readonly consolePort: number
  readonly consoleToken: string | undefined
  readonly allowOrigin: readonly string[]
  readonly seed: Seed | undefined
  /** Nothing is kept. */
  readonly isMemory: boolean
  /** Undefined: in memory, or in PostgreSQL. */
  readonly data: string | undefined
  /** The address of a database that nodes share. */
  readonly postgres: string | undefined
  /** The address of the Redis between them. */
  readonly bus: string | undefined
  readonly secretFile: string | undefined
  /** Undefined: where the rest of the data is. */
  readonly files: string | undefined
  readonly s3: S3Options
  /** `auto`, `off`, or a folder. */
  readonly thumbnails: string
  /** Undefined: as the settings say. */
  readonly mediaHosts: readonly string[] | undefined
  readonly limits: 'box' | 'strict'
  /** Undefined: as the limits say. */
  readonly duplicateKeys: 'off' | 'warn' | 'strict' | undefined
  readonly terms: Settings['terms']
  readonly loginEmail: Partial<Settings['loginEmail']>
  /** These five undefined: as the settings say. */
  readonly apps: 'registered' | 'any' | undefined
  readonly testNumbers: 'on' | 'off' | undefined
  readonly phoneInvalidCode: 400 | 406 | undefined
  readonly callCodes: readonly ('flashCall' | 'missedCall')[] | undefined
  readonly codePayments: 'atOnce' | 'operator' | undefined
  readonly settings: SettingsOption
  readonly langPacks: LangPacks
  readonly courier: Courier | undefined
  readonly passkeyDomain: string
  readonly passkeyOrigins: readonly string[] | undefined
  readonly reference: ReferenceSource | undefined
  readonly inbox: boolean
  readonly testClock: boolean
  readonly log: 'silent' | 'error' | 'warn' | 'info' | 'debug'
}

/**
 * Fills the defaults in and refuses what does not fit together.
 * @throws {UsageError} one sentence, and what to do
 */
export function resolveOptions(options: ServerOptions): ResolvedOptions {
  checkNames(options)
  checkPort(options.port, 'port')
  checkPort(options.consolePort, 'console port')
  checkConsolePort(options.consolePort)
  const consoleHost = options.consoleHost ?? '127.0.0.1'
  if (!isLoopback(consoleHost) && !options.consoleToken) {
    throw new UsageError(
      'CONSOLE_TOKEN_MISSING',
      `Other machines can reach a console on ${consoleHost}: give it a token with --console-token-file, or in CABLEGRAM_CONSOLE_TOKEN.`,
    )
  }
  checkConsoleToken(options.consoleToken)
  const isMemory = options.store === 'memory' || options.data === undefined
  const shared = checkShared(options)
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    dcs: checkDcs(options),
    cdn: options.cdn ?? 'off',
    exchangeThreads: checkThreads('key exchanges', options.exchangeThreads ?? 1),
    fileThreads: checkThreads('parts of files', options.fileThreads ?? sparedProcessors()),
    maxConnections: checkConnections(options),
    strangers: checkStrangers(options),
    nowMs: options.nowMs ?? machineNowMs,
    advertise: options.advertise,
    consoleHost,
    consolePort: options.consolePort ?? 0,
    consoleToken: options.consoleToken,
    allowOrigin: checkOrigins(options.allowOrigin),
    seed: checkSeed(options.seed),
    data: isMemory ? undefined : options.data,
    isMemory: isMemory && shared.postgres === undefined,
    ...shared,
    secretFile: options.secretFile,
    files: options.files,
    s3: options.s3 ?? {},
    thumbnails: options.thumbnails ?? 'auto',
    mediaHosts: checkMediaHosts(options.mediaHosts),
    limits: options.limits ?? 'box',
    duplicateKeys: options.duplicateKeys,
    terms: checkTerms(options.terms),
    loginEmail: checkLoginEmail(options.loginEmail),
    callCodes: options.callCodes,
    codePayments: options.codePayments,
    phoneInvalidCode: options.phoneInvalidCode,
    langPacks: options.langPacks === undefined ? NO_LANG_PACKS : readLangPacks(options.langPacks),
    apps: options.apps,
    testNumbers: options.testNumbers,
    settings: checkSettings(options.settings ?? {}),
    courier: options.courier,
    ...checkPasskeys(options),
    reference: typeof options.reference === 'string' ? { file: options.reference } : options.reference,
    inbox: options.inbox === undefined ? isLoopback(consoleHost) : options.inbox === 'on',
    testClock: options.testClock ?? false,
    log: options.log ?? 'silent',
    ...resolveTransports(options),
  }
}

/** Every option; the compiler names those that it lacks. */
const OPTIONS: { readonly [Name in keyof Required<ServerOptions>]: true } = {
  advertise: true,
  allowOrigin: true,
  apps: true,
  bus: true,
  callCodes: true,
  cdn: true,
  codePayments: true,
  consoleHost: true,
  consolePort: true,
  consoleToken: true,
  courier: true,
  data: true,
  dcs: true,
  duplicateKeys: true,
  exchangeThreads: true,
  fileThreads: true,
  files: true,
  host: true,
  inbox: true,
  langPacks: true,
  limits: true,
  log: true,
  loginEmail: true,
  maxConnections: true,
  maxStrangers: true,
  mediaHosts: true,
  mtproxySecret: true,
  nowMs: true,
  passkeyDomain: true,
  passkeyOrigins: true,
  phoneInvalidCode: true,
  port: true,
  proxyProtocol: true,
  reference: true,
  s3: true,
  secretFile: true,
  seed: true,
  settings: true,
  store: true,
  terms: true,
  testClock: true,
  testNumbers: true,
  thumbnails: true,
  tlsCert: true,
  tlsKey: true,
}

/** A misspelt option would be ignored without a word. */
function checkNames(options: ServerOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name))
  if (unknown === undefined) return
  const question =
    didYouMean(unknown, Object.keys(OPTIONS)) || '`npx cablegram docs guides/server-api` lists the options.'
  throw new UsageError('OPTION_UNKNOWN', `startServer has no option ${unknown}. ${question}`)
}

/** One for each digit that names the home of a test number. */
const MAX_DCS = 9

function checkDcs({ dcs = 1, cdn = 'off', port = 0 }: ServerOptions): number {
  if (!Number.isInteger(dcs) || dcs < 1 || dcs > MAX_DCS) {
    throw new UsageError(
      'DCS_INVALID',
      `Invalid number of data centres: ${dcs}. Give a number from 1 to ${MAX_DCS}.`,
    )
  }
  const ports = dcs + (cdn === 'off' ? 0 : 1)
  if (port > 0) checkPort(port + ports - 1, 'port of the last data centre')
  return dcs
}

const MAX_THREADS = 64

function checkThreads(purpose: string, threads: number): number {
  if (Number.isInteger(threads) && threads >= 0 && threads <= MAX_THREADS) return threads
  throw new UsageError(
    'THREADS_INVALID',
    `Invalid number of threads for ${purpose}: ${threads}. Give a number from 0 to ${MAX_THREADS}.`,
  )
}

/** With a few threads the main one has more to do than they. */
const MAX_FILE_THREADS = 4

/** The processors that the main thread leaves to others. */
function sparedProcessors(): number {
  return Math.min(availableParallelism() - 1, MAX_FILE_THREADS)
}

/** A process may be given more descriptors, but hardly the memory for more clients than this. */
const MAX_CONNECTIONS = 1_000_000

function checkConnections({ maxConnections = 20_000 }: ServerOptions): number {
  if (Number.isInteger(maxConnections) && maxConnections >= 1 && maxConnections <= MAX_CONNECTIONS) {
    return maxConnections
  }
  throw new UsageError(
    'CONNECTIONS_INVALID',
    `Invalid number of connections: ${maxConnections}. Give a number from 1 to ${MAX_CONNECTIONS}.`,
  )
}

const DEFAULT_STRANGERS = 256

function checkStrangers({ maxStrangers }: ServerOptions): ResolvedOptions['strangers'] {
  const maxPerAddress = maxStrangers ?? DEFAULT_STRANGERS
  if (Number.isInteger(maxPerAddress) && maxPerAddress >= 1 && maxPerAddress <= MAX_CONNECTIONS) {
    return { maxPerAddress, limitsLoopback: maxStrangers !== undefined }
  }
  throw new UsageError(
    'STRANGERS_INVALID',
    `One address cannot hold ${maxPerAddress} connections without a key: give a number from 1 to ${MAX_CONNECTIONS}.`,
  )
}

/** More than anybody reads, and less than a message of MTProto holds. */
const MAX_TERMS_LENGTH = 65_536
const MAX_AGE = 150

function checkTerms(terms: TermsOptions | undefined): Settings['terms'] {
  if (terms === undefined) return undefined
  const { popup = false, minAge } = terms
  const text = terms.text.trim()
  if (text === '' || text.length > MAX_TERMS_LENGTH) {
    throw new UsageError(
      'TERMS_INVALID',
      `The terms of service have ${text.length} characters: give 1 to ${MAX_TERMS_LENGTH}.`,
    )
  }
  if (minAge !== undefined && (!Number.isInteger(minAge) || minAge < 0 || minAge > MAX_AGE)) {
    throw new UsageError(
      'TERMS_INVALID',
      `Invalid minimum age: ${minAge}. Give a number from 0 to ${MAX_AGE}.`,
    )
  }
  return { text, popup, minAge }
}

const MAX_RESET_S = 10 * 365 * 24 * 60 * 60

function checkLoginEmail(options: LoginEmailOptions = {}): Partial<Settings['loginEmail']> {
  const { required, testTokens, domains, resetAfterS } = options
  if (
    resetAfterS !== undefined &&
    (!Number.isInteger(resetAfterS) || resetAfterS < 0 || resetAfterS > MAX_RESET_S)
  ) {
    throw new UsageError(
      'LOGIN_EMAIL_INVALID',
      `Invalid time for the reset of a login e-mail: ${resetAfterS}. Give whole seconds from 0 to ${MAX_RESET_S}.`,
    )
  }
  const wrong = domains?.find((domain) => !DOMAIN.test(domain.trim()))
  if (wrong !== undefined) {
    throw new UsageError(
      'LOGIN_EMAIL_INVALID',
      `"${wrong}" is not a domain of e-mail addresses: give the part after the @, such as example.org.`,
    )
  }
  return {
    ...(required !== undefined && { required }),
    ...(testTokens !== undefined && { testTokens }),
    ...(domains && { domains: domains.map((domain) => domain.trim().toLowerCase()) }),
    ...(resetAfterS !== undefined && { resetAfterS }),
  }
}

const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i

function checkPasskeys({ passkeyDomain = 'localhost', passkeyOrigins }: ServerOptions) {
  if (!DOMAIN.test(passkeyDomain)) {
    throw new UsageError(
      'PASSKEY_SITE_INVALID',
      `"${passkeyDomain}" is not a domain for passkeys: give a name such as example.org.`,
    )
  }
  const wrong = passkeyOrigins?.find((origin) => !isOrigin(origin))
  if (wrong === undefined) return { passkeyDomain, passkeyOrigins }
  throw new UsageError(
    'PASSKEY_SITE_INVALID',
    `"${wrong}" is not an origin for passkeys: give one such as https://example.org without a path, or * for all.`,
  )
}

function checkMediaHosts(hosts: readonly string[] | undefined): readonly string[] | undefined {
  const wrong = hosts?.find((host) => !isHostEntry(host))
  if (wrong === undefined) return hosts
  throw new UsageError(
    'MEDIA_HOSTS_INVALID',
    `"${wrong}" is not a place for --media-hosts: give a name such as example.org or *.example.org, an address or a network, with or without a port.`,
  )
}

function checkOrigins(origins: readonly string[] = []): readonly string[] {
  const wrong = origins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
  if (wrong === undefined) return origins
  throw new UsageError(
    'ORIGIN_INVALID',
    `"${wrong}" is not an origin: give a scheme, a host and a port without a path, such as http://localhost:3000.`,
  )
}

/** As a browser says it, or an Android app: the comparison is one of texts. */
function isOrigin(text: string): boolean {
  if (text === '*' || text.startsWith('android:apk-key-hash:')) return true
  return URL.canParse(text) && new URL(text).origin === text
}

/** Nobody can send another one in a header. An empty one comes of a variable of the shell that is not set. */
function checkConsoleToken(token: string | undefined): void {
  if (token === undefined || /^[!-~]+$/.test(token)) return
  const what = token === '' ? 'is empty' : 'holds a space, a control character or a letter beyond ASCII'
  throw new UsageError(
    'CONSOLE_TOKEN_INVALID',
    `The console's token ${what}: give another one, or leave it out.`,
  )
}

function checkPort(port: number | undefined, name: string): void {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)) return
  throw new UsageError('PORT_INVALID', `Invalid ${name} ${port}: give a number from 0 to 65535.`)
}

/** The console's page and every program that uses `fetch` would be cut off from it. */
function checkConsolePort(port: number | undefined): void {
  if (port === undefined || !isBlockedByBrowsers(port)) return
  throw new UsageError(
    'CONSOLE_PORT_BLOCKED',
    `The console cannot be on port ${port}: browsers and fetch refuse to open that port. Use another one, such as 10081.`,
  )
}
