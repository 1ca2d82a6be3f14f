/** Terms of service. */
export const TERMS_ERRORS = [
  {
    code: 400,
    name: 'DATA_JSON_INVALID',
    methods: ['help.acceptTermsOfService'],
    cause: 'The id does not belong to the current terms.',
    advice: 'Show the terms from help.getTermsOfServiceUpdate, and send their id back unchanged.',
    definition: 'telegram',
  },
] as const
