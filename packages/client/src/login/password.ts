import type { Random } from '@cablegram/mtproto'
import { makeNewPassword, provePassword } from '@cablegram/mtproto/crypto'
import { UsageError } from '@cablegram/tl'
import type { InputCheckPasswordSRP, Params, Results } from '@cablegram/tl/api'

type Password = Results['account.getPassword']

/** A new password, as `auth.recoverPassword` and `account.updatePasswordSettings` take it. */
export type NewPasswordSettings = Params<'account.updatePasswordSettings'>['newSettings']

/** The proof of a password for `auth.checkPassword`, made for the server's newest answer to `account.getPassword`. */
export function passwordProof(question: Password, password: string, random: Random): InputCheckPasswordSRP {
  const { currentAlgo, srpB, srpId } = question
  if (!currentAlgo || !srpB || srpId === undefined) return { _: 'inputCheckPasswordEmpty' }
  if (currentAlgo._ === 'passwordKdfAlgoUnknown') throw unknownAlgo()
  const { a, m1 } = provePassword(password, currentAlgo, srpB, random)
  return { _: 'inputCheckPasswordSRP', srpId, A: a, M1: m1 }
}

/** The settings of a new password, from the server's answer to `account.getPassword`. */
export function newPasswordSettings(
  { newAlgo }: Password,
  password: string,
  hint: string | undefined,
  random: Random,
): NewPasswordSettings {
  if (newAlgo._ === 'passwordKdfAlgoUnknown') throw unknownAlgo()
  const { algo, hash } = makeNewPassword(password, newAlgo, random)
  return {
    _: 'account.passwordInputSettings',
    newAlgo: { _: newAlgo._, ...algo },
    newPasswordHash: hash,
    hint: hint ?? '',
  }
}

function unknownAlgo(): UsageError {
  return new UsageError(
    'LOGIN_UNSUPPORTED',
    'This version does not know the kind of password that the account has. Update Cablegram.',
  )
}
