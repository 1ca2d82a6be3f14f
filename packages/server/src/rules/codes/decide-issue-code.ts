import { isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { StoreError } from '../../database/errors.ts'
import type { Secret } from '../../database/secret.ts'
import { addAuditEntry } from '../accounts/decide-audit.ts'
import { appendMessage } from '../messages/decide-append-message.ts'
import { aloneToSend, chargeSend, findSpent } from './decide-budgets.ts'
import { keepDelivery } from './decide-deliveries.ts'
import { sealCodes, toLiveCode } from './decide-live-codes.ts'
import type { BudgetSpent, InAppMessage, IssueCode, IssueOutcome, LiveCode } from './words.ts'

const listPending = sql`SELECT * FROM phone_codes
  WHERE auth_key_id = :authKeyId AND phone = :phone AND dc_id = :dcId AND api_id = :apiId
    AND state = 'active' AND expires_at_ms > :nowMs AND sent_at_ms > :sinceMs ORDER BY sent_at_ms DESC`
const replace = sql`UPDATE phone_codes SET state = 'replaced'
  WHERE auth_key_id = :authKeyId AND phone = :phone AND state = 'active'`
const insert = sql`INSERT INTO phone_codes (phone_code_hash, phone, api_id, auth_key_id, dc_id, sealed_code, digest, chain,
    channel, step, resends, email, withheld, sent_at_ms, expires_at_ms)
  VALUES (:phoneCodeHash, :phone, :apiId, :authKeyId, :dcId, :sealedCode, :digests, :chain, :channel, :step, :resends,
    :email, :withheld, :sentAtMs, :expiresAtMs)`
const findUserId = sql`SELECT id FROM users WHERE phone = :phone`

/** The answer to a request for a code, before anything is written. */
export type IssuePlan =
  | { readonly kind: 'new' }
  /** The row of a code of the same key and number that is pending. */
  | { readonly kind: 'repeat'; readonly pending: Row }
  | BudgetSpent

/** Decides how a request for a code is answered. Nobody else decides about the number until this decision is committed. */
export function* planIssue(issue: IssueCode): Decision<IssuePlan> {
  const { budgets, nowMs } = issue
  const send = { phone: issue.code.phone, budgets, nowMs }
  yield* aloneToSend(send)
  const pending = yield* findPending(issue)
  if (pending !== undefined && goesAsBefore(pending, issue)) return { kind: 'repeat', pending }
  const spent = yield* findSpent(send)
  if (spent === undefined) return { kind: 'new' }
  // Without room for a new code the pending one is a better answer than a refusal.
  return pending === undefined ? spent : { kind: 'repeat', pending }
}

/** Does what {@link planIssue} has decided. */
export function* carryOut(secret: Secret, issue: IssueCode, plan: IssuePlan): Decision<IssueOutcome> {
  switch (plan.kind) {
    case 'budgetSpent':
      return plan
    case 'repeat':
      return yield* repeatCode(secret, issue.code, plan.pending)
    case 'new':
      return yield* makeCode(secret, issue)
  }
}

function* findPending({ code, repeatWithinMs, repeatable, nowMs }: IssueCode): Decision<Row | undefined> {
  const { authKeyId, phone, dcId, apiId } = code
  const sinceMs = nowMs - repeatWithinMs
  const rows = yield* listPending.rows({ authKeyId, phone, dcId, apiId, nowMs, sinceMs })
  return rows.find((row) => repeatable.some((channel) => channel === text(row, 'channel')))
}

/** Tells whether a pending code goes where the new one would: not if a rule, an e-mail or a login has changed since. */
function goesAsBefore(pending: Row, { code, optional }: IssueCode): boolean {
  const fixed = (chain: readonly string[]): string =>
    chain.filter((channel) => !optional.some((each) => each === channel)).join()
  const email = isNull(pending, 'email') ? undefined : text(pending, 'email')
  return email === code.email && fixed(JSON.parse(text(pending, 'chain'))) === fixed(code.chain)
}

function* repeatCode(secret: Secret, { authKeyId, phone }: LiveCode, pending: Row): Decision<IssueOutcome> {
  try {
    return { kind: 'repeated', code: toLiveCode(secret, pending) }
  } catch (error) {
    if (!(error instanceof StoreError) && !(error instanceof SyntaxError)) throw error
    // Otherwise each repeat would find it again.
    yield* replace.send({ authKeyId, phone })
    return { kind: 'unreadable' }
  }
}

function* makeCode(secret: Secret, issue: IssueCode): Decision<IssueOutcome> {
  const { ip, budgets, digests, delivery, inApp, nowMs } = issue
  const { codes: _, chain, email, ...kept } = issue.code
  const { authKeyId, phone, apiId } = kept
  const channel = chain[kept.step] ?? chain[0]
  yield* chargeSend({ phone, budgets, nowMs })
  yield* replace.send({ authKeyId, phone })
  yield* insert.send({
    ...kept,
    sealedCode: sealCodes(secret, issue.code),
    digests,
    chain: JSON.stringify(chain),
    channel,
    email: email ?? null,
    withheld: Number(delivery === undefined),
  })
  if (delivery !== undefined) yield* keepDelivery(secret, delivery, nowMs)
  if (inApp !== undefined) yield* putInBox(secret, phone, inApp)
  yield* addAuditEntry({ atMs: nowMs, action: 'codeSent', phone, ip, apiId, detail: channel })
  return { kind: 'issued' }
}

function* putInBox(secret: Secret, phone: string, { message, limits }: InAppMessage): Decision<void> {
  const user = yield* findUserId.row({ phone })
  if (user !== undefined) yield* appendMessage(secret, { ...limits, boxId: long(user, 'id') }, message)
}
