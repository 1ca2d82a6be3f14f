import { createSettings } from '../../packages/server/src/rules/index.ts'
import { unpaid } from './phone-codes.ts'
import { type Cause, cause } from './registry.ts'
import { appOf, type World } from './world.ts'

const { currency, amount: price, premiumDays } = createSettings().codePrice
const amount = BigInt(price)
const GIFT = { _: 'inputStorePaymentPremiumSubscription' } as const
const OTHER_INVOICE = { _: 'inputInvoiceSlug', slug: 'a' } as const
const NO_NUMBER = { phoneNumber: '+1', phoneCodeHash: 'a' }
const JSON_DATA = { _: 'dataJSON', data: '{}' } as const
const CREDENTIALS = { _: 'inputPaymentCredentials', data: JSON_DATA } as const
const RECEIPT = new Uint8Array(4)
const REFUSING = {
  send: async () => ({ kind: 'rejected', reason: 'no such number', retryable: false }) as const,
}

const purposeOf = (held: { phoneNumber: string; phoneCodeHash: string }) =>
  ({ _: 'inputStorePaymentAuthCode', ...held, currency, amount, premiumDays }) as const
const invoiceOf = (held: { phoneNumber: string; phoneCodeHash: string }) =>
  ({ _: 'inputInvoicePremiumAuthCode', purpose: purposeOf(held) }) as const

/** A paid code that no provider accepts. */
async function hopeless(world: World) {
  const server = await world.start({ courier: REFUSING })
  await server.phoneRules.put('447402', { rule: 'channels', channels: ['payment', 'sms'] })
  const client = world.connect(server)
  const phoneNumber = '+447402123456'
  const asked = await client.auth.sendCode({
    phoneNumber,
    ...appOf(server),
    settings: { _: 'codeSettings' },
  })
  if (asked._ !== 'auth.sentCodePaymentRequired') throw new Error(`the server answered ${asked._}`)
  return { client, held: { phoneNumber, phoneCodeHash: asked.phoneCodeHash } }
}

/** Causes of errors about paid codes. */
export const PAYMENT_CAUSES: readonly Cause[] = [
  cause('auth.checkPaidAuth', '400 PHONE_CODE_EXPIRED', async (world) => {
    const { client, sent } = await unpaid(world)
    return client.auth.checkPaidAuth({ ...sent, phoneCodeHash: 'a', formId: 1n })
  }),
  cause('auth.checkPaidAuth', '400 INVOICE_INVALID', async (world) => {
    const { client, sent } = await unpaid(world)
    return client.auth.checkPaidAuth({ ...sent, formId: 1n })
  }),
  cause('payments.canPurchaseStore', '400 INPUT_PURPOSE_INVALID', async (world) =>
    (await world.client()).payments.canPurchaseStore({ purpose: GIFT }),
  ),
  cause('payments.canPurchaseStore', '400 PHONE_NUMBER_INVALID', async (world) =>
    (await world.client()).payments.canPurchaseStore({ purpose: purposeOf(NO_NUMBER) }),
  ),
  cause('payments.assignAppStoreTransaction', '400 RECEIPT_EMPTY', async (world) =>
    (await world.client()).payments.assignAppStoreTransaction({
      receipt: new Uint8Array(0),
      purpose: purposeOf(NO_NUMBER),
    }),
  ),
  cause('payments.assignAppStoreTransaction', '400 INPUT_PURPOSE_INVALID', async (world) =>
    (await world.client()).payments.assignAppStoreTransaction({ receipt: RECEIPT, purpose: GIFT }),
  ),
  cause('payments.assignAppStoreTransaction', '400 PHONE_NUMBER_INVALID', async (world) =>
    (await world.client()).payments.assignAppStoreTransaction({
      receipt: RECEIPT,
      purpose: purposeOf(NO_NUMBER),
    }),
  ),
  cause('payments.assignAppStoreTransaction', '400 SMS_CODE_CREATE_FAILED', async (world) => {
    const { client, held } = await hopeless(world)
    return client.payments.assignAppStoreTransaction({ receipt: RECEIPT, purpose: purposeOf(held) })
  }),
  cause('payments.assignPlayMarketTransaction', '400 DATA_JSON_INVALID', async (world) =>
    (await world.client()).payments.assignPlayMarketTransaction({
      receipt: { _: 'dataJSON', data: 'no JSON' },
      purpose: purposeOf(NO_NUMBER),
    }),
  ),
  cause('payments.assignPlayMarketTransaction', '400 INPUT_PURPOSE_INVALID', async (world) =>
    (await world.client()).payments.assignPlayMarketTransaction({ receipt: JSON_DATA, purpose: GIFT }),
  ),
  cause('payments.assignPlayMarketTransaction', '400 PHONE_NUMBER_INVALID', async (world) =>
    (await world.client()).payments.assignPlayMarketTransaction({
      receipt: JSON_DATA,
      purpose: purposeOf(NO_NUMBER),
    }),
  ),
  cause('payments.assignPlayMarketTransaction', '400 SMS_CODE_CREATE_FAILED', async (world) => {
    const { client, held } = await hopeless(world)
    return client.payments.assignPlayMarketTransaction({ receipt: JSON_DATA, purpose: purposeOf(held) })
  }),
  cause('payments.getPaymentForm', '400 INVOICE_INVALID', async (world) =>
    (await world.client()).payments.getPaymentForm({ invoice: OTHER_INVOICE }),
  ),
  cause('payments.getPaymentForm', '400 PHONE_NUMBER_INVALID', async (world) =>
    (await world.client()).payments.getPaymentForm({ invoice: invoiceOf(NO_NUMBER) }),
  ),
  cause('payments.getPaymentForm', '400 NO_PAYMENT_NEEDED', async (world) => {
    const { client, sent } = await unpaid(world)
    await client.payments.assignPlayMarketTransaction({ receipt: JSON_DATA, purpose: purposeOf(sent) })
    return client.payments.getPaymentForm({ invoice: invoiceOf(sent) })
  }),
  cause('payments.sendPaymentForm', '400 INVOICE_INVALID', async (world) =>
    (await world.client()).payments.sendPaymentForm({
      formId: 1n,
      invoice: OTHER_INVOICE,
      credentials: CREDENTIALS,
    }),
  ),
  cause('payments.sendPaymentForm', '400 PAYMENT_CREDENTIALS_INVALID', async (world) =>
    (await world.client()).payments.sendPaymentForm({
      formId: 1n,
      invoice: invoiceOf(NO_NUMBER),
      credentials: { ...CREDENTIALS, data: { _: 'dataJSON', data: 'no JSON' } },
    }),
  ),
  cause('payments.sendPaymentForm', '400 PHONE_NUMBER_INVALID', async (world) =>
    (await world.client()).payments.sendPaymentForm({
      formId: 1n,
      invoice: invoiceOf(NO_NUMBER),
      credentials: CREDENTIALS,
    }),
  ),
  cause('payments.sendPaymentForm', '400 SMS_CODE_CREATE_FAILED', async (world) => {
    const { client, held } = await hopeless(world)
    const invoice = invoiceOf(held)
    const form = await client.payments.getPaymentForm({ invoice })
    return client.payments.sendPaymentForm({ formId: form.formId, invoice, credentials: CREDENTIALS })
  }),
]
