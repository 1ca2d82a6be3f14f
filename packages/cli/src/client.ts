import { existsSync } from 'node:fs'
import type { ClientOptions, TelegramClient } from '@cablegram/client'
import type { Arguments, Option } from './command.ts'
import { consoleToken, TOKEN_FILE_OPTION } from './console-token.ts'
import { CommandError, CommandLineError } from './errors.ts'
import { sessionStorage } from './session-storage.ts'

/** The default server of every command: the one that `cablegram serve` starts. */
export const LOCAL_SERVER: string = 'http://127.0.0.1:10081'

/** The token of a console, for every command that uses one. */
export const TOKEN_OPTION: Option = {
  value: 'TOKEN',
  help: 'token of the console, if the server was started with one',
}

/** The options of every command that uses a session. */
export const CLIENT_OPTIONS: Readonly<Record<string, Option>> = {
  session: {
    heading: 'Session and server',
    value: 'FILE',
    help: 'session file (default: cablegram.session in this folder)',
  },
  server: {
    value: 'URL',
    help: `console of the server, or production or test for Telegram's own (default: ${LOCAL_SERVER})`,
  },
  'console-token': TOKEN_OPTION,
  'console-token-file': TOKEN_FILE_OPTION,
  transport: {
    value: 'tcp|websocket|http',
    oneOf: ['tcp', 'websocket', 'http'],
    help: 'transport to the server (default: tcp)',
  },
  'api-id': { value: 'N', help: "your app's api_id (default: one that the server offers)" },
  'api-hash': { value: 'HEX', help: "your app's api_hash" },
}

/** The session file of a command. */
export function sessionFile(args: Arguments): string {
  return args.text('session') ?? 'cablegram.session'
}

/** @throws CommandError if the session file of a command does not exist */
export function checkSessionExists(args: Arguments): void {
  const file = sessionFile(args)
  if (existsSync(file)) return
  throw new CommandError(
    `there is no session ${file}: check --session, or sign in with \`npx cablegram login${sameSession(args)}\`.`,
  )
}

/** The options for another command to use the same session on the same server. */
export function sameSession(args: Arguments): string {
  return ['session', 'server', 'api-id', 'api-hash'].map((name) => given(args, name)).join('')
}

function given(args: Arguments, name: string): string {
  const value = args.text(name)
  if (value === undefined) return ''
  return ` --${name} ${/^[\w./:@%+=-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`}`
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The work of a command with a client. A command that has something to undo when it is interrupted takes the signal. */
type Use<T> = (client: TelegramClient, interrupted: AbortSignal) => Promise<T>

/** Opens the session, runs `use`, and closes the session again, also when SIGINT or SIGTERM ends the command. */
export async function withClient<T>(args: Arguments, use: Use<T>): Promise<T> {
  const options = clientOptions(args)
  const { TelegramClient } = await import('@cablegram/client')
  const client = new TelegramClient(await sessionStorage(sessionFile(args)), options)
  const interrupt = new AbortController()
  const running = use(client, interrupt.signal)
  const onSignal = async (signal: NodeJS.Signals) => {
    interrupt.abort()
    // A command that does not take the signal has nothing to undo.
    if (use.length > 1) await running.catch(() => {})
    client.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143))
  }
  for (const signal of SIGNALS) process.once(signal, onSignal)
  try {
    return await running
  } catch (error) {
    if (interrupt.signal.aborted) return await new Promise<never>(() => {})
    const { refusalSentence } = await import('./refusal.ts')
    const refusal = refusalSentence(error, sameSession(args))
    throw refusal === undefined ? error : new CommandError(refusal, { cause: error })
  } finally {
    await client.close()
    for (const signal of SIGNALS) process.removeListener(signal, onSignal)
  }
}

const MAX_API_ID = 2 ** 31 - 1

function clientOptions(args: Arguments): ClientOptions {
  const server = args.text('server') ?? LOCAL_SERVER
  const isTelegram = server === 'production' || server === 'test'
  if (!isTelegram && !isHttpUrl(server)) {
    throw new CommandLineError(
      `--server is production, test, or the URL of a console such as ${LOCAL_SERVER}; it cannot be "${server}".`,
    )
  }
  const apiId = args.number('api-id')
  const apiHash = args.text('api-hash')
  if (apiId !== undefined && (apiId === 0 || apiId > MAX_API_ID)) {
    throw new CommandLineError(
      `--api-id is a number from 1 to ${MAX_API_ID}, not ${apiId}. A longer one is usually a bot's number; the api_id is the app's, from https://my.telegram.org/apps.`,
    )
  }
  if ((apiId === undefined) !== (apiHash === undefined)) {
    throw new CommandLineError('--api-id and --api-hash go together. Give both or neither.')
  }
  if (apiId === undefined && isTelegram) {
    throw new CommandLineError(
      `Telegram's own servers need your api_id and api_hash. Get them at https://my.telegram.org/apps and give --api-id and --api-hash.`,
    )
  }
  return { server, consoleToken: consoleToken(args), transport: transportOf(args), apiId, apiHash }
}

function transportOf(args: Arguments): ClientOptions['transport'] {
  return (['tcp', 'websocket', 'http'] as const).find((name) => name === args.text('transport'))
}

/** Whether a text is an http or https URL. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
