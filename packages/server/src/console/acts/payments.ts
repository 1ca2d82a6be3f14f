import { listUnpaidCodes, settleUnpaidCodes } from '../../rules/codes/paid-codes.ts'
import { digitsIn } from '../../typed-text.ts'
import type { OnConsole } from '../on-console.ts'
import type { UnpaidCode } from '../words.ts'

/** Shows the login codes of a number that wait to be paid for. */
export async function showPayments(on: OnConsole, phone: string): Promise<UnpaidCode[]> {
  const unpaid = await listUnpaidCodes(on, digitsIn(phone))
  return unpaid.map((code) => ({ ...code, phone: `+${code.phone}` }))
}

/** Sends all codes of a number as paid for. @returns how many there were */
export async function settlePayments(on: OnConsole, phone: string): Promise<number> {
  return await settleUnpaidCodes(on, digitsIn(phone))
}
