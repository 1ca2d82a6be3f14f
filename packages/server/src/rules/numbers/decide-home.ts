import { bool, int, isNull, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { MATCHING_RULE, toRule } from './decide-phone-rules.ts'
import { homeDc } from './phone.ts'
import type { PhoneNumber } from './words.ts'

const findHome = sql`SELECT home_dc FROM users WHERE phone = :phone`
const findPhoneNumber = sql`
  SELECT u.home_dc, r.digits, r.rule, r.dc, r.channels FROM (SELECT 1 AS n) one
  LEFT JOIN users u ON u.phone = :phone LEFT JOIN (${MATCHING_RULE}) r ON one.n = 1`
const findPhone = sql`SELECT phone, is_bot FROM users WHERE id = :userId`

/** Finds the data centre of the first login to a number's account; undefined where nobody has signed in yet. */
export function* findAccountDc(phone: string): Decision<number | undefined> {
  const row = yield* findHome.row({ phone })
  return row === undefined || isNull(row, 'home_dc') ? undefined : int(row, 'home_dc')
}

/** Finds the number of an account; bots have none. */
export function* findPhoneOf(userId: bigint): Decision<string | undefined> {
  const row = yield* findPhone.row({ userId })
  return row === undefined || bool(row, 'is_bot') ? undefined : text(row, 'phone')
}

/** Finds the rule for a number, and its home: the rule of the operator comes before what the number itself says. */
export function* findNumber(phone: string, dcs: number): Decision<PhoneNumber> {
  const row = (yield* findPhoneNumber.row({ phone })) ?? {}
  const rule = isNull(row, 'digits') ? undefined : toRule(row)
  if (rule?.rule === 'migrate') return { phone, rule, homeDc: rule.dc }
  const accountDc = isNull(row, 'home_dc') ? undefined : int(row, 'home_dc')
  return { phone, rule, homeDc: dcs === 1 ? undefined : homeDc(phone, dcs, accountDc) }
}
