/** The form in which the cause of an error is written. */
import type { World } from './world.ts'

/** The cause of an error of a method. */
export interface Cause {
  /** TL name, or `any`. */
  readonly method: string
  readonly code: number
  /** As in the table: an `X` stands for a number. */
  readonly name: string
  /** Rejects with the error. */
  run(world: World): Promise<unknown>
}

/** A cause of `error`, which reads `400 PHONE_CODE_EMPTY`. */
export function cause(method: string, error: string, run: Cause['run']): Cause {
  const space = error.indexOf(' ')
  return { method, code: Number(error.slice(0, space)), name: error.slice(space + 1), run }
}

/** The wire text of an error of the table, with any number for its X. */
export function textPattern(name: string): RegExp {
  return new RegExp(`^${name.replace(/_X(?=_|$)/, '_\\d+')}$`)
}
