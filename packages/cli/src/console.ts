import http from 'node:http'
import https from 'node:https'
import { isHttpUrl, LOCAL_SERVER, TOKEN_OPTION } from './client.ts'
import type { Arguments, Option } from './command.ts'
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
}

/** Asks the console API. @returns the JSON it answers, or undefined for 204 */
export async function askConsole(
  args: Arguments,
  path: string,
  query: Record<string, string>,
): Promise<unknown> {
  const server = args.text('server') ?? LOCAL_SERVER
  if (!isHttpUrl(server)) {
    throw new CommandLineError(`--server is the URL of a console here, not "${server}".`)
  }
  const url = new URL(path, server)
  url.search = new URLSearchParams(query).toString()
  const { status, text } = await request(url, args.text('console-token'))
  if (status === 204) return undefined
  const body = parse(text)
  if (status === 200 && body !== undefined) return body
  if (status === 401) {
    throw new CommandError(
      `the console at ${url.origin} asks for the token it was started with: give it with --console-token.`,
    )
  }
  throw new CommandError(`${url.origin} refused: ${reason(body) ?? `it answered ${status}`}`)
}

interface Answer {
  readonly status: number | undefined
  readonly text: string
}

/** By Node's own client, which starts faster than `fetch`. */
function request(url: URL, token: string | undefined): Promise<Answer> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const { get } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      const message = `no server answers at ${url.origin}. Start one with \`npx cablegram serve\`.`
      reject(new NoServerError(message, { cause }))
    }
    const onAnswer = (response: http.IncomingMessage) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, text }))
      response.on('error', fail)
    }
    get(url, { headers, agent: false }, onAnswer).on('error', fail)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function reason(body: unknown): string | undefined {
  const { error } = (body ?? {}) as { error?: { message?: unknown; next?: unknown } }
  return typeof error?.message === 'string' ? `${error.message} ${error.next ?? ''}`.trim() : undefined
}
