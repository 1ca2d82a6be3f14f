import { VISIBLE } from '../../typed-text.ts'
import { refusal } from '../refusal.ts'

const MAX_LENGTH = 64

/**
 * Names as the store keeps them: without space around them. A name has a character that a reader can see; the last name may
 * be empty. Lengths are in characters, not UTF-16 units.
 *
 * @throws {RpcError} FIRSTNAME_INVALID, LASTNAME_INVALID
 */
export function checkNames(firstName: string, lastName: string): { firstName: string; lastName: string } {
  const first = firstName.trim()
  const last = lastName.trim()
  if (!VISIBLE.test(first) || [...first].length > MAX_LENGTH) throw refusal('FIRSTNAME_INVALID')
  if ((last !== '' && !VISIBLE.test(last)) || [...last].length > MAX_LENGTH) throw refusal('LASTNAME_INVALID')
  return { firstName: first, lastName: last }
}
