/** Terms of service. */
export const TERMS_ERRORS = [
  {
    code: 400,
    name: 'DATA_JSON_INVALID',
    methods: ['help.acceptTermsOfService'],
    cause: 'These are not the terms in force.',
    advice: 'Show those of help.getTermsOfServiceUpdate, and send their id back as it came.',
    definition: 'telegram',
  },
] as const
