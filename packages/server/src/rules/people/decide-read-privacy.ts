import type { Decision } from '../../database/decision.ts'
import { findSetting } from './decide-account-settings.ts'
import { findWhoHave } from './decide-contacts.ts'
import { findAllows } from './decide-people.ts'
import type { GlobalPrivacy } from './words.ts'

/** Tells whether an account hides from another when it reads: it has asked for that, and hides its status from them, too. */
export function* hidesReadTimes(ownerId: bigint, otherId: bigint): Decision<boolean> {
  const kept: GlobalPrivacy = JSON.parse((yield* findSetting(ownerId, 'globalPrivacy')) ?? '{}')
  if (kept.hidesReadMarks !== true) return false
  const allows = yield* findAllows([ownerId])
  const isContact = (yield* findWhoHave(otherId, [ownerId])).size > 0
  return !allows('status', ownerId, { userId: otherId, isBot: false, isContact })
}
