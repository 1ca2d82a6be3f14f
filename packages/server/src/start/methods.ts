import { HANDLERS } from '../api/index.ts'
import { ANONYMOUS_METHODS, WRAPPER_IDS } from '../gateway/index.ts'

/** A method the server answers. */
export interface SupportedMethod {
  /** TL name. */
  readonly method: string
  /** Whether it may be called before signing in. */
  readonly anonymous: boolean
}

/** Every method the server answers with more than METHOD_NOT_IMPLEMENTED, by name: wrappers, handlers, and binding. */
export function supportedMethods(): SupportedMethod[] {
  const wrappers = [...WRAPPER_IDS.keys()]
  return [...wrappers, 'auth.bindTempAuthKey', ...Object.keys(HANDLERS)].sort().map((method) => ({
    method,
    anonymous: ANONYMOUS_METHODS.has(method) || WRAPPER_IDS.has(method),
  }))
}
