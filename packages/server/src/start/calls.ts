import { UsageError } from '@cablegram/tl'
import type * as v from 'valibot'
import { ConsoleError, type Schema, validate } from '../console/index.ts'
import { StoreError } from '../database/index.ts'

/**
 * A value as its schema has it.
 *
 * @param names the parameters that fields of the value come from
 * @throws {ConsoleError} 400 REQUEST_INVALID
 */
export function check<S extends Schema>(
  schema: S,
  value: unknown,
  name: string,
  names: Readonly<Record<string, string>> = {},
): v.InferOutput<S> {
  return validate(schema, value, name, names)
}

/** A call whose refusals come as the rejection of its promise. */
export function call<Arguments extends unknown[], Answer>(
  run: (...args: Arguments) => Promise<Answer>,
): (...args: Arguments) => Promise<Answer> {
  return async (...args) => {
    try {
      return await run(...args)
    } catch (error) {
      throw asUsageError(error)
    }
  }
}

/** Says a refusal of the console as an error of a call in process. */
export function refusing<Answer>(run: () => Answer): Answer {
  try {
    return run()
  } catch (error) {
    throw asUsageError(error)
  }
}

/** A refusal of the console says what is wrong and the next step: in process as one text. */
function asUsageError(error: unknown): unknown {
  if (error instanceof StoreError && error.code === 'STORE_CLOSED')
    return new UsageError(error.code, 'This server was closed: start another one.', { cause: error })
  if (!(error instanceof ConsoleError)) return error
  const text = error.code === 'REQUEST_INVALID' ? error.message : `${error.message} ${error.next}`
  return new UsageError(error.code, text, { cause: error })
}
