import { type Refusal, refusal } from '../refusal.ts'

/** The outcome of a decision that says no: nothing of it was written. */
export interface Refused {
  readonly kind: 'refused'
  readonly name: Refusal
  /** Instead of the first code the table has for the name. */
  readonly code?: number
}

/** Makes the outcome of a decision that says no. */
export function refused(name: Refusal, code?: number): Refused {
  return code === undefined ? { kind: 'refused', name } : { kind: 'refused', name, code }
}

/** Tells whether a decision has said no. */
export function isRefused(outcome: object): outcome is Refused {
  return 'kind' in outcome && outcome.kind === 'refused'
}

/** The outcome of a decision. @throws {RpcError} if it has said no */
export function accepted<T extends object>(outcome: T | Refused): T {
  if (!isRefused(outcome)) return outcome
  throw refusal(outcome.name, outcome.code === undefined ? {} : { code: outcome.code })
}
