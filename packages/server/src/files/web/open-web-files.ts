import * as http from 'node:http'
import * as https from 'node:https'
import type { LookupFunction } from 'node:net'
import type { StartTimer } from '../../ground/clock.ts'
import { type Address, Hosts, literalOf } from './hosts.ts'
import { askNameServers, type LookUp, sharedLookUp } from './look-up.ts'
import { type WebFile, WebFileError, type WebFiles } from './port.ts'

/** Redirects that are followed. */
const MAX_REDIRECTS = 5
/** Time for all of a file: clients wait for the answer. */
const TOTAL_MS = 20_000
/** Time to look a name up: a name server that is silent must not keep the place of a file for so long. */
const LOOK_UP_MS = 5_000
const MAX_URL_CHARACTERS = 2048

/** Parts that files from the web are loaded with. */
export interface WebParts {
  /** Places that files may come from; none: no file is loaded. */
  readonly hosts: readonly string[]
  readonly startTimer: StartTimer
  /** Looks up the names that the operator has named. Default: as the machine does. */
  readonly lookUpNamed?: LookUp
  /** Looks up all other names, which strangers choose. Default: {@link askNameServers}. */
  readonly lookUpOther?: LookUp
  /** Of this machine. Default: those that it has. */
  readonly ownAddresses?: () => readonly Address[]
}

/** Loads files from the web, from the hosts that the operator allows, in 20 seconds at most. */
export function openWebFiles(parts: WebParts): WebFiles {
  const { startTimer, lookUpNamed = sharedLookUp(), lookUpOther = askNameServers } = parts
  const hosts = new Hosts(parts.hosts, parts.ownAddresses)
  return {
    async using(url, maxBytes, use) {
      const aborted = new AbortController()
      const stop = startTimer(() => aborted.abort(new Error('no answer in time')), TOTAL_MS)
      try {
        const on = { hosts, startTimer, lookUpNamed, lookUpOther, signal: aborted.signal }
        const response = await follow(on, parse(url))
        return await use(fileOf(response, maxBytes))
      } finally {
        stop()
        aborted.abort()
      }
    },
  }
}

interface Loading extends Required<Pick<WebParts, 'startTimer' | 'lookUpNamed' | 'lookUpOther'>> {
  readonly hosts: Hosts
  readonly signal: AbortSignal
}

/** An answer, and the URL that it came from in the end. */
interface Response {
  readonly url: URL
  readonly message: http.IncomingMessage
}

/** Each hop is checked like the first. */
async function follow(on: Loading, first: URL): Promise<Response> {
  let url = first
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const message = await ask(on, url)
    const { statusCode = 0 } = message
    if (statusCode === 200) return { url, message }
    message.destroy()
    const { location } = message.headers
    if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) {
      throw new WebFileError('notLoaded', `the host answers ${statusCode}`)
    }
    url = parse(location, url)
  }
  throw new WebFileError('notLoaded', 'too many redirects')
}

/** @param base the URL that leads to this one @throws {WebFileError} badUrl, of the first; notLoaded, of a redirect */
function parse(text: string, base?: URL): URL {
  const url =
    text.length <= MAX_URL_CHARACTERS && URL.canParse(text, base?.href) ? new URL(text, base) : undefined
  const isPlain = url?.username === '' && url.password === ''
  if (url !== undefined && isPlain && /^https?:$/.test(url.protocol)) return url
  throw new WebFileError(
    base === undefined ? 'badUrl' : 'notLoaded',
    'not an address of http or https without a name and a password',
  )
}

/** The headers of an answer. The address that was checked is the one that the connection goes to. */
async function ask(on: Loading, url: URL): Promise<http.IncomingMessage> {
  const { hosts, signal } = on
  if (!hosts.allows(url)) throw new WebFileError('notLoaded', `the operator does not allow ${url.host}`)
  try {
    const found = literalOf(url) ?? (await addressesOf(on, url))
    const addresses = [found].flat().filter((address) => hosts.allowsAddress(url, address))
    if (addresses.length === 0) throw new Error(`${url.host} has no address that the operator allows`)
    return await get(url, addresses, signal)
  } catch (error) {
    throw new WebFileError('notLoaded', `${url.host} cannot be reached`, error)
  }
}

async function addressesOf(on: Loading, url: URL): Promise<readonly Address[]> {
  const lookUp = on.hosts.isNamed(url) ? on.lookUpNamed : on.lookUpOther
  const late = new AbortController()
  const stop = on.startTimer(() => late.abort(new Error('its name was not found in time')), LOOK_UP_MS)
  const signal = AbortSignal.any([on.signal, late.signal])
  try {
    return await orAborted(lookUp(url.hostname, signal), signal)
  } finally {
    stop()
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

function get(url: URL, addresses: readonly Address[], signal: AbortSignal): Promise<http.IncomingMessage> {
  const { request } = url.protocol === 'https:' ? https : http
  const headers = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Cablegram' }
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, headers, signal, lookup: always(addresses) })
    sent.on('error', reject)
    sent.on('response', resolve)
    sent.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(new Error('the host wants to speak another protocol'))
    })
    // Once there is an answer, its reader notices.
    sent.on('close', () => reject(new Error('the connection was closed')))
    sent.end()
  })
}

/** Gives a connection these addresses, whatever the name leads to by now. */
function always(addresses: readonly Address[]): LookupFunction {
  return (_name, { all }, done) => {
    const [first] = addresses
    if (all === true) done(null, [...addresses])
    else if (first !== undefined) done(null, first.address, first.family)
  }
}

/** @throws {WebFileError} notMedia, notLoaded */
function fileOf({ url, message }: Response, maxBytes: number): WebFile {
  const { headers } = message
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = headers
  if (encoding !== 'identity') throw new WebFileError('notLoaded', `the host packs the file: ${encoding}`)
  const size = length === undefined ? undefined : Number(length)
  if (size !== undefined && size > maxBytes) throw tooLong(maxBytes)
  const mime = headers['content-type']?.split(';')[0]?.trim().toLowerCase() || 'application/octet-stream'
  return { name: nameIn(url), mime, size, bytes: bytesOf(message, maxBytes) }
}

async function* bytesOf(message: http.IncomingMessage, maxBytes: number): AsyncGenerator<Uint8Array> {
  let count = 0
  try {
    for await (const piece of message) {
      count += piece.length
      if (count > maxBytes) throw tooLong(maxBytes)
      yield piece
    }
  } catch (error) {
    throw error instanceof WebFileError ? error : new WebFileError('notLoaded', 'the file broke off', error)
  }
  if (count === 0) throw new WebFileError('notMedia', 'the file is empty')
}

function tooLong(maxBytes: number): WebFileError {
  return new WebFileError('notMedia', `the file has more than ${maxBytes} bytes`)
}

function nameIn({ pathname }: URL): string {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
