import type { Random } from '@cablegram/mtproto'
import { provePassword } from '@cablegram/mtproto/crypto'
import { UsageError } from '@cablegram/tl'
import type { InputCheckPasswordSRP, Results } from '@cablegram/tl/api'

type Password = Results['account.getPassword']

/** What `auth.checkPassword` takes as proof of the password, from the question the server has just asked. */
export function passwordProof(question: Password, password: string, random: Random): InputCheckPasswordSRP {
  const { currentAlgo, srpB, srpId } = question
  if (!currentAlgo || !srpB || srpId === undefined) return { _: 'inputCheckPasswordEmpty' }
  if (currentAlgo._ === 'passwordKdfAlgoUnknown') {
    throw new UsageError(
      'LOGIN_UNSUPPORTED',
      'The account has a kind of password that this version does not know. Update it.',
    )
  }
  const { a, m1 } = provePassword(password, currentAlgo, srpB, random)
  return { _: 'inputCheckPasswordSRP', srpId, A: a, M1: m1 }
}
