import type { Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Authorized, PasswordNeeded } from '../accounts/words.ts'
import { carryOut, planIssue } from '../codes/decide-issue-code.ts'
import type { IssueCode, IssueOutcome } from '../codes/words.ts'
import { spendFutureToken } from './decide-future-tokens.ts'
import type { FutureTokenClaim } from './words.ts'

/**
 * Issues a code, unless a token of an earlier login fits the number: then the key is signed in instead. A token is asked
 * after the budgets and charged to none.
 */
export function* issueCodeOrLogIn(
  secret: Secret,
  issue: IssueCode,
  future: FutureTokenClaim | undefined,
): Decision<IssueOutcome | Authorized | PasswordNeeded> {
  const plan = yield* planIssue(issue)
  if (plan.kind === 'budgetSpent') return plan
  const { phone, authKeyId, dcId, apiId } = issue.code
  const login =
    future && (yield* spendFutureToken({ ...future, phone, authKeyId, dcId, apiId, nowMs: issue.nowMs }))
  return login ?? (yield* carryOut(secret, issue, plan))
}
