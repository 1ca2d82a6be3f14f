import { ConnectionError } from '@cablegram/mtproto'
import { describePeer } from './foreign-peer.ts'

/** A user's name and password, for a proxy that asks. */
export interface ProxyLogin {
  readonly user: string
  readonly password: string
}

/** The error for a proxy that wants a login, or another one. Never repeats the password. */
export function loginRefused(name: string, login: ProxyLogin | undefined): ConnectionError {
  const message = login
    ? `${name} refuses the user ${JSON.stringify(login.user)} with this password. Check both.`
    : `${name} asks for a user and a password. Give them with the option \`proxy\`.`
  return new ConnectionError('PROXY_LOGIN_REFUSED', message)
}

/** The error for a proxy that does not connect to the server. @param why what it has answered */
export function targetRefused(name: string, target: string, why: string, next: string): ConnectionError {
  return new ConnectionError('PROXY_REFUSED', `${name} does not connect to ${target}: ${why}. ${next}`)
}

/** The error for a peer that is no such proxy. */
export function notProxy(name: string, answer: Uint8Array): ConnectionError {
  const what = describePeer(answer)
  const seen = what === undefined ? 'answers in another protocol' : `is ${what}`
  const message = `${name} ${seen}: it is not a proxy of this kind. Check its address and its kind.`
  return new ConnectionError('NOT_A_PROXY', message)
}
