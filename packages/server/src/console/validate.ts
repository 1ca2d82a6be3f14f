import * as v from 'valibot'
import { ConsoleError } from './error.ts'
import { type GivenNames, problemIn } from './problem.ts'
import type { Schema } from './schema.ts'

/**
 * A value as its schema has it: the one validation of HTTP requests and of calls in process.
 *
 * @param name what the value is called in the refusal, such as `body` or `rule`
 * @param names fields that the caller gave under names of their own
 * @throws {ConsoleError} 400 REQUEST_INVALID
 */
export function validate<S extends Schema>(
  schema: S,
  value: unknown,
  name: string,
  names: GivenNames = {},
): v.InferOutput<S> {
  // To valibot a list is an object without the fields.
  const given = Array.isArray(value) && schema.type.endsWith('object') ? null : value
  const parsed = v.safeParse(schema, given, { abortEarly: true })
  if (parsed.success) return parsed.output
  throw new ConsoleError(
    400,
    'REQUEST_INVALID',
    problemIn(
      schema,
      given === value ? parsed.issues[0] : { ...parsed.issues[0], input: value },
      name,
      names,
    ),
    'Compare the request with /openapi.json.',
  )
}
