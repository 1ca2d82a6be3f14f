import { refusal } from '../refusals.ts'

const MAX_LENGTH = 64

/**
 * Names as they are kept: without space around them. Lengths are in characters, not UTF-16 units.
 *
 * @throws {RpcError} FIRSTNAME_INVALID, LASTNAME_INVALID
 */
export function checkNames(firstName: string, lastName: string): { firstName: string; lastName: string } {
  const first = firstName.trim()
  const last = lastName.trim()
  if (first === '' || [...first].length > MAX_LENGTH) throw refusal('FIRSTNAME_INVALID')
  if ([...last].length > MAX_LENGTH) throw refusal('LASTNAME_INVALID')
  return { firstName: first, lastName: last }
}
