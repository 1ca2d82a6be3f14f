/** Login e-mail: set up, verified, taken off. */
export const EMAIL_ERRORS = [
  { code: 400, name: 'EMAIL_INSTALL_MISSING', methods: ['auth.resendCode', 'auth.resetLoginEmail'] },
  { code: 400, name: 'TASK_ALREADY_EXISTS', methods: ['auth.resetLoginEmail'] },
  { code: 400, name: 'EMAIL_INVALID', methods: ['account.sendVerifyEmailCode', 'account.verifyEmail'] },
  { code: 400, name: 'EMAIL_NOT_ALLOWED', methods: ['account.sendVerifyEmailCode', 'account.verifyEmail'] },
  { code: 400, name: 'EMAIL_NOT_SETUP', methods: ['account.sendVerifyEmailCode'] },
  { code: 400, name: 'PHONE_CODE_EMPTY', methods: ['account.sendVerifyEmailCode'] },
  { code: 400, name: 'PHONE_HASH_EXPIRED', methods: ['account.sendVerifyEmailCode'] },
  { code: 400, name: 'CODE_INVALID', methods: ['account.verifyEmail'] },
  { code: 400, name: 'EMAIL_VERIFY_EXPIRED', methods: ['account.verifyEmail'] },
  { code: 400, name: 'PHONE_CODE_EXPIRED', methods: ['account.verifyEmail', 'auth.resetLoginEmail'] },
] as const
