import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'
import { answerOf } from './passwords.ts'

/** Asks for the password to be taken away, or takes it away once it was asked for a week ago. */
export const resetPassword: Handler<'account.resetPassword'> = async (_request, context) => {
  const outcome = await context.domain.passwordResets.reset(context.caller)
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
  await context.domain.passwordResets.decline(context.caller)
  return true
}

/** Deletes the account: at once with its password, or where it has none. */
export const deleteAccount: Handler<'account.deleteAccount'> = async ({ reason, password }, context) => {
  checkTexts(reason)
  const answer = password === undefined ? undefined : (answerOf(password) ?? null)
  await context.domain.passwordResets.deleteAccount(context.caller, answer)
  return true
}
