/** Keys: bound, brought to another data centre; and the logins on them. */
export const KEY_ERRORS = [
  { code: 400, name: 'ENCRYPTED_MESSAGE_INVALID', methods: ['auth.bindTempAuthKey'] },
  { code: 400, name: 'EXPIRES_AT_INVALID', methods: ['auth.bindTempAuthKey'] },
  { code: 400, name: 'TEMP_AUTH_KEY_ALREADY_BOUND', methods: ['auth.bindTempAuthKey'] },
  { code: 400, name: 'TEMP_AUTH_KEY_EMPTY', methods: ['auth.bindTempAuthKey'] },
  { code: 400, name: 'DC_ID_INVALID', methods: ['auth.exportAuthorization'] },
  { code: 400, name: 'AUTH_BYTES_INVALID', methods: ['auth.importAuthorization'] },
  { code: 400, name: 'USER_ID_INVALID', methods: ['auth.importAuthorization'] },
  {
    code: 406,
    name: 'FRESH_RESET_AUTHORISATION_FORBIDDEN',
    methods: [
      'auth.resetAuthorizations',
      'account.resetAuthorization',
      'account.setAuthorizationTTL',
      'account.initPasskeyRegistration',
    ],
  },
  {
    code: 400,
    name: 'HASH_INVALID',
    methods: ['account.resetAuthorization', 'account.changeAuthorizationSettings'],
  },
  { code: 400, name: 'TTL_DAYS_INVALID', methods: ['account.setAuthorizationTTL'] },
  {
    code: 400,
    name: 'LIMIT_INVALID',
    methods: [
      'users.getUsers',
      'messages.forwardMessages',
      'messages.readMessageContents',
      'auth.exportLoginToken',
      'messages.getPeerDialogs',
      'messages.getMessages',
      'messages.deleteMessages',
      'account.invalidateSignInCodes',
      'langpack.getStrings',
    ],
  },
  {
    code: 400,
    name: 'LANG_CODE_NOT_SUPPORTED',
    methods: ['langpack.getLanguage', 'langpack.getLangPack', 'langpack.getStrings'],
  },
  {
    code: 400,
    name: 'LANG_PACK_INVALID',
    methods: [
      'langpack.getDifference',
      'langpack.getLangPack',
      'langpack.getLanguage',
      'langpack.getLanguages',
      'langpack.getStrings',
    ],
  },
] as const
