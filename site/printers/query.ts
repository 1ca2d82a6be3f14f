import { encodeRequest, type MethodName, type Requests } from '@cablegram/tl/api'

const methods = new WeakMap<Uint8Array, string>()

/** The bytes of a call without parameters, for the methods that carry another call. */
export function queryOf(method: MethodName): Uint8Array {
  const bytes = encodeRequest({ _: method } as Requests[MethodName])
  methods.set(bytes, method)
  return bytes
}

/** The method of bytes that {@link queryOf} made. */
export function methodIn(bytes: Uint8Array): string | undefined {
  return methods.get(bytes)
}
