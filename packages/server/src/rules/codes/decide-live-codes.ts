import { bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { holder, OF_HOLDER } from './decide-code-holder.ts'
import type { CodeRef, LiveCode } from './words.ts'

const find = sql`SELECT * FROM phone_codes WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs`
const list = sql`SELECT * FROM phone_codes WHERE phone = :phone AND state = 'active' AND expires_at_ms > :nowMs`

const listOfUser = sql`
  SELECT c.* FROM users u JOIN phone_codes c ON c.phone = u.phone
  WHERE u.id = :userId AND c.state = 'active' AND c.expires_at_ms > :nowMs`
const listPaid = sql`
  SELECT phone_code_hash, auth_key_id, phone FROM phone_codes
  WHERE expires_at_ms > :nowMs AND state = 'active' AND step > 0 AND substr(chain, 1, 10) = '["payment"'
  ORDER BY expires_at_ms, phone_code_hash LIMIT :limit`

/** A code that was paid for and sent. */
export interface PaidCode {
  readonly phoneCodeHash: string
  readonly authKeyId: bigint
  readonly phone: string
}

/** The codes of all numbers that were paid for and can still be used. */
export function* listPaidCodes(nowMs: number, limit: number): Decision<PaidCode[]> {
  return (yield* listPaid.rows({ nowMs, limit })).map((row) => ({
    phoneCodeHash: text(row, 'phone_code_hash'),
    authKeyId: long(row, 'auth_key_id'),
    phone: text(row, 'phone'),
  }))
}

/** The code that a hash stands for; undefined if its holder is another, or it can no longer be used. */
export function* findLiveCode(secret: Secret, ref: CodeRef, nowMs: number): Decision<LiveCode | undefined> {
  const row = yield* find.row({ ...holder(ref), nowMs })
  return row && toLiveCode(secret, row)
}

/** All codes of a number that can still be used, of every key. */
export function* listLiveCodes(secret: Secret, phone: string, nowMs: number): Decision<LiveCode[]> {
  return (yield* list.rows({ phone, nowMs })).map((row) => toLiveCode(secret, row))
}

/** All codes on their way to the number of an account that can still be used. */
export function* listLiveCodesOf(secret: Secret, userId: bigint, nowMs: number): Decision<LiveCode[]> {
  return (yield* listOfUser.rows({ userId, nowMs })).map((row) => toLiveCode(secret, row))
}

/** A code from its row. */
export function toLiveCode(secret: Secret, row: Row): LiveCode {
  const phoneCodeHash = text(row, 'phone_code_hash')
  const codes = unseal(secret, bytes(row, 'sealed_code'), sealedAs(phoneCodeHash))
  return {
    phoneCodeHash,
    phone: text(row, 'phone'),
    authKeyId: long(row, 'auth_key_id'),
    dcId: int(row, 'dc_id'),
    apiId: int(row, 'api_id'),
    codes: JSON.parse(Buffer.from(codes).toString()),
    chain: JSON.parse(text(row, 'chain')),
    step: int(row, 'step'),
    resends: int(row, 'resends'),
    email: isNull(row, 'email') ? undefined : text(row, 'email'),
    sentAtMs: int(row, 'sent_at_ms'),
    expiresAtMs: int(row, 'expires_at_ms'),
  }
}

/** The codes of each form, as the row keeps them. */
export function sealCodes(secret: Secret, { codes, phoneCodeHash }: LiveCode): Uint8Array {
  return secret.seal(Buffer.from(JSON.stringify(codes)), sealedAs(phoneCodeHash))
}

function sealedAs(phoneCodeHash: string): string {
  return `code ${phoneCodeHash}`
}
