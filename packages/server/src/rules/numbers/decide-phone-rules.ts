import { int, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { PhoneRule } from './words.ts'

/** Of a number, as E.164 has it. */
const MAX_DIGITS = 15

const put = sql`
  INSERT INTO phone_rules (digits, rule, dc, channels) VALUES (:digits, :rule, :dc, :channels)
  ON CONFLICT (digits) DO UPDATE SET rule = excluded.rule, dc = excluded.dc, channels = excluded.channels`
const remove = sql`DELETE FROM phone_rules WHERE digits = :digits`
const find = sql`SELECT * FROM phone_rules WHERE digits = :digits`
const list = sql`SELECT * FROM phone_rules ORDER BY digits`
// One lookup for each number of digits there can be.
const PREFIXES = Array.from({ length: MAX_DIGITS }, (_, index) => `substr(:phone, 1, ${index + 1})`).join(
  ', ',
)
/** SQL: the rule with the most digits that the number `:phone` begins with. Most servers have no rules at all. */
export const MATCHING_RULE: string = `
  SELECT * FROM phone_rules WHERE EXISTS (SELECT 1 FROM phone_rules) AND digits IN (${PREFIXES})
  ORDER BY length(digits) DESC LIMIT 1`
const match = sql`${MATCHING_RULE}`

/** Keeps a rule in place of the one that its digits had. What it means for logins is decided in `accounts`. */
export function* keepPhoneRule(rule: PhoneRule): Decision<void> {
  const dc = rule.rule === 'migrate' ? rule.dc : null
  const channels = rule.rule === 'channels' ? JSON.stringify(rule.channels) : null
  yield* put.send({ digits: rule.digits, rule: rule.rule, dc, channels })
}

/** Drops the rule of these digits. @returns whether there was one */
export function* dropPhoneRule(digits: string): Decision<boolean> {
  return (yield* remove.run({ digits })) > 0
}

/** Finds the rule of exactly these digits. */
export function* findPhoneRule(digits: string): Decision<PhoneRule | undefined> {
  const row = yield* find.row({ digits })
  return row && toRule(row)
}

/** Lists the rules by their digits. */
export function* listPhoneRules(): Decision<PhoneRule[]> {
  return (yield* list.rows()).map(toRule)
}

/** Finds the rule with the most digits that a number begins with. */
export function* matchPhoneRule(phone: string): Decision<PhoneRule | undefined> {
  const row = yield* match.row({ phone })
  return row && toRule(row)
}

/** The rule of a row. */
export function toRule(row: Row): PhoneRule {
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
