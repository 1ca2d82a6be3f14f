import { SURFACE_METHODS } from '@cablegram/tl/layers'
import { ANONYMOUS_METHODS, WRAPPER_IDS } from '../gateway/index.ts'

/** A method the server answers. */
export interface SupportedMethod {
  /** TL name. */
  readonly method: string
  /** Whether it may be called before signing in. */
  readonly anonymous: boolean
}

/** Every method the server answers with more than METHOD_NOT_IMPLEMENTED, by name. */
export function supportedMethods(): SupportedMethod[] {
  return [...SURFACE_METHODS].sort().map((method) => ({
    method,
    anonymous: ANONYMOUS_METHODS.has(method) || WRAPPER_IDS.has(method),
  }))
}
