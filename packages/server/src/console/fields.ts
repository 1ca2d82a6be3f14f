import * as v from 'valibot'
import { digitsIn } from '../typed-text.ts'
import type { SchemaOf } from './schema.ts'

const MAX_PHONE_LENGTH = 64
const MAX_INT = 2 ** 31 - 1

/** A phone number, or its first digits: only the digits count. */
export const phone: SchemaOf<string> = v.pipe(
  v.string(),
  v.maxLength(MAX_PHONE_LENGTH),
  v.regex(/\p{Nd}/u),
  v.description('text with digits, at most 64 characters'),
  v.transform(digitsIn),
)

/** An address of a network. */
export const address: SchemaOf<string> = v.pipe(v.string(), v.minLength(1), v.maxLength(64))

/** The id of an account, a bot or a fault. */
export const id: SchemaOf<number> = whole(1, Number.MAX_SAFE_INTEGER)

/** The same in a path, where it arrives as text. */
export const idAsText: SchemaOf<number> = wholeAsText(1, Number.MAX_SAFE_INTEGER)

/** An api_id: on the wire it is an int. */
export const apiId: SchemaOf<number> = whole(1, MAX_INT)

/** The same in a path. */
export const apiIdAsText: SchemaOf<number> = wholeAsText(1, MAX_INT)

/** 32 hex digits. */
export const apiHash: SchemaOf<string> = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{32}$/),
  v.description('32 lower-case hex digits'),
)

/** The id of a photo or document, in a path: longer than a number of JSON. */
export const fileIdAsText: SchemaOf<string> = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,18}$/),
  v.check((text) => BigInt(text) < 2n ** 63n),
  v.description('the digits of the id of a photo or document'),
)

/** The hash that names a session, as GET /api/users shows it. */
export const sessionHash: SchemaOf<string> = v.pipe(
  v.string(),
  v.regex(/^-?\d{1,20}$/),
  v.description('the digits of a session hash'),
)

/** A whole number. */
export function whole(min: number, max: number): SchemaOf<number> {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))
}

/** A whole number in a path or a query, where it arrives as text. */
export function wholeAsText(min: number, max: number): SchemaOf<number> {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,16}$/),
    v.transform(Number),
    v.minValue(min),
    v.maxValue(max),
    v.metadata({ input: { type: 'integer', minimum: min, maximum: max } }),
  )
}
