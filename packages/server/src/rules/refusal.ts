import { RpcError } from '@cablegram/mtproto'
import { isRefusal, type Refusal as UndoneDecision } from '../database/decision.ts'
import { ERRORS, type ErrorName } from './errors.ts'

/** The name of a refusal, as the rules know it: one of the table in `errors/`. */
export type Refusal = ErrorName

/** Details that differ from one refusal to the next. */
export interface RefusalDetails {
  /** Stands where the name says X. */
  readonly x?: number
  /** Instead of the first code the table has for the name. */
  readonly code?: number
}

const CODES: ReadonlyMap<string, number> = new Map(
  ERRORS.toReversed().map(({ name, code }) => [name, code] as const),
)

/** The place of the number: at the end of a name, or a word of its own. */
const X_OF_NAME = /X$|(?<=_)X(?=_)/

/** The error of a rule that says no. */
export function refusal(name: Refusal, details: RefusalDetails = {}): RpcError {
  const text = details.x === undefined ? name : name.replace(X_OF_NAME, String(details.x))
  return new RpcError(details.code ?? CODES.get(name) ?? 500, text)
}

/** The outcome of a decision that says no: nothing of what it wrote stays. */
export interface Refused extends UndoneDecision {
  readonly name: Refusal
  /** Instead of the first code the table has for the name. */
  readonly code?: number
  /** Stands where the name says X. */
  readonly x?: number
}

/** Makes the outcome of a decision that says no. */
export function refused(name: Refusal, code?: number): Refused {
  return code === undefined ? { kind: 'refused', name } : { kind: 'refused', name, code }
}

/** Tells whether a decision has said no. */
export function isRefused(outcome: unknown): outcome is Refused {
  return isRefusal(outcome)
}

/** The outcome of a decision. @throws {RpcError} if it has said no */
export function accepted<T>(outcome: T | Refused): T {
  if (!isRefused(outcome)) return outcome
  const { kind: _, name, ...details } = outcome
  throw refusal(name, details)
}
