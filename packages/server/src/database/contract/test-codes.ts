import type { Delivery } from '../../courier/port.ts'
import { endCode } from '../../rules/codes/decide-code-holder.ts'
import { releaseCode, sendAgain } from '../../rules/codes/decide-code-steps.ts'
import { claimDeliveries, releaseDeliveries } from '../../rules/codes/decide-deliveries.ts'
import { carryOut, planIssue } from '../../rules/codes/decide-issue-code.ts'
import { findLiveCode, listLiveCodes } from '../../rules/codes/decide-live-codes.ts'
import type {
  BudgetSpent,
  CodeRef,
  FailureBudget,
  IssueCode,
  IssueOutcome,
  LiveCode,
  ResendCode,
  SendWithheld,
  SignUp,
  SignUpOutcome,
  TryCode,
  TryOutcome,
} from '../../rules/codes/words.ts'
import { signUp, tryCode } from '../../rules/logins/decide-sign-ins.ts'
import { int } from '../columns.ts'
import { sql } from '../decision.ts'
import type { Store } from '../store.ts'

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

/** Decisions about codes, as a store runs them. */
export function issueIn({ decide, secret }: Store, issue: IssueCode): Promise<IssueOutcome> {
  return decide(function* () {
    return yield* carryOut(secret, issue, yield* planIssue(issue))
  })
}

export function resendIn(
  { decide, secret }: Store,
  resend: ResendCode,
): Promise<{ readonly kind: 'sent' } | { readonly kind: 'moved' } | BudgetSpent> {
  return decide(() => sendAgain(secret, resend))
}

export function releaseIn({ decide, secret }: Store, request: SendWithheld): Promise<'sent' | 'moved'> {
  return decide(() => releaseCode(secret, request))
}

export function cancelIn({ decide }: Store, ref: CodeRef, nowMs: number): Promise<boolean> {
  return decide(() => endCode(ref, nowMs))
}

export function tryCodeIn({ decide }: Store, attempt: TryCode): Promise<TryOutcome> {
  return decide(() => tryCode(attempt))
}

export function signUpIn({ decide }: Store, request: SignUp): Promise<SignUpOutcome> {
  return decide(() => signUp(request))
}

export function findLiveIn(
  { look, secret }: Store,
  ref: CodeRef,
  nowMs: number,
): Promise<LiveCode | undefined> {
  return look(() => findLiveCode(secret, ref, nowMs))
}

export function listLiveIn({ look, secret }: Store, phone: string, nowMs: number): Promise<LiveCode[]> {
  return look(() => listLiveCodes(secret, phone, nowMs))
}

/** Deliveries that a crash would have interrupted now, with no other node. */
export function unsettledIn({ decide, secret }: Store, nowMs: number): Promise<Delivery[]> {
  return decide(function* () {
    yield* releaseDeliveries()
    return yield* claimDeliveries(secret, 10, nowMs)
  })
}

const countFailures = sql`SELECT count(*) AS n FROM failures WHERE phone = :phone AND at_ms > :sinceMs`

/** Wrong guesses at a number since then. */
export async function countFailuresIn({ look }: Store, phone: string, sinceMs: number): Promise<number> {
  return int((await look(() => countFailures.row({ phone, sinceMs }))) ?? {}, 'n')
}
