import { askForPasswordReset, declineReset, deleteOwnAccount } from '../rules/passwords/password-resets.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'
import { answerOf } from './passwords.ts'

/** Asks for the password to be taken away, or takes it away once it was asked for a week ago. */
export const resetPassword: Handler<'account.resetPassword'> = async (_request, context) => {
  const outcome = await askForPasswordReset(context.on, context.caller)
  switch (outcome.kind) {
    case 'reset':
      return { _: 'account.resetPasswordOk' }
    case 'waits':
      return { _: 'account.resetPasswordRequestedWait', untilDate: context.nowS + outcome.inS }
    case 'declined':
      return { _: 'account.resetPasswordFailedWait', retryDate: context.nowS + outcome.inS }
  }
}

/** Calls off what somebody else has asked for. */
export const declinePasswordReset: Handler<'account.declinePasswordReset'> = async (_request, context) => {
  await declineReset(context.on, context.caller)
  return true
}

/** Deletes the account: at once with its password, or where it has none. */
export const deleteAccount: Handler<'account.deleteAccount'> = async ({ reason, password }, context) => {
  checkTexts(reason)
  const answer = password === undefined ? undefined : (answerOf(password) ?? null)
  await deleteOwnAccount(context.on, context.caller, answer)
  return true
}
