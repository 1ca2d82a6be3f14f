import { firstLine } from './foreign-peer.ts'
import { loginRefused, notProxy, type ProxyLogin, targetRefused } from './proxy-answers.ts'
import type { Conversation, FirstPeer } from './talk-first.ts'
import type { Address } from './transport.ts'
import { whereOf } from './where-of.ts'

const LOGIN_WANTED = 407
const HEAD_END = '\r\n\r\n'

/** A proxy for HTTP that takes CONNECT. @see RFC 9110, section 9.3.6 */
export function httpConnect(address: Address, login: ProxyLogin | undefined): FirstPeer {
  const name = `The HTTP proxy at ${whereOf(address)}`
  return { kind: 'http', name, address, begin: (target) => talk(name, target, login) }
}

function* talk(name: string, target: Address, login: ProxyLogin | undefined): Conversation {
  const where = whereOf(target)
  const lines = [`CONNECT ${where} HTTP/1.1`, `Host: ${where}`]
  if (login) lines.push(`Proxy-Authorization: Basic ${base64(`${login.user}:${login.password}`)}`)
  const send = new TextEncoder().encode(`${lines.join('\r\n')}${HEAD_END}`)
  const answer = yield { send, measure: headLength }
  const line = firstLine(textOf(answer))
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(line)?.[1])
  if (Number.isNaN(status)) throw notProxy(name, answer)
  if (status === LOGIN_WANTED) throw loginRefused(name, login)
  if (status >= 200 && status < 300) return undefined
  const next = 'Let the proxy connect to this address and port (CONNECT), or use another proxy.'
  throw targetRefused(name, where, `it answers "${line}"`, next)
}

/** Of a peer that does not speak HTTP, all that has come. */
function headLength(received: Uint8Array): number | undefined {
  const text = textOf(received)
  const end = text.indexOf(HEAD_END)
  if (end >= 0) return end + HEAD_END.length
  return 'HTTP/'.startsWith(text.slice(0, 5)) ? undefined : received.length
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
