import { bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import type { Decision } from '../../database/decision.ts'
import { StoreError } from '../../database/errors.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareAudit } from '../accounts/decide-audit.ts'
import { hasKnownLogin, isKnownLogin, type Origin } from '../accounts/decide-known-logins.ts'
import { forgetTold, isUntold, keepUntold, repeatably, repeatedChange } from '../accounts/decide-repeats.ts'
import { prepareFutureLogin } from '../logins/decide-future-tokens.ts'
import { createSignIns } from '../logins/decide-sign-ins.ts'
import { prepareAppendMessage } from '../messages/decide-append-message.ts'
import { chargeSend, createSendBudgets, findSpent } from './decide-budgets.ts'
import { cancelCode, holder, OF_HOLDER } from './decide-code-holder.ts'
import { takeStep } from './decide-code-steps.ts'
import { keepDelivery } from './decide-deliveries.ts'
import { countFailures, guessRoom } from './decide-failures.ts'
import type { CodeStore, InAppMessage, IssueCode, IssueOutcome, LiveCode } from './words.ts'

/** Login codes. What must be one decision is one statement with its conditions, or one write. */
export function createCodeStore(db: Database, secret: Secret): CodeStore {
  const budgets = createSendBudgets(db)
  const logInByToken = prepareFutureLogin(db)
  const findRepeat = db.prepare(
    `SELECT * FROM phone_codes WHERE auth_key_id = :authKeyId AND phone = :phone AND dc_id = :dcId AND api_id = :apiId
       AND state = 'active' AND expires_at_ms > :nowMs AND sent_at_ms > :sinceMs
       AND channel IN (SELECT value FROM json_each(:repeatable)) ORDER BY sent_at_ms DESC LIMIT 1`,
  )
  const replace = db.prepare(
    `UPDATE phone_codes SET state = 'replaced'
     WHERE auth_key_id = :authKeyId AND phone = :phone AND state = 'active'`,
  )
  const insert = db.prepare(
    `INSERT INTO phone_codes (phone_code_hash, phone, api_id, auth_key_id, dc_id, sealed_code, digest, chain, channel, step,
       resends, email, withheld, sent_at_ms, expires_at_ms)
     VALUES (:phoneCodeHash, :phone, :apiId, :authKeyId, :dcId, :sealedCode, :digests, :chain, :channel, :step,
       :resends, :email, :withheld, :sentAtMs, :expiresAtMs)`,
  )
  const findLive = db.prepare(
    `SELECT * FROM phone_codes WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs`,
  )
  const listLive = db.prepare(
    "SELECT * FROM phone_codes WHERE phone = ? AND state = 'active' AND expires_at_ms > ?",
  )
  const release = db.prepare(
    `UPDATE phone_codes SET withheld = 0, digest = :digests
     WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs AND withheld`,
  )
  const audit = prepareAudit(db)
  const forgetOld = prepareForgetOld(db)
  const findUserId = db.prepare('SELECT id FROM users WHERE phone = ?')
  const append = prepareAppendMessage(db, secret)

  function putInBox(phone: string, { message, limits }: InAppMessage): void {
    const user = findUserId.get(phone)
    if (user !== undefined) append({ ...limits, boxId: long(user, 'id') }, message)
  }

  function toLive(row: Row): LiveCode {
    const phoneCodeHash = text(row, 'phone_code_hash')
    return {
      phoneCodeHash,
      phone: text(row, 'phone'),
      authKeyId: long(row, 'auth_key_id'),
      dcId: int(row, 'dc_id'),
      apiId: int(row, 'api_id'),
      codes: JSON.parse(
        Buffer.from(unseal(secret, bytes(row, 'sealed_code'), sealedAs(phoneCodeHash))).toString(),
      ),
      chain: JSON.parse(text(row, 'chain')),
      step: int(row, 'step'),
      resends: int(row, 'resends'),
      email: isNull(row, 'email') ? undefined : text(row, 'email'),
      sentAtMs: int(row, 'sent_at_ms'),
      expiresAtMs: int(row, 'expires_at_ms'),
    }
  }

  function repeated(row: Row, { authKeyId, phone }: LiveCode): IssueOutcome {
    try {
      return { kind: 'repeated', code: toLive(row) }
    } catch (error) {
      if (!(error instanceof StoreError) && !(error instanceof SyntaxError)) throw error
      // Else it would be found again by each repeat.
      replace.run({ authKeyId, phone })
      return { kind: 'unreadable' }
    }
  }

  return {
    ...createSignIns(db, budgets),
    issue: (issue) =>
      db.write(() => {
        const { nowMs, digests, delivery } = issue
        const { codes, chain, email, ...kept } = issue.code
        const { authKeyId, phone, dcId, apiId, phoneCodeHash } = kept
        const sinceMs = nowMs - issue.repeatWithinMs
        const repeatable = JSON.stringify(issue.repeatable)
        const repeat = findRepeat.get({ authKeyId, phone, dcId, apiId, nowMs, sinceMs, repeatable })
        const send = { phone, budgets: issue.budgets, nowMs }
        const isRepeat = repeat !== undefined && goesAsBefore(repeat, issue)
        const spent = isRepeat ? undefined : db.decide(findSpent(send))
        if (spent !== undefined && repeat === undefined) return spent
        const login = issue.future && logInByToken({ ...issue.future, phone, authKeyId, dcId, apiId, nowMs })
        if (login !== undefined) return login
        // Without room for a new code the old one is a better answer than a refusal.
        if (repeat !== undefined && (isRepeat || spent !== undefined)) return repeated(repeat, issue.code)
        db.decide(chargeSend(send))
        replace.run({ authKeyId, phone })
        insert.run({
          ...kept,
          sealedCode: secret.seal(Buffer.from(JSON.stringify(codes)), sealedAs(phoneCodeHash)),
          digests,
          chain: JSON.stringify(chain),
          channel: chain[kept.step] ?? chain[0],
          email: email ?? null,
          withheld: Number(delivery === undefined),
        })
        if (delivery !== undefined) db.decide(keepDelivery(secret, delivery, nowMs))
        if (issue.inApp !== undefined) putInBox(phone, issue.inApp)
        forgetOld(issue.forgetBeforeMs)
        audit({ atMs: nowMs, action: 'codeSent', phone, ip: issue.ip, apiId, detail: chain[kept.step] })
        return { kind: 'issued' }
      }),
    findLive: (ref, nowMs) =>
      db.read(() => {
        const row = findLive.get({ ...holder(ref), nowMs })
        return row && toLive(row)
      }),
    listLive: (phone, nowMs) => db.read(() => listLive.all(phone, nowMs).map(toLive)),
    resend: (resend) =>
      db.write(() => {
        const send = { phone: resend.ref.phone, budgets: resend.budgets, nowMs: resend.nowMs }
        const spent = db.decide(findSpent(send))
        if (spent !== undefined) return spent
        if (!db.decide(takeStep(secret, resend))) return { kind: 'moved' }
        db.decide(chargeSend(send))
        if (resend.request !== undefined) db.decide(keepUntold(resend.request))
        return { kind: 'sent' }
      }),
    sendWithheld: ({ ref, delivery, digests, nowMs }) =>
      db.write(() => {
        const isReleased = release.run({ ...holder(ref), digests, nowMs }).changes > 0
        if (!isReleased) return 'moved'
        db.decide(keepDelivery(secret, delivery, nowMs))
        return 'sent'
      }),
    cancel: (ref, nowMs, request) =>
      db.write(() => db.decide(repeatably(secret, request, cancelCode(ref, nowMs), repeatedChange))),
    isUntold: (request) => db.read(() => db.look(isUntold(request))),
    told: (request) => db.write(() => db.decide(forgetTold(request))),
    mayGuess: (asked) => db.read(() => db.look(guessRoom(asked))),
    isKnownOrigin: (phone, authKeyId, network, sinceS) =>
      db.read(() => db.look(findOrigin(phone, { authKeyId, network }, sinceS))),
    countFailures: (phone, sinceMs) => db.read(() => db.look(countFailures(phone, sinceMs))),
  }
}

function* findOrigin(phone: string, origin: Origin, sinceS: number): Decision<boolean | undefined> {
  return (yield* hasKnownLogin(phone)) ? yield* isKnownLogin(phone, origin, sinceS) : undefined
}

/** Whether a pending code was to go where the new one would: not if a rule, an e-mail or a login has changed since. */
function goesAsBefore(pending: Row, { code, optional }: IssueCode): boolean {
  const fixed = (chain: readonly string[]): string =>
    chain.filter((channel) => !optional.some((each) => each === channel)).join()
  const email = isNull(pending, 'email') ? undefined : text(pending, 'email')
  return email === code.email && fixed(JSON.parse(text(pending, 'chain'))) === fixed(code.chain)
}

const INBOX_KEEPS = 10_000

/** Little by little, with each code issued: nothing has to run at night. */
function prepareForgetOld(db: Database): (beforeMs: number) => void {
  const byAge = [
    'DELETE FROM sends WHERE at_ms < ?',
    'DELETE FROM failures WHERE at_ms < ?',
    'DELETE FROM phone_codes WHERE expires_at_ms < ?',
    'DELETE FROM deliveries WHERE created_at_ms < ?',
  ].map((sql) => db.prepare(sql))
  const inbox = db.prepare(`DELETE FROM inbox WHERE seq <= (SELECT max(seq) FROM inbox) - ${INBOX_KEEPS}`)
  return (beforeMs) => {
    for (const statement of byAge) statement.run(beforeMs)
    inbox.run()
  }
}

function sealedAs(phoneCodeHash: string): string {
  return `code ${phoneCodeHash}`
}
