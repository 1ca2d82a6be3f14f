import { SURFACE_METHODS } from '@cablegram/tl/layers'
import { NOT_YET } from '../api/index.ts'
import { ANONYMOUS_METHODS, WRAPPER_IDS } from '../gateway/index.ts'

/** A method the server answers. */
export interface SupportedMethod {
  /** TL name. */
  readonly method: string
  /** True if it may be called before signing in. */
  readonly anonymous: boolean
}

/** Every method the server answers with more than METHOD_NOT_IMPLEMENTED, by name. */
export function supportedMethods(): SupportedMethod[] {
  const missing = new Set<string>(NOT_YET)
  const built = SURFACE_METHODS.filter((method) => !missing.has(method))
  return built.sort().map((method) => ({
    method,
    anonymous: ANONYMOUS_METHODS.has(method) || WRAPPER_IDS.has(method),
  }))
}
