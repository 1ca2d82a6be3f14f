import { ConnectionError, RpcError } from '@cablegram/mtproto'
import { isServerTrouble } from '../server-trouble.ts'

/** Consequence of an error for the part that met it. */
export type PartTrouble =
  /** The server asks for a pause. */
  | { readonly kind: 'flood'; readonly waitS: number }
  /** It may pass. */
  | { readonly kind: 'again' }
  /** The file lies in another data centre. */
  | { readonly kind: 'moved'; readonly dcId: number }
  /** The reference to the file is out of date. */
  | { readonly kind: 'reference' }
  | { readonly kind: 'fatal' }

/** A longer wait is thrown: the program decides. */
const MAX_WAIT_S = 900

const FATAL: PartTrouble = { kind: 'fatal' }
const AGAIN: PartTrouble = { kind: 'again' }

/** Errors of connections that end the client or the login; after the others a call can be made again. */
const FATAL_CONNECTIONS = new Set(['CLIENT_CLOSED', 'LOGGED_OUT', 'SERVER_NOT_MTPROTO'])

/** Tells what an error means for a part of a file. */
export function troubleOf(error: unknown): PartTrouble {
  if (error instanceof ConnectionError) return FATAL_CONNECTIONS.has(error.code) ? FATAL : AGAIN
  if (!(error instanceof RpcError)) return FATAL
  const { code, type, argument } = error
  if (code === 420 && argument !== undefined && argument <= MAX_WAIT_S) {
    // At least a second, so that a wrong 0 does not repeat the call for ever.
    return { kind: 'flood', waitS: Math.max(argument, 1) }
  }
  if (code === 303 && type === 'FILE_MIGRATE' && argument !== undefined) {
    return { kind: 'moved', dcId: argument }
  }
  if (isReferenceError(error)) return { kind: 'reference' }
  return isServerTrouble(error) ? AGAIN : FATAL
}

/** Whether a reference to a file is out of date. In an album, the argument of the error is the place of the file. */
export function isReferenceError(error: unknown): error is RpcError {
  return error instanceof RpcError && error.type.startsWith('FILE_REFERENCE_')
}
