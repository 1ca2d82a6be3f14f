import { loginRefused, notProxy, type ProxyLogin, targetRefused } from './proxy-answers.ts'
import type { Conversation, FirstPeer, Turn } from './talk-first.ts'
import type { Address } from './transport.ts'
import { whereOf } from './where-of.ts'

const VERSION = 5
const NO_LOGIN = 0
const WITH_LOGIN = 2
const CONNECT = 1
const ADDRESS = { ipv4: 1, domain: 3, ipv6: 4 } as const

/** Meanings of the answers to CONNECT, and what to do about each (RFC 1928, section 6). */
const REFUSALS: Readonly<Record<number, readonly [why: string, next: string]>> = {
  1: ['it has failed', 'Look into the log of the proxy.'],
  2: ['its rules forbid it', 'Let the proxy connect to the addresses of the server.'],
  3: ['it has no route to that network', "Check the proxy's network."],
  4: ['it cannot reach that host', "Check the address, and the proxy's network."],
  5: ['nobody listens there', 'Check that the server runs.'],
  6: ['the way there is too long', "Check the proxy's network."],
  7: ['it does not know CONNECT', 'Use another proxy.'],
  8: ['it does not know addresses of this kind', 'Use another proxy, or another address of the server.'],
}

/** A SOCKS5 proxy. @see RFC 1928 and RFC 1929 */
export function socks5(address: Address, login: ProxyLogin | undefined): FirstPeer {
  const name = `The SOCKS5 proxy at ${whereOf(address)}`
  return { kind: 'socks5', name, address, begin: (target) => talk(name, target, login) }
}

function* talk(name: string, target: Address, login: ProxyLogin | undefined): Conversation {
  const methods = login ? [NO_LOGIN, WITH_LOGIN] : [NO_LOGIN]
  const [version, method, ...more] = yield turn(Uint8Array.of(VERSION, methods.length, ...methods), 2)
  if (version !== VERSION) throw notProxy(name, Uint8Array.of(version ?? 0, method ?? 0, ...more))
  if (method === WITH_LOGIN && login) {
    const [, status] = yield turn(loginOf(login), 2)
    if (status !== 0) throw loginRefused(name, login)
  } else if (method !== NO_LOGIN) throw loginRefused(name, login)
  const request = Uint8Array.of(
    VERSION,
    CONNECT,
    0,
    ...addressOf(target),
    target.port >> 8,
    target.port & 0xff,
  )
  const answer = yield { send: request, measure: answerLength }
  const code = answer[1] ?? 1
  if (answer[0] !== VERSION) throw notProxy(name, answer)
  if (code === 0) return undefined
  const [why, next] = REFUSALS[code] ?? [`its answer is ${code}`, 'Look into the log of the proxy.']
  throw targetRefused(name, whereOf(target), why, next)
}

/** An answer of a known length; of a peer that speaks another protocol, all that has come, to say what it is. */
function turn(send: Uint8Array, length: number): Turn {
  const isOther = (received: Uint8Array) =>
    received.length > length && received[0] !== VERSION && received[0] !== 1
  return {
    send,
    measure: (received) =>
      isOther(received) ? received.length : received.length < length ? undefined : length,
  }
}

/** The answer names the address that the proxy has bound, which nobody needs. A refusal may be cut short. */
function answerLength(received: Uint8Array): number | undefined {
  const [version, code, , kind, first = 0] = received
  if (code === undefined) return undefined
  if (version !== VERSION || code !== 0) return received.length
  if (kind === undefined || received.length < 5) return undefined
  const bytes = kind === ADDRESS.ipv4 ? 4 : kind === ADDRESS.ipv6 ? 16 : 1 + first
  return received.length < 4 + bytes + 2 ? undefined : 4 + bytes + 2
}

function loginOf({ user, password }: ProxyLogin): Uint8Array {
  const parts = [user, password].map((text) => new TextEncoder().encode(text))
  return Uint8Array.from([1, ...parts.flatMap((bytes) => [bytes.length, ...bytes])])
}

/** An address in numbers is sent as such, a name for the proxy to look up. */
function addressOf({ host }: Address): readonly number[] {
  const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)
  if (ipv4) return [ADDRESS.ipv4, ...host.split('.').map(Number)]
  if (host.includes(':')) return [ADDRESS.ipv6, ...ipv6Bytes(host)]
  const name = new TextEncoder().encode(host)
  return [ADDRESS.domain, name.length, ...name]
}

/** The 16 bytes of an IPv6 address, in any of its forms. */
function ipv6Bytes(host: string): number[] {
  // The form of URLs is without shortcuts for IPv4 at the end.
  const [start = '', end] = new URL(`http://[${host.replace(/%.*/, '')}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(start), groups(end ?? '')]
  const zeros = new Array<number>(8 - before.length - after.length).fill(0)
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff])
}
