import type { MethodName } from '@cablegram/tl/api'
import type { Example } from './example.ts'
import { queryOf } from './query.ts'
import { sampleParams } from './samples.ts'
import { requireMethod } from './values.ts'

/** An example made from the schema, for a method that the server does not have. */
export function sampleExample(method: string): Example {
  const shape = requireMethod(method)
  const params = sampleParams(shape)
  const carried = shape.fields.some(({ type }) => type === '!X')
    ? { query: queryOf('help.getNearestDc') }
    : {}
  return {
    given: 'signedIn',
    // The names come from the schema.
    method: shape.name as MethodName,
    params: { ...params, ...carried },
    shows: { [shownPath(shape.result)]: '' },
  }
}

/** A Bool shows itself, a vector its length, an object its constructor. */
function shownPath(result: string): string {
  if (result === 'X' || /^[Vv]ector</.test(result)) return 'length'
  return ['Bool', 'int', 'long', 'string'].includes(result) ? '' : '_'
}
