import { isDeepStrictEqual } from 'node:util'
import { long, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { dropPhoneRule, findPhoneRule, keepPhoneRule, matchPhoneRule } from '../numbers/decide-phone-rules.ts'
import type { PhoneRule } from '../numbers/words.ts'
import { endLogins, endPendingLoginsOfUser, keysOf, listLoginsOfUser } from './decide-ended-logins.ts'

// Signed in, or about to be: with a password still to come, or a QR code accepted but not collected.
const listSignedIn = sql`
  SELECT id, phone FROM users u WHERE phone >= :digits AND phone < :digits || ':' AND (
    EXISTS (SELECT 1 FROM authorizations WHERE user_id = u.id)
    OR EXISTS (SELECT 1 FROM pending_logins WHERE user_id = u.id)
    OR EXISTS (SELECT 1 FROM login_tokens WHERE user_id = u.id)) ORDER BY id`
const endTokens = sql`DELETE FROM login_tokens WHERE user_id = :userId`
const listPending = sql`
  SELECT DISTINCT phone FROM phone_codes WHERE state = 'active' AND phone >= :digits AND phone < :digits || ':'`
const endCodes = sql`UPDATE phone_codes SET state = 'replaced' WHERE phone = :phone AND state = 'active'`

/** Puts a rule in place of the one that its digits had. @returns the keys that are signed out because the rule bans them */
export function* putPhoneRule(rule: PhoneRule): Decision<bigint[]> {
  if (isDeepStrictEqual(yield* findPhoneRule(rule.digits), rule)) return []
  yield* keepPhoneRule(rule)
  yield* endPendingCodes(rule.digits)
  return rule.rule === 'ban' ? yield* endBanned(rule.digits) : []
}

/**
 * Removes a rule.
 *
 * @returns the keys that are signed out because only this rule had spared them; undefined where there was no rule
 */
export function* removePhoneRule(digits: string): Decision<bigint[] | undefined> {
  yield* endPendingCodes(digits)
  return (yield* dropPhoneRule(digits)) ? yield* endBanned(digits) : undefined
}

/**
 * Ends the pending codes of the numbers that this rule decides about: they went the ways of an earlier rule. To be called
 * while the rule stands.
 */
function* endPendingCodes(digits: string): Decision<void> {
  for (const row of yield* listPending.rows({ digits })) {
    const phone = text(row, 'phone')
    if ((yield* matchPhoneRule(phone))?.digits === digits) yield* endCodes.send({ phone })
  }
}

/** Ends the logins of all who are banned by now; a longer rule may say otherwise of some of the numbers. */
function* endBanned(digits: string): Decision<bigint[]> {
  const ended: bigint[] = []
  for (const row of yield* listSignedIn.rows({ digits })) {
    if ((yield* matchPhoneRule(text(row, 'phone')))?.rule !== 'ban') continue
    const userId = long(row, 'id')
    const logins = yield* listLoginsOfUser(userId)
    yield* endLogins(logins, 'USER_DEACTIVATED_BAN')
    const pending = yield* endPendingLoginsOfUser(userId, 'USER_DEACTIVATED_BAN')
    yield* endTokens.send({ userId })
    ended.push(...keysOf(logins), ...pending)
  }
  return ended
}
