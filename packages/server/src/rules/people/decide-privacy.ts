import { text } from '../../database/columns.ts'
import { type Decision, nudge, sql } from '../../database/decision.ts'
import type { Changer } from './decide-profiles.ts'
import { tellOwn } from './decide-told-people.ts'
import { defaultRules, rulesToText, textToRules } from './privacy-rules.ts'
import { PRIVACY_KEYS, type PrivacyKey, type PrivacyRule } from './words.ts'

const find = sql`SELECT rules FROM privacy WHERE user_id = :userId AND key = :key`
const set = sql`
  INSERT INTO privacy (user_id, key, rules) VALUES (:userId, :key, :rules)
  ON CONFLICT (user_id, key) DO UPDATE SET rules = excluded.rules`

/** The rules of an account for a key. */
export function* findPrivacy(userId: bigint, key: PrivacyKey): Decision<readonly PrivacyRule[]> {
  const row = yield* find.row({ userId, key })
  return row === undefined ? defaultRules(key) : textToRules(text(row, 'rules'))
}

/** Sets the rules of an account for a key. The owner's other sessions are told. */
export function* setPrivacy(
  { userId, authKeyId, nowS }: Changer,
  key: PrivacyKey,
  rules: readonly PrivacyRule[],
): Decision<void> {
  yield* set.send({ userId, key, rules: rulesToText(rules) })
  const subject = BigInt(PRIVACY_KEYS.indexOf(key))
  if (key === 'status') yield* nudge({ kind: 'status', userId: String(userId) })
  yield* tellOwn(userId, { kind: 'privacy', subject, detail: key, atS: nowS }, authKeyId)
}

/** Lets somebody see the number of an account, whatever its rules say of others. */
export function* showPhone(by: Changer, userId: bigint): Decision<void> {
  const rules = yield* findPrivacy(by.userId, 'phone')
  const allowed = rules.find((rule) => rule.whom === 'users' && rule.isAllowed)
  const userIds = allowed?.whom === 'users' ? allowed.userIds : []
  if (userIds.includes(userId)) return
  const others = rules
    .filter((rule) => rule !== allowed)
    .map((rule) =>
      rule.whom === 'users' ? { ...rule, userIds: rule.userIds.filter((id) => id !== userId) } : rule,
    )
    .filter((rule) => rule.whom !== 'users' || rule.userIds.length > 0)
  const shown = { isAllowed: true, whom: 'users', userIds: [...userIds, userId] } as const
  yield* setPrivacy(by, 'phone', [shown, ...others])
}
