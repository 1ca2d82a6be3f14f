import { ConnectionError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { httpGet } from '#http'
import { describePeer, foreignPeer, reasonOf } from '../net/foreign-peer.ts'
import type { HttpLimits } from '../net/http-get.ts'
import { parseServerInfo } from './parse.ts'
import type { Server, ServerInfo, ServerOption } from './server.ts'
import { PRODUCTION, TEST } from './telegram.ts'

/** A server.json is a few kilobytes; whatever answers instead must not fill the memory. */
const MAX_BYTES = 1 << 20

const START_ONE = 'Start one with `npx cablegram serve`.'
const CHECK_IT = 'Check the address, and that it is running.'

/**
 * Finds out where the server is and which keys it has: by name, by asking its console, or as described.
 *
 * @param token what the console asks for, if it does
 * @param signal gives up when it aborts
 * @throws UsageError SERVER_INVALID; ConnectionError SERVER_UNREACHABLE
 */
export async function resolveServer(
  option: ServerOption,
  timeoutMs: number,
  token?: string,
  signal?: AbortSignal,
): Promise<Server> {
  if (option === 'production') return PRODUCTION
  if (option === 'test') return TEST
  if (typeof option !== 'string') return described(parseServerInfo(option, 'The option `server`'))
  const url = consoleUrl(option)
  return { ...described(await fetchServerInfo(url, { timeoutMs, token, signal })), name: url.origin }
}

function described(info: ServerInfo): Server {
  const [first] = info.dcs
  if (!first) throw new UsageError('SERVER_INVALID', 'The server has no data centre')
  const name = `${first.host}:${first.port}`
  return { ...info, name, test: false, defaultDcId: first.id, nextStep: nextStep(first.host) }
}

function consoleUrl(option: string): URL {
  const url = URL.canParse(option) ? new URL(option) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  const message = `The option \`server\` is not "production", "test", or the URL of a console such as http://127.0.0.1:10081: ${option}`
  throw new UsageError('SERVER_INVALID', message)
}

type Limits = Omit<HttpLimits, 'maxBytes'>

async function fetchServerInfo(url: URL, limits: Limits): Promise<ServerInfo> {
  const from = new URL('/server.json', url).href
  const text = await textOf(from, url, limits)
  try {
    return parseServerInfo(JSON.parse(text), from)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError('SERVER_INVALID', `${from} is not a console of Cablegram: no JSON`, { cause: error })
  }
}

async function textOf(from: string, url: URL, limits: Limits): Promise<string> {
  let answer: { readonly status: number; readonly text: string }
  try {
    answer = await httpGet(new URL(from), { ...limits, maxBytes: MAX_BYTES })
  } catch (cause) {
    if (limits.signal?.aborted) throw limits.signal.reason
    if (cause instanceof ConnectionError) throw cause
    const peer = peerOf(cause)
    if (peer !== undefined)
      throw foreignPeer(url.origin, `is ${peer}, not a console of Cablegram`, CHECK_IT, cause)
    const message = `No server answers at ${url.origin}${reasonOf(cause)}. ${nextStep(url.hostname)}`
    throw new ConnectionError('SERVER_UNREACHABLE', message, { cause })
  }
  if (answer.status === 200) return answer.text
  if (answer.status === 401) {
    const asks = limits.token === undefined ? 'asks for a token' : 'does not take this token'
    const next = 'give the one it was started with, as --console-token or the option `consoleToken`'
    throw new UsageError('SERVER_INVALID', `The console at ${url.origin} ${asks}: ${next}.`)
  }
  throw new UsageError('SERVER_INVALID', `${from} is not a console of Cablegram: it answers ${answer.status}`)
}

/** Service that answered instead of HTTP; undefined if nothing answered. */
function peerOf(error: unknown): string | undefined {
  const isRaw = error instanceof Error && 'rawPacket' in error && error.rawPacket instanceof Uint8Array
  return isRaw ? (describePeer(error.rawPacket as Uint8Array) ?? 'another service') : undefined
}

function nextStep(host: string): string {
  const isHere = host === 'localhost' || host === '[::1]' || host === '::1' || host.startsWith('127.')
  return isHere ? START_ONE : CHECK_IT
}
