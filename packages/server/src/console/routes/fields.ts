import * as v from 'valibot'
import { digitsIn } from '../../typed-text.ts'
import type { SchemaOf } from '../schemas.ts'

/** A phone number in a query or path: only its digits count. */
export const digits: SchemaOf<string> = v.pipe(v.string(), v.maxLength(64), v.transform(digitsIn))

/** A whole number in a query or path, which arrive as text. */
export function wholeNumber(min: number, max: number): SchemaOf<number> {
  return v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number), v.minValue(min), v.maxValue(max))
}

/** An id in a path. */
export const id: SchemaOf<number> = wholeNumber(1, Number.MAX_SAFE_INTEGER)
