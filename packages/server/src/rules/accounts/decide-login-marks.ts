import { bool, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'

/** A login as its account's other sessions are told of it: once when it is new, and once when it is confirmed. */
export interface LoginMark {
  readonly userId: bigint
  readonly authKeyId: bigint
  readonly hash: bigint
  readonly unconfirmed: boolean
}

const list = sql`
  SELECT user_id, auth_key_id, hash, unconfirmed FROM authorizations JOIN ${LISTED_IDS} l ON l.listed_id = user_id
  WHERE home_hash IS NULL ORDER BY user_id, created_at_s, hash`

const listKeys = sql`
  SELECT auth_key_id FROM authorizations JOIN ${LISTED_IDS} l ON l.listed_id = user_id`

/** Lists the keys that are signed in to these accounts, those in other data centres too. */
export function* listSignedInKeys(userIds: readonly bigint[]): Decision<ReadonlySet<bigint>> {
  return new Set((yield* listKeys.rows({ ids: idList(userIds) })).map((row) => long(row, 'auth_key_id')))
}

/** Lists the logins of these accounts, without those brought from another data centre. */
export function* listLoginMarks(userIds: readonly bigint[]): Decision<LoginMark[]> {
  return (yield* list.rows({ ids: idList(userIds) })).map((row) => ({
    userId: long(row, 'user_id'),
    authKeyId: long(row, 'auth_key_id'),
    hash: long(row, 'hash'),
    unconfirmed: bool(row, 'unconfirmed'),
  }))
}
