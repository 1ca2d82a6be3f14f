import type { MethodName } from '@cablegram/tl/api'

/** Methods for keys on which nobody is signed in; every other method is refused with 401 AUTH_KEY_UNREGISTERED. */
export const ANONYMOUS_METHODS: ReadonlySet<string> = new Set<MethodName>([
  'account.deleteAccount',
  'account.getPassword',
  'account.sendVerifyEmailCode',
  'account.verifyEmail',
  'auth.bindTempAuthKey',
  'auth.cancelCode',
  'auth.checkPaidAuth',
  'auth.checkPassword',
  // About keys, not accounts: TDLib with PFS calls it before it signs in, and takes a 401 for a log-out.
  'auth.dropTempAuthKeys',
  'auth.exportLoginToken',
  'auth.finishPasskeyLogin',
  'auth.importAuthorization',
  'auth.importBotAuthorization',
  'auth.importLoginToken',
  'auth.importWebTokenAuthorization',
  'auth.initPasskeyLogin',
  'auth.reportMissingCode',
  'auth.requestFirebaseSms',
  'auth.resendCode',
  'auth.resetLoginEmail',
  'auth.sendCode',
  'auth.signIn',
  'auth.signUp',
  'help.getAppConfig',
  'help.getCdnConfig',
  'help.getConfig',
  'help.getCountriesList',
  'help.getDeepLinkInfo',
  'help.getNearestDc',
  'help.saveAppLog',
  'langpack.getDifference',
  'langpack.getLangPack',
  'langpack.getLanguage',
  'langpack.getLanguages',
  'langpack.getStrings',
  'payments.assignAppStoreTransaction',
  'payments.assignPlayMarketTransaction',
  'payments.canPurchaseStore',
  'payments.getPaymentForm',
  'payments.sendPaymentForm',
  // The CDN knows nobody.
  'upload.getCdnFile',
])

/**
 * Methods about the account of a login that waits for its password. A key with such a login may call these and the
 * anonymous ones; every other method is refused with 401 SESSION_PASSWORD_NEEDED, which clients do not take for a log-out.
 */
export const PENDING_METHODS: ReadonlySet<string> = new Set<MethodName>([
  'account.deleteAccount',
  'account.getPassword',
  'account.resetPassword',
  'auth.checkPassword',
  'auth.checkRecoveryPassword',
  'auth.logOut',
  'auth.recoverPassword',
  'auth.requestPasswordRecovery',
])

/** Methods for a temporary key before it is bound; every other method is refused with 401 AUTH_KEY_PERM_EMPTY. */
export const UNBOUND_METHODS: ReadonlySet<string> = new Set<MethodName>([
  'auth.bindTempAuthKey',
  'help.getConfig',
  'help.getNearestDc',
])
