import { freeBytes } from '@cablegram/tl'
import type { MethodName, Params, Requests, Results } from '@cablegram/tl/api'
import type { OutgoingCall } from './net/calls.ts'
import type { Schema } from './schema.ts'
import { withoutAbsent } from './without-absent.ts'

/**
 * A call of a method, ready to be sent.
 *
 * @throws UsageError for parameters that are not the method's
 */
export function makeCall<Method extends MethodName>(
  { encodeRequest, decodeResult }: Schema,
  method: Method,
  params: Params<Method>,
  options: Pick<OutgoingCall<unknown>, 'timeoutMs' | 'signal'>,
): OutgoingCall<Results[Method]> {
  const body = encodeRequest(requestOf(method, params))
  return { ...options, method, body, decode: (bytes) => withoutAbsent(decodeResult(method, bytes)) }
}

/** The same call, which is spent, from a session that is to be told of no updates: one of the others is. */
export function withoutUpdates<Result>(
  { encodeRequest }: Schema,
  call: OutgoingCall<Result>,
): OutgoingCall<Result> {
  const body = encodeRequest({ _: 'invokeWithoutUpdates', query: call.body })
  freeBytes(call.body)
  return { ...call, body }
}

/** A request is its parameters and its name; TypeScript cannot follow that through a generic. */
function requestOf<Method extends MethodName>(method: Method, params: Params<Method>): Requests[Method] {
  return { ...params, _: method } as unknown as Requests[Method]
}
