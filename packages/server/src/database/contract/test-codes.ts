import type { Delivery } from '../../courier/port.ts'
import type { CodeRef, FailureBudget, IssueCode } from '../../rules/codes/words.ts'

/** A code to issue that is sent at once. */
export type Issue = IssueCode & { readonly delivery: Delivery }

/** When the stores of tests begin. */
export const NOW_MS = 1_800_000_000_000
/** The digest of the code of {@link issueOf}. */
export const RIGHT: Uint8Array = new Uint8Array(32).fill(1)

/** A code of five digits to be issued to whoever holds it, by SMS and then by a call, for a second. */
export function issueOf(held: CodeRef, changes: Partial<Issue> = {}): Issue {
  const { phoneCodeHash, phone } = held
  const { nowMs = NOW_MS } = changes
  const chain = ['sms', 'call'] as const
  const code = { ...held, apiId: 1, codes: { digits: '12345' }, chain, step: 0, resends: 0, email: undefined }
  const about = {
    phone,
    code: '12345',
    channel: 'sms',
    purpose: 'login',
    to: `+${phone}`,
    text: 'hi',
  } as const
  return {
    ip: '127.0.0.1',
    code: { ...code, sentAtMs: nowMs, expiresAtMs: nowMs + 1000 },
    delivery: { ...about, phoneCodeHash, id: `d${phoneCodeHash}`, sentAtS: 1, expiresAtS: 2 },
    digests: RIGHT,
    budgets: [],
    repeatWithinMs: 0,
    repeatable: ['sms'],
    optional: [],
    forgetBeforeMs: 0,
    nowMs,
    ...changes,
  }
}

/** A budget of wrong guesses at a number, from a network that has none of its own. */
export function failureBudget(
  max: number,
  windowMs: number,
  changes: Partial<FailureBudget> = {},
): FailureBudget {
  const origin = { kept: 0, knownForMs: 0, network: '192.0.2.1', networkLimit: undefined }
  return { max, windowMs, ...origin, ...changes }
}
