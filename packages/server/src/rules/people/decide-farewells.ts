import { alone, type Decision } from '../../database/decision.ts'
import { removeUser } from '../accounts/decide-users.ts'
import { tellNear } from './decide-told-people.ts'

/**
 * Deletes an account, and tells those near it. Its messages stay with them.
 *
 * @param ownKeyId the key that asks for it: it is signed out, the others are revoked
 * @returns the revoked keys; undefined where there is no such account
 */
export function* removePerson(
  userId: bigint,
  nowS: number,
  ownKeyId?: bigint,
): Decision<bigint[] | undefined> {
  yield* alone('account', userId)
  yield* tellNear(userId, { kind: 'user', subject: userId, atS: nowS }, undefined)
  return yield* removeUser(userId, ownKeyId)
}
