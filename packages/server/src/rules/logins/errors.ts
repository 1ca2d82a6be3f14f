/** Ways in besides a code: QR codes, bots, web tokens, passkeys. */
export const TOKEN_ERRORS = [
  {
    code: 400,
    name: 'AUTH_TOKEN_ALREADY_ACCEPTED',
    methods: ['auth.importLoginToken', 'auth.acceptLoginToken'],
  },
  { code: 400, name: 'AUTH_TOKEN_EXPIRED', methods: ['auth.importLoginToken', 'auth.acceptLoginToken'] },
  { code: 400, name: 'AUTH_TOKEN_INVALID', methods: ['auth.importLoginToken'] },
  { code: 400, name: 'AUTH_TOKEN_INVALIDX', methods: ['auth.importLoginToken', 'auth.acceptLoginToken'] },
  { code: 400, name: 'AUTH_TOKEN_EXCEPTION', methods: ['auth.acceptLoginToken'] },
  { code: 400, name: 'ACCESS_TOKEN_EXPIRED', methods: ['auth.importBotAuthorization'] },
  { code: 400, name: 'ACCESS_TOKEN_INVALID', methods: ['auth.importBotAuthorization'] },
  { code: 400, name: 'WEBAUTH_TOKEN_EXPIRED', methods: ['auth.importWebTokenAuthorization'] },
  { code: 400, name: 'CREDENTIAL_INVALID', methods: ['auth.finishPasskeyLogin', 'account.registerPasskey'] },
  {
    code: 400,
    name: 'PASSKEY_ORIGIN_MISMATCH',
    methods: ['auth.finishPasskeyLogin', 'account.registerPasskey'],
  },
  { code: 403, name: 'ACCESS_DENIED', methods: ['account.initPasskeyRegistration'] },
  { code: 303, name: 'USER_MIGRATE_X', methods: ['auth.importBotAuthorization'] },
] as const
