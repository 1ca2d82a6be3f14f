import { ANONYMOUS_METHODS } from './gateway/index.ts'
import { HANDLERS } from './handlers/index.ts'

/** A method the server answers. */
export interface SupportedMethod {
  /** TL name. */
  readonly method: string
  /** Whether it may be called before signing in. */
  readonly anonymous: boolean
}

/** Wrappers are taken off by the gateway, and it binds keys itself; neither is in the table of handlers. */
const GATEWAY_METHODS = [
  'auth.bindTempAuthKey',
  'initConnection',
  'invokeAfterMsg',
  'invokeAfterMsgs',
  'invokeWithLayer',
  'invokeWithMessagesRange',
  'invokeWithoutUpdates',
]

/** Every method the server answers with more than METHOD_NOT_IMPLEMENTED, by name. */
export function supportedMethods(): SupportedMethod[] {
  return [...GATEWAY_METHODS, ...Object.keys(HANDLERS)].sort().map((method) => ({
    method,
    anonymous: ANONYMOUS_METHODS.has(method) || !method.includes('.'),
  }))
}
