/** Codes that have to be paid for. This server sells nothing else. */
export const PAYMENT_ERRORS = [
  {
    code: 400,
    name: 'INPUT_PURPOSE_INVALID',
    methods: [
      'payments.canPurchaseStore',
      'payments.assignAppStoreTransaction',
      'payments.assignPlayMarketTransaction',
    ],
  },
  { code: 400, name: 'RECEIPT_EMPTY', methods: ['payments.assignAppStoreTransaction'] },
  { code: 400, name: 'DATA_JSON_INVALID', methods: ['payments.assignPlayMarketTransaction'] },
  {
    code: 400,
    name: 'INVOICE_INVALID',
    methods: ['payments.getPaymentForm', 'payments.sendPaymentForm', 'auth.checkPaidAuth'],
  },
  { code: 400, name: 'NO_PAYMENT_NEEDED', methods: ['payments.getPaymentForm'] },
  { code: 400, name: 'PAYMENT_CREDENTIALS_INVALID', methods: ['payments.sendPaymentForm'] },
  { code: 400, name: 'PHONE_CODE_EXPIRED', methods: ['auth.checkPaidAuth'] },
  {
    code: 400,
    name: 'SMS_CODE_CREATE_FAILED',
    methods: [
      'payments.assignAppStoreTransaction',
      'payments.assignPlayMarketTransaction',
      'payments.sendPaymentForm',
    ],
  },
  {
    code: 400,
    name: 'PHONE_NUMBER_INVALID',
    methods: [
      'payments.canPurchaseStore',
      'payments.assignAppStoreTransaction',
      'payments.assignPlayMarketTransaction',
      'payments.getPaymentForm',
      'payments.sendPaymentForm',
    ],
  },
] as const
