import * as auth from './auth.ts'
import * as authorizations from './authorizations.ts'
import * as bots from './bots.ts'
import type { HandlerTable } from './handler.ts'
import * as help from './help.ts'
import * as langpack from './langpack.ts'
import * as loginEmails from './login-emails.ts'
import * as loginTokens from './login-tokens.ts'
import * as messages from './messages.ts'
import * as passkeys from './passkeys.ts'
import * as passwordEmails from './password-emails.ts'
import * as passwordResets from './password-resets.ts'
import * as passwords from './passwords.ts'
import * as payments from './payments.ts'
import * as savedMessages from './saved-messages.ts'
import * as terms from './terms.ts'
import * as updates from './updates.ts'
import * as users from './users.ts'
import * as webTokens from './web-tokens.ts'

export type { Handler, HandlerContext, HandlerTable, RequestOf, ResultOf } from './handler.ts'
export { constantAnswer, isConstantAnswer } from './handler.ts'
export { channelsOf } from './sent-code.ts'
export { type News, updatesOf } from './updates-of.ts'

/**
 * Every method that is built, but for auth.bindTempAuthKey, which is about the message it came in and so the
 * gateway's own. `docs/methods.md` is made from this table.
 */
export const HANDLERS: HandlerTable = {
  'auth.sendCode': auth.sendCode,
  'auth.resendCode': auth.resendCode,
  'auth.requestFirebaseSms': auth.requestFirebaseSms,
  'auth.reportMissingCode': auth.reportMissingCode,
  'auth.cancelCode': auth.cancelCode,
  'auth.checkPaidAuth': payments.checkPaidAuth,
  'auth.signIn': auth.signIn,
  'auth.signUp': auth.signUp,
  'auth.logOut': auth.logOut,
  'auth.exportAuthorization': auth.exportAuthorization,
  'auth.importAuthorization': auth.importAuthorization,
  'auth.dropTempAuthKeys': auth.dropTempAuthKeys,
  'account.sendVerifyEmailCode': loginEmails.sendVerifyEmailCode,
  'account.verifyEmail': loginEmails.verifyEmail,
  'auth.resetLoginEmail': loginEmails.resetLoginEmail,
  'auth.exportLoginToken': loginTokens.exportLoginToken,
  'auth.importLoginToken': loginTokens.importLoginToken,
  'auth.acceptLoginToken': loginTokens.acceptLoginToken,
  'auth.importBotAuthorization': bots.importBotAuthorization,
  'auth.importWebTokenAuthorization': webTokens.importWebTokenAuthorization,
  'auth.initPasskeyLogin': passkeys.initPasskeyLogin,
  'auth.finishPasskeyLogin': passkeys.finishPasskeyLogin,
  'account.initPasskeyRegistration': passkeys.initPasskeyRegistration,
  'account.registerPasskey': passkeys.registerPasskey,
  'account.getPasskeys': passkeys.getPasskeys,
  'account.deletePasskey': passkeys.deletePasskey,
  'auth.checkPassword': passwords.checkPassword,
  'account.getPassword': passwords.getPassword,
  'account.getPasswordSettings': passwords.getPasswordSettings,
  'account.updatePasswordSettings': passwords.updatePasswordSettings,
  'account.getTmpPassword': passwords.getTmpPassword,
  'account.confirmPasswordEmail': passwordEmails.confirmPasswordEmail,
  'account.resendPasswordEmail': passwordEmails.resendPasswordEmail,
  'account.cancelPasswordEmail': passwordEmails.cancelPasswordEmail,
  'account.resetPassword': passwordResets.resetPassword,
  'account.declinePasswordReset': passwordResets.declinePasswordReset,
  'account.deleteAccount': passwordResets.deleteAccount,
  'auth.requestPasswordRecovery': passwordEmails.requestPasswordRecovery,
  'auth.checkRecoveryPassword': passwordEmails.checkRecoveryPassword,
  'auth.recoverPassword': passwordEmails.recoverPassword,
  'auth.resetAuthorizations': authorizations.resetAuthorizations,
  'account.getAuthorizations': authorizations.getAuthorizations,
  'account.resetAuthorization': authorizations.resetAuthorization,
  'account.changeAuthorizationSettings': authorizations.changeAuthorizationSettings,
  'account.setAuthorizationTTL': authorizations.setAuthorizationTtl,
  'account.invalidateSignInCodes': auth.invalidateSignInCodes,
  'account.updateStatus': users.updateStatus,
  'account.getWebAuthorizations': authorizations.getWebAuthorizations,
  'payments.canPurchaseStore': payments.canPurchaseStore,
  'payments.assignAppStoreTransaction': payments.assignAppStoreTransaction,
  'payments.assignPlayMarketTransaction': payments.assignPlayMarketTransaction,
  'payments.getPaymentForm': payments.getPaymentForm,
  'payments.sendPaymentForm': payments.sendPaymentForm,
  'help.getConfig': help.getConfig,
  'help.getNearestDc': help.getNearestDc,
  'help.getAppConfig': help.getAppConfig,
  'help.getCountriesList': help.getCountriesList,
  'help.getTermsOfServiceUpdate': terms.getTermsOfServiceUpdate,
  'help.acceptTermsOfService': terms.acceptTermsOfService,
  'users.getUsers': users.getUsers,
  'users.getFullUser': users.getFullUser,
  'contacts.resolveUsername': users.resolveUsername,
  'messages.sendMessage': savedMessages.sendMessage,
  'messages.getDialogs': messages.getDialogs,
  'messages.getPeerDialogs': messages.getPeerDialogs,
  'messages.getPinnedDialogs': messages.getPinnedDialogs,
  'messages.getHistory': messages.getHistory,
  'messages.getMessages': messages.getMessages,
  'messages.readHistory': messages.readHistory,
  'messages.deleteMessages': messages.deleteMessages,
  'messages.receivedMessages': messages.receivedMessages,
  'updates.getState': updates.getState,
  'updates.getDifference': updates.getDifference,
  'langpack.getLangPack': langpack.getLangPack,
  'langpack.getDifference': langpack.getDifference,
  'langpack.getStrings': langpack.getStrings,
  'langpack.getLanguages': langpack.getLanguages,
  'langpack.getLanguage': langpack.getLanguage,
}
