import type { FramingName } from '@cablegram/mtproto'
import type { Platform, TransportName } from './platform.ts'
import type { ServerOption } from './server/server.ts'

/**
 * The options of a client. Each has a default; Telegram's own servers need your api_id and api_hash.
 *
 * @example
 * ```ts
 * import type { ClientOptions } from '@cablegram/client'
 *
 * export const patient: ClientOptions = {
 *   server: 'production',
 *   apiId: 12345,
 *   apiHash: '0123456789abcdef0123456789abcdef',
 *   floodWaitMaxS: 60,
 *   transport: 'websocket',
 * }
 * ```
 */
export interface ClientOptions {
  /** The app's credentials, from my.telegram.org/apps. Default: those the server itself offers. */
  readonly apiId?: number | undefined
  readonly apiHash?: string | undefined
  /** Default: `'production'`. */
  readonly server?: ServerOption | undefined
  /** Token of the console at `server`. A console on loopback needs none by default. */
  readonly consoleToken?: string | undefined
  /**
   * Encrypt under temporary keys, which live for a day (perfect forward secrecy). Each connection makes one of its own, except
   * those to CDNs. Default: yes.
   */
  readonly pfs?: boolean | undefined
  /**
   * How many seconds a call may wait, in all, when the server asks for it (FLOOD_WAIT and every other 420 with a number). A
   * longer wait is thrown, and later calls of the same kind are refused without asking the server until it is over.
   * Transfers of files do not have this limit: they wait up to 15 minutes each time. Default: 10 s; for logins (`auth`) 0,
   * because somebody watches.
   */
  readonly floodWaitMaxS?: number | undefined
  /**
   * How long a call may take: connecting, lost connections, moves to other data centres and repetitions included. Waits that
   * the server asks for come on top, `floodWaitMaxS` at most. Transfers of files have a `timeoutMs` of their own. Default: a
   * minute.
   */
  readonly timeoutMs?: number | undefined
  /** How long the first connection may take. Default: 15 s. */
  readonly connectTimeoutMs?: number | undefined
  /** Transport of the bytes. Default: `'tcp'`, on a page `'websocket'`; `'websocket'` and `'http'` work wherever browsers can connect. */
  readonly transport?: TransportName | undefined
  /** How frames are cut on the wire, but for HTTP. Default: `'intermediate'`. */
  readonly framing?: Exclude<FramingName, 'bare'> | undefined
  /** Hides TCP's frames in obfuscated2; WebSockets and proxies always do. Default: no. */
  readonly obfuscated?: boolean | undefined
  /** Connects through an MTProxy; TCP only. */
  readonly mtproxy?: MtproxyOption | undefined
  /** Connects through a proxy of another kind, to the MTProxy if there is one, too; TCP only. */
  readonly proxy?: ProxyOption | undefined
  /** Texts for the list of active sessions, at most 512 characters each. */
  readonly deviceModel?: string | undefined
  readonly systemVersion?: string | undefined
  readonly appVersion?: string | undefined
  readonly systemLangCode?: string | undefined
  readonly langPack?: string | undefined
  readonly langCode?: string | undefined
  /** Takes the lines of a log, without secrets and texts: `console`, or an object of your own. Default: none. */
  readonly logger?: Logger | undefined
  /** Makes a span of each call, connection and transfer: a tracer of OpenTelemetry, or an object like one. Default: none. */
  readonly tracer?: Tracer | undefined
  /**
   * Takes the lines of a trace, for a report of a fault: what the client calls and hears, without secrets, texts and ids
   * (`replayTrace` reads it). The path of a file, which is begun anew; a function; or a stream. Default: none.
   */
  readonly trace?: TraceOption | undefined
  /** The size of the trace in bytes, from 1,000: it says when it is full, and stops. Default: 64 MiB. */
  readonly traceMaxBytes?: number | undefined
  /** Whether handlers are told what has happened while the program was away. Default: yes. */
  readonly catchUp?: boolean | undefined
  /** Clock, randomness and sockets, for tests and other runtimes. */
  readonly platform?: Partial<Platform> | undefined
}

/**
 * An MTProxy: its parts, or a link to it (`tg://proxy?…`, `https://t.me/proxy?…`). The secret is 16 bytes; `dd` and 16 bytes, which
 * pads the frames; or `ee`, 16 bytes and a domain, which imitates TLS to that site. It is in hexadecimal, base64url or base64.
 *
 * @example
 * ```ts
 * import { TelegramClient } from '@cablegram/client'
 *
 * export const client = new TelegramClient('me.session', {
 *   apiId: 12345,
 *   apiHash: '0123456789abcdef0123456789abcdef',
 *   mtproxy: 'tg://proxy?server=proxy.example.org&port=443&secret=00112233445566778899aabbccddeeff',
 * })
 * ```
 */
