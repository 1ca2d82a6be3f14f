import { LOCAL_SERVER } from './client.ts'
import type { Arguments, Option } from './command.ts'
import { CommandError, CommandLineError } from './errors.ts'

/** A login code in a server's inbox. */
export interface CodeEntry {
  readonly id: string
  readonly phone: string
  readonly code: string
  readonly channel: string
  readonly sentAtS: number
  readonly state: string
}

/** The options of every command that asks a server's console. */
export const CONSOLE_OPTIONS: Readonly<Record<string, Option>> = {
  server: { value: 'URL', help: `the server's console (default: ${LOCAL_SERVER})` },
  'console-token': { value: 'TOKEN', help: 'the token it was started with, if it was' },
}

/** Asks the console API. @returns the JSON it answers, or undefined for 204 */
export async function askConsole(
  args: Arguments,
  path: string,
  query: Record<string, string>,
): Promise<unknown> {
  const server = args.text('server') ?? LOCAL_SERVER
  if (!URL.canParse(server))
    throw new CommandLineError(`--server is the URL of a console here, not "${server}".`)
  const url = new URL(path, server)
  url.search = new URLSearchParams(query).toString()
  const token = args.text('console-token')
  const response = await request(url, token === undefined ? {} : { authorization: `Bearer ${token}` })
  if (response.status === 204) return undefined
  const body = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body
  throw new CommandError(`${url.origin} refused: ${reason(body) ?? `it answered ${response.status}`}`)
}

async function request(url: URL, headers: Record<string, string>): Promise<Response> {
  try {
    return await fetch(url, { headers })
  } catch (cause) {
    throw new CommandError(`no server answers at ${url.origin}. Start one with \`npx cablegram serve\`.`, {
      cause,
    })
  }
}

function reason(body: unknown): string | undefined {
  const { error } = (body ?? {}) as { error?: { message?: unknown; next?: unknown } }
  return typeof error?.message === 'string' ? `${error.message} ${error.next ?? ''}`.trim() : undefined
}
