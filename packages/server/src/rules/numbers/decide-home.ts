import { bool, int, isNull, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { matchPhoneRule } from './decide-phone-rules.ts'
import { homeDc } from './phone.ts'

const findHome = sql`SELECT home_dc FROM users WHERE phone = :phone`
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

/** Finds where a number is at home; undefined where any data centre will do. A rule of the operator comes before what the number itself says. */
export function* findHomeOf(phone: string, dcs: number): Decision<number | undefined> {
  const rule = yield* matchPhoneRule(phone)
  if (rule?.rule === 'migrate') return rule.dc
  return dcs === 1 ? undefined : homeDc(phone, dcs, yield* findAccountDc(phone))
}
