/** Passwords: given, changed, recovered. */
export const TWO_STEP_ERRORS = [
  {
    code: 400,
    name: 'PASSWORD_HASH_INVALID',
    methods: [
      'auth.checkPassword',
      'account.getPasswordSettings',
      'account.updatePasswordSettings',
      'account.getTmpPassword',
      'account.deleteAccount',
      'messages.editChatCreator',
    ],
  },
  {
    code: 400,
    name: 'SRP_ID_INVALID',
    methods: [
      'auth.checkPassword',
      'account.updatePasswordSettings',
      'account.getPasswordSettings',
      'account.getTmpPassword',
      'account.deleteAccount',
      'messages.editChatCreator',
    ],
  },
  {
    code: 400,
    name: 'SRP_PASSWORD_CHANGED',
    methods: [
      'auth.checkPassword',
      'account.updatePasswordSettings',
      'account.getPasswordSettings',
      'account.getTmpPassword',
      'account.deleteAccount',
      'messages.editChatCreator',
    ],
  },
  { code: 500, name: 'AUTH_KEY_UNSYNCHRONIZED', methods: ['auth.checkPassword'] },
  { code: 400, name: 'PASSWORD_EMPTY', methods: ['auth.requestPasswordRecovery', 'account.resetPassword'] },
  { code: 400, name: 'PASSWORD_RECOVERY_NA', methods: ['auth.requestPasswordRecovery'] },
  { code: 400, name: 'CODE_EMPTY', methods: ['auth.checkRecoveryPassword', 'auth.recoverPassword'] },
  {
    code: 400,
    name: 'PASSWORD_RECOVERY_EXPIRED',
    methods: ['auth.checkRecoveryPassword', 'auth.recoverPassword'],
  },
  {
    code: 400,
    name: 'NEW_SETTINGS_INVALID',
    methods: ['auth.recoverPassword', 'account.updatePasswordSettings'],
  },
  {
    code: 400,
    name: 'NEW_SALT_INVALID',
    methods: ['account.updatePasswordSettings', 'auth.recoverPassword'],
  },
  { code: 400, name: 'NEW_SETTINGS_EMPTY', methods: ['account.updatePasswordSettings'] },
  { code: 400, name: 'TMP_PASSWORD_DISABLED', methods: ['account.getTmpPassword'] },
  {
    code: 400,
    name: 'EMAIL_INVALID',
    methods: [
      'account.updatePasswordSettings',
      'account.resendPasswordEmail',
      'auth.requestPasswordRecovery',
    ],
  },
  { code: 400, name: 'EMAIL_UNCONFIRMED_X', methods: ['account.updatePasswordSettings'] },
  {
    code: 400,
    name: 'CODE_INVALID',
    methods: ['account.confirmPasswordEmail', 'auth.checkRecoveryPassword', 'auth.recoverPassword'],
  },
  {
    code: 400,
    name: 'EMAIL_HASH_EXPIRED',
    methods: ['account.confirmPasswordEmail', 'account.resendPasswordEmail', 'account.cancelPasswordEmail'],
  },
  { code: 400, name: 'RESET_REQUEST_MISSING', methods: ['account.declinePasswordReset'] },
  { code: 420, name: '2FA_CONFIRM_WAIT_X', methods: ['account.deleteAccount'] },
  { code: 420, name: 'FLOOD_WAIT_X', methods: ['auth.checkPassword'] },
] as const
