import { didYouMean, UsageError } from '@cablegram/tl'
import { kindOf } from './kind-of.ts'
import { isPort } from './net/valid-address.ts'
import type { CallOptions, ClientOptions } from './options.ts'

/** Says what an option may be, if a value is not that. */
export type Check = (value: unknown) => string | undefined

/** The check of every option; the compiler misses one that has none. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check }

/** The longest time that a timer takes. */
const MAX_MS = 2 ** 31 - 1
/** A gibibyte. */
const MAX_TRACE_BYTES = 2 ** 30
const MAX_INT = 2 ** 31 - 1
/** A longer text about the app or the device fits into no list of sessions; servers cut a text at this length. */
const MAX_TEXT = 512

/** Values of these are not shown in errors. */
const SECRET = new Set(['apiHash', 'consoleToken', 'mtproxy', 'proxy'])

const CLIENT_CHECKS: Checks<ClientOptions> = {
  apiId: isAppId,
  apiHash: isShortText(1, ': the api_hash of your app'),
  server: (value) =>
    (typeof value === 'string' && value !== '') || isPlainObject(value)
      ? undefined
      : "'production', 'test', the URL of a console, or the description of a server",
  consoleToken: isText('the token of the console, as a string'),
  pfs: isBoolean,
  floodWaitMaxS: isWhole(0, Math.floor(MAX_MS / 1000), 'seconds'),
  timeoutMs: isTimeout,
  connectTimeoutMs: isTimeout,
  transport: isOneOf('tcp', 'websocket', 'http'),
  framing: isOneOf('abridged', 'intermediate', 'padded', 'full'),
  obfuscated: isBoolean,
  mtproxy: isMtproxy,
  proxy: isProxy,
  deviceModel: isShortText(1),
  systemVersion: isShortText(1),
  appVersion: isShortText(1),
  systemLangCode: isShortText(1, ', such as "en"'),
  langPack: isShortText(0),
  langCode: isShortText(1, ', such as "en"'),
  logger: hasFunctions('debug', 'info', 'warn', 'error'),
  tracer: hasFunctions('startSpan'),
  trace: isTrace,
  traceMaxBytes: isWhole(1_000, MAX_TRACE_BYTES, 'bytes'),
  catchUp: isBoolean,
  platform: isObject,
}

const CALL_CHECKS: Checks<CallOptions> = {
  dcId: isWhole(1, MAX_INT, 'the number of a data centre'),
  timeoutMs: isTimeout,
  signal: isSignal,
  floodWaitMaxS: isWhole(0, Math.floor(MAX_MS / 1000), 'seconds'),
  retry: isBoolean,
  chain: isTextOption,
}

/** @throws UsageError OPTION_INVALID */
export function checkClientOptions(options: unknown): void {
  checkOptions(options, CLIENT_CHECKS, 'of the client')
}

/** @throws UsageError OPTION_INVALID */
export function checkSession(session: unknown): void {
  if (typeof session === 'string' && STRING_SESSION.test(session.trim())) throw stringSession()
  if (typeof session === 'string' && session.trim() !== '') return
  const storage: Readonly<Record<string, unknown>> = isPlainObject(session) ? session : {}
  if (['open', 'write', 'close'].every((name) => typeof storage[name] === 'function')) return
  throw invalid(
    `The session is ${kindOf(session)}. It may be the name of a file, or a storage such as memorySession().`,
  )
}

/** A text that is no name of a file, but a whole session. */
const STRING_SESSION = /^[\w+/-]{200,}={0,2}$/

/** Neither the text, which opens an account, nor a part of it is repeated. */
function stringSession(): UsageError {
  return invalid(
    'The session is a string session, not the name of a file: give memorySession(text). One of GramJS, Telethon, Pyrogram or mtcute becomes ours by importSession of @cablegram/client/convert.',
  )
}

/** @throws UsageError OPTION_INVALID */
export function checkCallOptions(options: unknown, method: string): void {
  checkOptions(options, CALL_CHECKS, `of the call of ${method}`)
}

/** @param what the function that takes the listener, such as `client.onUpdate` @throws UsageError OPTION_INVALID */
export function checkListener(listener: unknown, what: string, example: string): void {
  if (typeof listener === 'function') return
  throw invalid(`${what} takes a function, such as ${example}, not ${kindOf(listener)}.`)
}

/**
 * Checks the name and the value of every option; one that is undefined counts as not given.
 *
 * @param whose the end of a sentence about an option that does not exist
 * @throws UsageError OPTION_INVALID, with the option's name, its value unless it is secret, and what it may be
 */
export function checkOptions<Options>(options: unknown, checks: Checks<Options>, whose: string): void {
  if (!isPlainObject(options)) {
    throw invalid(`The options ${whose} are an object, not ${kindOf(options)}.`)
  }
  const known: Readonly<Record<string, Check>> = checks
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const check = Object.hasOwn(known, name) ? known[name] : undefined
    if (!check) throw unknownOption(name, Object.keys(known), whose)
    const wanted = check(value)
    if (wanted === undefined) continue
    const shown = SECRET.has(name) ? kindOf(value) : shorten(value)
    throw invalid(`The option \`${name}\` is ${shown}. It may be ${wanted}.`)
  }
}

