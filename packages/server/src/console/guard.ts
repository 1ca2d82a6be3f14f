import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { Context, MiddlewareHandler } from 'hono'
import { allowOrigin, answerPreflight, isPreflight } from './cors.ts'
import { DOCS_PATH } from './docs.ts'
import { ConsoleError } from './error.ts'

/** Rules for callers of the console. */
export interface GuardOptions {
  /** The host it listens on: a name or an address. */
  readonly host: string
  /** Undefined on loopback where no token is asked for. */
  readonly token: string | undefined
  /** Origins whose pages may call the console, beside its own. */
  readonly allowOrigin?: readonly string[]
}

/** Paths that need no token: the health check and the empty pages reveal nothing. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/', '/people', '/healthz', DOCS_PATH])

/** The reference is public knowledge; a caller without the token does not see this server's own values in it. */
function isOpen(path: string): boolean {
  return OPEN_PATHS.has(path) || path.startsWith(`${DOCS_PATH}/`)
}

/** Tells whether a caller presents the token, or needs none. */
export function mayAsk(context: Context, { token }: Pick<GuardOptions, 'token'>): boolean {
  return token === undefined || presentsToken(context.req.header('authorization'), token)
}

/**
 * Refuses requests that a web page of another origin could make a browser send. A page can point its own name at
 * 127.0.0.1 (DNS rebinding), so the Host must be an address, localhost or the console's own host. Callers that present
 * the token may use any name, such as that of a service in a compose file. A page cannot forge Origin, so an Origin must
 * be ours or allowed.
 */
export function guard(options: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    const hostHeader = context.req.header('host') ?? ''
    const authorization = context.req.header('authorization')
    if (!isOwnHost(hostHeader, options.host) && !presentsToken(authorization, options.token)) {
      throw new ConsoleError(
        403,
        'HOST_NOT_ALLOWED',
        'The Host header names another host.',
        'Use the address of the console, such as http://127.0.0.1:10081. Other names need the console token.',
      )
    }
    const origin = context.req.header('origin')
    const isAllowed = origin !== undefined && options.allowOrigin?.includes(origin) === true
    if (origin !== undefined && !isAllowed && origin !== `http://${hostHeader}`) {
      throw new ConsoleError(
        403,
        'ORIGIN_NOT_ALLOWED',
        'Pages of another origin may not use the console.',
        'Start the server with --allow-origin and the origin of the page.',
      )
    }
    if (isAllowed) allowOrigin(context, origin)
    if (isAllowed && isPreflight(context)) return answerPreflight(context)
    if (options.token !== undefined && !isOpen(context.req.path)) {
      checkToken(authorization, options.token)
    }
    checkContentType(context.req.method, context.req.raw.headers)
    return await next()
  }
}

function isOwnHost(header: string, ownHost: string): boolean {
  const name = header.replace(/:\d+$/, '').toLowerCase()
  const address = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name
  return isIP(address) !== 0 || name === 'localhost' || name === ownHost.toLowerCase()
}

/** Compares hashes, so that neither the content nor the length of the token shows in the time it takes. */
function presentsToken(header: string | undefined, token: string | undefined): boolean {
  const given = bearerToken(header)
  return given !== undefined && token !== undefined && timingSafeEqual(sha256(given), sha256(token))
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
}

function checkToken(header: string | undefined, token: string): void {
  if (presentsToken(header, token)) return
  throw new ConsoleError(
    401,
    'TOKEN_INVALID',
    bearerToken(header) === undefined ? 'A bearer token is required.' : 'The bearer token is wrong.',
    'Send Authorization: Bearer with the token the server was started with.',
  )
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}

/** Any other type could come from a plain HTML form, which browsers send across origins without asking. */
function checkContentType(method: string, headers: Headers): void {
  if (method === 'GET' || method === 'HEAD') return
  const type = headers.get('content-type')
  const hasBody = headers.has('transfer-encoding') || (headers.get('content-length') ?? '0') !== '0'
  if (type === null && !hasBody) return
  if (type?.split(';')[0]?.trim().toLowerCase() === 'application/json') return
  throw new ConsoleError(
    415,
    'CONTENT_TYPE_INVALID',
    'Only application/json bodies are read.',
    'Send the header Content-Type: application/json.',
  )
}

/** Tells whether only programs on this machine can reach a listener on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
