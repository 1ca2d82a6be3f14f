import { text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'

const find = sql`SELECT value FROM account_settings WHERE user_id = :userId AND name = :name`
const set = sql`
  INSERT INTO account_settings (user_id, name, value) VALUES (:userId, :name, :value)
  ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value`

const drop = sql`DELETE FROM account_settings WHERE user_id = :userId AND name = :name`

/** A setting that an account keeps beside its privacy. */
export type AccountSetting =
  | 'idleDays'
  | 'quietSignUp'
  | 'globalPrivacy'
  | 'sensitiveContent'
  | 'birthday'
  | 'topPeers'
  | 'reactionNotices'
  // Of bots: texts in a language, the menu button for somebody (0: for all), and rights that apps suggest.
  | `texts ${string}`
  | `menuButton ${bigint}`
  | 'rightsInGroups'
  | 'rightsInChannels'
  | 'defaultReaction'

/** The text of a setting; undefined if the account has not set it. */
export function* findSetting(userId: bigint, name: AccountSetting): Decision<string | undefined> {
  const row = yield* find.row({ userId, name })
  return row && text(row, 'value')
}

/** Keeps the text of a setting. */
export function* keepSetting(userId: bigint, name: AccountSetting, value: string): Decision<void> {
  yield* set.send({ userId, name, value })
}

/** Forgets a setting. */
export function* dropSetting(userId: bigint, name: AccountSetting): Decision<void> {
  yield* drop.send({ userId, name })
}

/** Tells whether an account wants no sound when one of its contacts signs up. */
export function* isQuietSignUp(userId: bigint): Decision<boolean> {
  return (yield* findSetting(userId, 'quietSignUp')) === 'true'
}
