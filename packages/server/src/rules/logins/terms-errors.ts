/** Terms of service. */
export const TERMS_ERRORS = [
  { code: 400, name: 'DATA_JSON_INVALID', methods: ['help.acceptTermsOfService'] },
] as const