/** A whole number in these bounds. */
export function isWhole(from: number, to: number, unit: string): Check {
  return (value) =>
    Number.isInteger(value) && Number(value) >= from && Number(value) <= to
      ? undefined
      : `a whole number from ${from} to ${to} (${unit})`
}

/** Milliseconds that a timer takes. */
export function isTimeout(value: unknown): string | undefined {
  return isWhole(1, MAX_MS, 'milliseconds')(value)
}

/** True or false. */
export function isBoolean(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'true or false'
}

/** An AbortSignal. */
export function isSignal(value: unknown): string | undefined {
  const isOne = value instanceof AbortSignal
  return isOne ? undefined : 'an AbortSignal, such as that of an AbortController'
}

/** An object that is no array. */
export function isObject(value: unknown): string | undefined {
  return isPlainObject(value) ? undefined : 'an object'
}

/** An object with these methods. */
function hasFunctions(...names: readonly string[]): Check {
  return (value) => {
    const object = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
    const hasAll = names.every((name) => typeof object[name] === 'function')
    const functions = names.length === 1 ? 'the function' : 'the functions'
    return hasAll ? undefined : `an object with ${functions} ${names.join(', ')}`
  }
}

/** A function. */
export function isFunction(value: unknown): string | undefined {
  return typeof value === 'function' ? undefined : 'a function'
}

/** A text that is not empty. */
export function isTextOption(value: unknown): string | undefined {
  return isText('a string that is not empty')(value)
}

function isText(wanted: string): Check {
  return (value) => (typeof value === 'string' && value !== '' ? undefined : wanted)
}

function isShortText(min: number, what = ''): Check {
  const wanted = `a string of ${min} to ${MAX_TEXT} characters${what}`
  return (value) =>
    typeof value === 'string' && value.length >= min && value.length <= MAX_TEXT ? undefined : wanted
}

function isOneOf(...words: readonly string[]): Check {
  return (value) =>
    words.includes(value as string) ? undefined : words.map((word) => `'${word}'`).join(' or ')
}

function isTrace(value: unknown): string | undefined {
  if (typeof value === 'function' || (typeof value === 'string' && value !== '')) return undefined
  return isPlainObject(value) && typeof value['write'] === 'function'
    ? undefined
    : 'the path of a file, a function that takes a line, or a stream'
}

function isAppId(value: unknown): string | undefined {
  if (Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_INT) return undefined
  const isBotLike = (typeof value === 'number' || typeof value === 'bigint') && value > MAX_INT
  const why = isBotLike
    ? ". That is usually a bot's number; apiId is the app's, from https://my.telegram.org/apps"
    : ''
  return `a whole number from 1 to ${MAX_INT}${why}`
}

function isMtproxy(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return undefined
  return isPlainObject(value) && hasPlace(value) && typeof value['secret'] === 'string'
    ? undefined
    : "{ host, port, secret }, with the port as a number from 1 to 65535, or a link such as 'tg://proxy?…'"
}

function isProxy(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return undefined
  const forms =
    "{ kind: 'socks5' or 'http', host, port, user, password }, or a URL such as 'socks5://127.0.0.1:1080'"
  if (!isPlainObject(value)) return forms
  const isTextOrNone = (text: unknown) => text === undefined || typeof text === 'string'
  const fitting: Readonly<Record<string, boolean>> = {
    kind: value['kind'] === 'socks5' || value['kind'] === 'http',
    host: hasHost(value),
    port: hasPort(value),
    user: isTextOrNone(value['user']),
    password: isTextOrNone(value['password']),
  }
  const wrong = Object.keys(fitting).filter((name) => !fitting[name])
  if (wrong.length === 0) return undefined
  const missing = wrong.filter((name) => value[name] === undefined)
  return missing.length > 0
    ? `${forms}; it lacks ${missing.join(', ')}`
    : `${forms}; ${wrong.join(', ')} cannot be used`
}

function hasPlace(value: Readonly<Record<string, unknown>>): boolean {
  return hasHost(value) && hasPort(value)
}

function hasHost({ host }: Readonly<Record<string, unknown>>): boolean {
  return typeof host === 'string' && host !== ''
}

function hasPort({ port }: Readonly<Record<string, unknown>>): boolean {
  return typeof port === 'number' && isPort(port)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unknownOption(name: string, known: readonly string[], whose: string): UsageError {
  const next = didYouMean(name, known) || `They are ${known.join(', ')}.`
  return invalid(`There is no option \`${name}\` ${whose}. ${next}`)
}

function invalid(message: string): UsageError {
  return new UsageError('OPTION_INVALID', message)
}

function shorten(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'bigint') return `the bigint ${String(value).slice(0, 40)}n`
  if (typeof value !== 'string' || value.trim() === '') return kindOf(value)
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
}