export type MtproxyOption = string | { readonly host: string; readonly port: number; readonly secret: string }

/**
 * A SOCKS5 proxy, or one for HTTP that takes CONNECT: its parts, a URL (`socks5://user:password@host:port`, `http://host:port`),
 * or a link (`tg://socks?…`, `https://t.me/socks?…`). A link to an MTProxy is taken as well.
 *
 * @example
 * ```ts
 * import { TelegramClient } from '@cablegram/client'
 *
 * export const client = new TelegramClient('me.session', {
 *   apiId: 12345,
 *   apiHash: '0123456789abcdef0123456789abcdef',
 *   proxy: { kind: 'socks5', host: '127.0.0.1', port: 1080, user: 'me', password: 'secret' },
 * })
 * ```
 */
export type ProxyOption =
  | string
  | {
      readonly kind: 'socks5' | 'http'
      readonly host: string
      readonly port: number
      readonly user?: string | undefined
      readonly password?: string | undefined
    }

/**
 * The options of a single call; they go before the client's.
 *
 * @example
 * ```ts
 * import type { TelegramClient } from '@cablegram/client'
 *
 * export async function nearestDc(client: TelegramClient) {
 *   return client.help.getNearestDc({}, { timeoutMs: 5_000, signal: AbortSignal.timeout(10_000) })
 * }
 * ```
 */
export interface CallOptions {
  /**
   * The data centre to call, where that is not the one at home: connected when needed, and signed in like home. Default:
   * home, and where the server sends the call.
   */
  readonly dcId?: number | undefined
  /** How long the call may take, as the client's option. For one end of several calls give all of them one signal. */
  readonly timeoutMs?: number | undefined
  /**
   * Gives the call up when it aborts, whatever it waits for: `AbortSignal.timeout(30_000)` is a deadline for all calls that it
   * is given to. The server may have carried the call out all the same.
   */
  readonly signal?: AbortSignal | undefined
  /** How many seconds the call may wait, in all, when the server asks for it; not for transfers. Default: that of the client. */
  readonly floodWaitMaxS?: number | undefined
  /**
   * Repeats the call, three times in all, while the server is in trouble (500 and above, -503): for calls that may be made
   * twice, because they only read or have a random id. Default: no; the daily calls of that kind do it.
   */
  readonly retry?: boolean | undefined
  /**
   * The name of a chain of calls: the server runs calls of a chain in the order in which they are made, also if one has to be
   * sent again. A call that fails does not hold up the others. Default: calls run side by side.
   */
  readonly chain?: string | undefined
}

/** Values beside a line of a log or a span. */
export type LogFields = Readonly<Record<string, string | number | boolean>>

/**
 * Takes the lines of a client's log. They have no secrets: no keys, codes, passwords, numbers or texts. `console` is one.
 *
 * @example
 * ```ts
 * import { type Logger, TelegramClient } from '@cablegram/client'
 *
 * const logger: Logger = {
 *   debug: () => {},
 *   info: (line, fields) => console.log(line, fields),
 *   warn: (line, fields) => console.warn(line, fields),
 *   error: (line, fields) => console.error(line, fields),
 * }
 * export const client = new TelegramClient('me.session', { logger })
 * ```
 */
export interface Logger {
  /** Calls, with their time and their outcome. */
  debug(line: string, fields: LogFields): unknown
  /** Connections, and waits. */
  info(line: string, fields: LogFields): unknown
  /** Connections that are lost. */
  warn(line: string, fields: LogFields): unknown
  /** Errors that reach no caller. */
  error(line: string, fields: LogFields): unknown
}

/** Takes the lines of a trace: a path, a function that takes a line, or a stream that takes text. */
export type TraceOption = string | ((line: string) => unknown) | { write(text: string): unknown }

/** A span, as OpenTelemetry's `Span`. */
export interface TracerSpan {
  setAttribute(key: string, value: string | number | boolean): unknown
  setStatus(status: { code: number; message?: string }): unknown
  end(): void
}

/** The place that a span begins in, as OpenTelemetry's `Context`. */
export interface TracerContext {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): TracerContext
  deleteValue(key: symbol): TracerContext
}

/** Makes spans of calls, connections and transfers: the `Tracer` of `@opentelemetry/api` is one. */
export interface Tracer {
  /** @param context the place of a span inside another one of the client; without it, that of the program's current span */
  startSpan(
    name: string,
    options: { kind: number; attributes: Record<string, string | number | boolean> },
    context?: TracerContext,
  ): TracerSpan
}
