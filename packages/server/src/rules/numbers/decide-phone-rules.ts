import { isDeepStrictEqual } from 'node:util'
import { int, long, type Row, text } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { PhoneRule, PhoneRuleStore } from './words.ts'

/** Of a number, as E.164 has it. */
const MAX_DIGITS = 15

/** Rules for phone numbers, by prefix. */
export function createPhoneRuleStore(db: Database): PhoneRuleStore {
  const put = db.prepare(
    `INSERT INTO phone_rules (digits, rule, dc, channels) VALUES (:digits, :rule, :dc, :channels)
     ON CONFLICT (digits) DO UPDATE SET rule = excluded.rule, dc = excluded.dc, channels = excluded.channels`,
  )
  const remove = db.prepare('DELETE FROM phone_rules WHERE digits = ?')
  const find = db.prepare('SELECT * FROM phone_rules WHERE digits = ?')
  const list = db.prepare('SELECT * FROM phone_rules ORDER BY digits')
  // Most servers have none, and every login asks several times.
  const any = db.prepare('SELECT 1 FROM phone_rules LIMIT 1')
  // One lookup for each number of digits there can be.
  const prefixes = Array.from({ length: MAX_DIGITS }, (_, index) => `substr(:phone, 1, ${index + 1})`)
  const match = db.prepare(
    `SELECT * FROM phone_rules WHERE digits IN (${prefixes.join(', ')}) ORDER BY length(digits) DESC LIMIT 1`,
  )
  // Signed in, or about to be: with a password still to come, or a QR code accepted but not collected.
  const signedIn = db.prepare(
    `SELECT id, phone FROM users u WHERE phone >= :digits AND phone < :digits || ':' AND (
       EXISTS (SELECT 1 FROM authorizations WHERE user_id = u.id)
       OR EXISTS (SELECT 1 FROM pending_logins WHERE user_id = u.id)
       OR EXISTS (SELECT 1 FROM login_tokens WHERE user_id = u.id))`,
  )
  const revoke = db.prepare(
    `UPDATE auth_keys SET revoked = 'USER_DEACTIVATED_BAN' WHERE auth_key_id IN (
       SELECT auth_key_id FROM authorizations WHERE user_id = :userId
       UNION SELECT auth_key_id FROM pending_logins WHERE user_id = :userId
     ) RETURNING auth_key_id`,
  )
  const endLogins = db.prepare('DELETE FROM authorizations WHERE user_id = ?')
  const endPending = db.prepare('DELETE FROM pending_logins WHERE user_id = ?')
  const endTokens = db.prepare('DELETE FROM login_tokens WHERE user_id = ?')

  const pending = db.prepare(
    `SELECT DISTINCT phone FROM phone_codes WHERE state = 'active' AND phone >= :digits AND phone < :digits || ':'`,
  )
  const endCodes = db.prepare(
    "UPDATE phone_codes SET state = 'replaced' WHERE phone = ? AND state = 'active'",
  )

  /**
   * Ends the pending codes of the numbers that this rule decides about: they went the ways of an earlier rule. To be
   * called while the rule stands.
   */
  function endPendingCodes(digits: string): void {
    for (const row of pending.all({ digits })) {
      const phone = text(row, 'phone')
      if (toRule(match.get({ phone }))?.digits === digits) endCodes.run(phone)
    }
  }

  /** Ends the logins of all who are banned by now; a longer rule may say otherwise of some of the numbers. */
  function endBanned(digits: string): bigint[] {
    const banned = signedIn
      .all({ digits })
      .filter((row) => toRule(match.get({ phone: text(row, 'phone') }))?.rule === 'ban')
    return banned.flatMap((row) => {
      const userId = long(row, 'id')
      const keys = revoke.all({ userId }).map((key) => long(key, 'auth_key_id'))
      endLogins.run(userId)
      endPending.run(userId)
      endTokens.run(userId)
      return keys
    })
  }

  return {
    put: (rule) =>
      db.write(() => {
        const dc = rule.rule === 'migrate' ? rule.dc : null
        const channels = rule.rule === 'channels' ? JSON.stringify(rule.channels) : null
        if (isDeepStrictEqual(toRule(find.get(rule.digits)), rule)) return []
        put.run({ digits: rule.digits, rule: rule.rule, dc, channels })
        endPendingCodes(rule.digits)
        return rule.rule === 'ban' ? endBanned(rule.digits) : []
      }),
    remove: (digits) =>
      db.write(() => {
        endPendingCodes(digits)
        return remove.run(digits).changes > 0 ? endBanned(digits) : undefined
      }),
    find: (digits) => db.read(() => toRule(find.get(digits))),
    list: () => db.read(() => list.all().flatMap((row) => toRule(row) ?? [])),
    match: (phone) => db.read(() => (any.get() === undefined ? undefined : toRule(match.get({ phone })))),
  }
}

function toRule(row: Row | undefined): PhoneRule | undefined {
  if (row === undefined) return undefined
  const digits = text(row, 'digits')
  const rule = text(row, 'rule')
  switch (rule) {
    case 'migrate':
      return { digits, rule, dc: int(row, 'dc') }
    case 'channels':
      return { digits, rule, channels: JSON.parse(text(row, 'channels')) }
    case 'protect':
      return { digits, rule }
    default:
      return { digits, rule: 'ban' }
  }
}
