import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import { findPrivacy, setPrivacy } from './decide-privacy.ts'
import { changerOf } from './profiles.ts'
import type { PrivacyKey, PrivacyRule } from './words.ts'

const MAX_RULES = 20
/** People and groups that the rules of one key name. */
const MAX_NAMED = 1000

/** The caller's rules for a key. */
export async function privacyOf(
  { store }: Ground,
  { state }: Caller,
  key: PrivacyKey,
): Promise<readonly PrivacyRule[]> {
  const userId = requireUserId(state)
  return await store.look(() => findPrivacy(userId, key))
}

/** Sets the caller's rules for a key. @throws {RpcError} PRIVACY_VALUE_INVALID, PRIVACY_TOO_LONG */
export async function changePrivacy(
  on: Ground,
  caller: Caller,
  key: PrivacyKey,
  rules: readonly PrivacyRule[],
): Promise<void> {
  const by = changerOf(on, caller, requireUserId(caller.state))
  if (rules.length === 0 || rules.length > MAX_RULES) throw refusal('PRIVACY_VALUE_INVALID')
  const named = rules.reduce((sum, rule) => sum + namedIn(rule), 0)
  if (named > MAX_NAMED) throw refusal('PRIVACY_TOO_LONG')
  await on.store.decide(() => setPrivacy(by, key, rules))
}

function namedIn(rule: PrivacyRule): number {
  if (rule.whom === 'users') return rule.userIds.length
  return rule.whom === 'chats' ? rule.chatIds.length : 0
}
