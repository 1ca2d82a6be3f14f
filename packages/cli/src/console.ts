import http from 'node:http'
import https from 'node:https'
import { isHttpUrl, LOCAL_SERVER, TOKEN_OPTION } from './client.ts'
import type { Arguments, Option } from './command.ts'
import { consoleToken, TOKEN_FILE_OPTION } from './console-token.ts'
import { CommandError, CommandLineError, NoServerError } from './errors.ts'

/** A login code in a server's inbox. */
export interface CodeEntry {
  readonly id: string
  readonly phone: string
  readonly code: string
  readonly channel: string
  readonly to: string
  readonly sentAtS: number
  readonly state: string
}

/** The options of every command that asks a server's console. */
export const CONSOLE_OPTIONS: Readonly<Record<string, Option>> = {
  server: { value: 'URL', help: `the server's console (default: ${LOCAL_SERVER})` },
  'console-token': TOKEN_OPTION,
  'console-token-file': TOKEN_FILE_OPTION,
}

/** The same, with `--json` for a command that prints one answer. */
export const ANSWER_OPTIONS: Readonly<Record<string, Option>> = {
  json: { help: 'print the answer as JSON' },
  ...CONSOLE_OPTIONS,
}

/** A request to the console API. */
export interface ConsoleRequest {
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** The arguments and options of the command line that fields of the request come from, for refusals. */
  readonly given?: FieldNames
}

/** Names of arguments and options by the field of a request. */
export type FieldNames = Readonly<Record<string, string>>

/**
 * Asks the console API.
 *
 * @returns the JSON that it answers, or undefined for 204
 * @throws CommandLineError for a value that it does not take; CommandError
 */
export async function askConsole(
  args: Arguments,
  path: string,
  request: ConsoleRequest = {},
): Promise<unknown> {
  const url = urlOf(args, path, request)
  const response = await send(url, consoleToken(args), request)
  const text = await textOf(response, url)
  const body = parse(text)
  if (response.statusCode === 204) return undefined
  if ((response.statusCode === 200 || response.statusCode === 201) && body !== undefined) return body
  throw refusedBy(args, url, request, response.statusCode, body)
}

/** Asks the console API for bytes. @throws CommandLineError, CommandError, as {@link askConsole} */
export async function openConsole(
  args: Arguments,
  path: string,
  request: ConsoleRequest,
): Promise<http.IncomingMessage> {
  const url = urlOf(args, path, request)
  const response = await send(url, consoleToken(args), request)
  if (response.statusCode === 200) return response
  throw refusedBy(args, url, request, response.statusCode, parse(await textOf(response, url)))
}

function urlOf(args: Arguments, path: string, { query }: ConsoleRequest): URL {
  const server = args.text('server') ?? LOCAL_SERVER
  if (!isHttpUrl(server)) {
    throw new CommandLineError(`--server is the URL of a console here, not "${server}".`)
  }
  const url = new URL(path, server)
  url.search = new URLSearchParams(query).toString()
  return url
}

/** The error of a request that the console does not answer as it should. */
function refusedBy(
  args: Arguments,
  url: URL,
  request: ConsoleRequest,
  status: number | undefined,
  body: unknown,
): Error {
  if (status === 401) return tokenNeeded(url.origin, consoleToken(args) !== undefined)
  const refused = refusalOf(body, request.given)
  if (refused === undefined && Number(status) < 500) {
    return new CommandError(`${url.origin} is not a console: it answered ${status}. ${WHERE_THE_CONSOLE_IS}`)
  }
  if (refused === undefined) return new CommandError(`${url.origin} refused: it answered ${status}.`)
  return status === 400 ? new CommandLineError(refused) : new CommandError(refused)
}

const WHERE_THE_CONSOLE_IS =
  'Give --server the URL that `npx cablegram serve` prints beside "Console": clients of Telegram use another port.'

function tokenNeeded(origin: string, isGiven: boolean): CommandError {
  const how = 'with --console-token-file, or in CABLEGRAM_CONSOLE_TOKEN'
  return new CommandError(
    isGiven
      ? `the token is wrong: the console at ${origin} does not take it. Give the token that the server was started with, ${how}.`
      : `the console at ${origin} asks for its token: give it ${how}.`,
  )
}

/** Why a request got no answer of HTTP. */
function unanswered(origin: string, cause: Error): CommandError {
  const code = 'code' in cause ? String(cause.code) : ''
  if (code.startsWith('HPE_')) {
    return new CommandError(
      `${origin} does not speak HTTP, so it is not a console. ${WHERE_THE_CONSOLE_IS}`,
      {
        cause,
      },
    )
  }
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return new CommandError(`${origin} does not speak TLS: a console has an http: URL.`, { cause })
  }
  const next =
    code === 'ECONNREFUSED' ? 'Start one with `npx cablegram serve`.' : 'Check --server, and that it runs.'
  return new NoServerError(`no server answers at ${origin} (${code || cause.message}). ${next}`, { cause })
}

/** By Node's own client, which starts faster than `fetch`. */
function send(
  url: URL,
  token: string | undefined,
  { method = 'GET', body }: ConsoleRequest,
): Promise<http.IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(text !== undefined && { 'content-type': 'application/json' }),
  }
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(unanswered(url.origin, cause))
    request(url, { method, headers, agent: false }, resolve).on('error', fail).end(text)
  })
}

async function textOf(response: http.IncomingMessage, { origin }: URL): Promise<string> {
  let text = ''
  response.setEncoding('utf8')
  try {
    for await (const chunk of response) text += chunk
  } catch (cause) {
    throw unanswered(origin, cause instanceof Error ? cause : new Error(String(cause)))
  }
  return text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A field of a request, with the place in a list. */
const FIELD = /\b(?:body|query|path)\.(\w+(?:\.\w+)*)((?:\[\d+\])?)/g

/** The text of a refusal, without the parts that only callers of the HTTP API understand. */
function refusalOf(body: unknown, given: FieldNames = {}): string | undefined {
  const { error } = (body ?? {}) as { error?: { code?: unknown; message?: unknown; next?: unknown } }
  if (typeof error?.message !== 'string') return undefined
  const message = error.message
    .replaceAll(FIELD, (_, field: string, index: string) => given[field] ?? `${field}${index}`)
    .replace(/^The server refused: /, '')
  // The command comes first, then in brackets the request that does the same.
  const step = String(error.next ?? '').replaceAll(/ \((?:GET|POST|PUT|PATCH|DELETE) \/[^)]*\)/g, '')
  const next = error.code === 'REQUEST_INVALID' ? '' : ` ${step}`
  return `the server refused: ${message}${next}`.trim()
}
