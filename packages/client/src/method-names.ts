import { didYouMean, UsageError } from '@cablegram/tl'
import type { MethodName } from '@cablegram/tl/api'
import type { Schema } from './schema.ts'

let known: ReadonlyMap<string, MethodName> | undefined

/** The method of that name. @throws UsageError UNKNOWN_METHOD, which asks whether a similar one was meant */
export function checkMethodName(name: string, { methods }: Schema): MethodName {
  known ??= new Map(methods().map((method) => [method, method]))
  const method = known.get(name)
  if (method !== undefined) return method
  const hint = didYouMean(name, methods()) || 'The methods are listed at https://core.telegram.org/methods.'
  throw new UsageError('UNKNOWN_METHOD', `There is no method ${name}. ${hint}`)
}
