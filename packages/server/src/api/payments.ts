import type { InputInvoice, InputPaymentCredentials, InputStorePaymentPurpose } from '@cablegram/tl/api'
import type { SentCode } from '../courier/port.ts'
import {
  type CodePurchase,
  canPurchaseCode,
  getCodePaymentForm,
  payForCode,
  payForCodeByForm,
} from '../rules/codes/paid-codes.ts'
import { refusal, SERVICE_USER } from '../rules/index.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler, ResultOf } from './handler.ts'
import { serviceUser } from './tl-people.ts'
import { updatesOf } from './updates-of.ts'

/** Tells whether a login code can be paid for in a store. */
export const canPurchaseStore: Handler<'payments.canPurchaseStore'> = ({ purpose }, { on, caller }) =>
  canPurchaseCode(on, caller, purchaseOf(purpose))

/** Accepts a receipt of Apple's store for a login code. */
export const assignAppStoreTransaction: Handler<'payments.assignAppStoreTransaction'> = async (
  { receipt, purpose },
  { on, caller, nowS },
) => {
  if (receipt.length === 0) throw refusal('RECEIPT_EMPTY')
  return paid(await payForCode(on, caller, purchaseOf(purpose)), nowS)
}

/** Accepts a receipt of Google's store for a login code. */
export const assignPlayMarketTransaction: Handler<'payments.assignPlayMarketTransaction'> = async (
  { receipt, purpose },
  { on, caller, nowS },
) => {
  if (!isJson(receipt.data)) throw refusal('DATA_JSON_INVALID')
  return paid(await payForCode(on, caller, purchaseOf(purpose)), nowS)
}

/** Gives the form that pays for a login code without a store. */
export const getPaymentForm: Handler<'payments.getPaymentForm'> = async ({ invoice }, { on, caller }) => {
  const { formId, price } = await getCodePaymentForm(on, caller, invoiced(invoice))
  const { currency } = price
  const amount = BigInt(price.amount)
  return {
    _: 'payments.paymentForm',
    formId,
    botId: SERVICE_USER.id,
    title: 'Login code',
    description: 'A code to log in with, by SMS.',
    // No payment method is charged here.
    invoice: {
      _: 'invoice',
      test: true,
      currency,
      prices: [{ _: 'labeledPrice', label: 'Login code', amount }],
    },
    providerId: SERVICE_USER.id,
    url: price.paymentUrl,
    users: [serviceUser()],
  }
}

/** Pays for a login code with a form. */
export const sendPaymentForm: Handler<'payments.sendPaymentForm'> = async (request, context) => {
  const { formId, invoice, credentials } = request
  if (!isPayment(credentials)) throw refusal('PAYMENT_CREDENTIALS_INVALID')
  const sent = await payForCodeByForm(context.on, context.caller, invoiced(invoice), formId)
  return { _: 'payments.paymentResult', updates: paid(sent, context.nowS) }
}

function purchaseOf(purpose: InputStorePaymentPurpose): CodePurchase {
  if (purpose._ !== 'inputStorePaymentAuthCode') throw refusal('INPUT_PURPOSE_INVALID')
  const { phoneNumber, phoneCodeHash, currency, amount } = purpose
  checkTexts(phoneNumber, phoneCodeHash, currency)
  return { phoneNumber, phoneCodeHash, currency, amount }
}

function invoiced(invoice: InputInvoice): CodePurchase {
  if (invoice._ !== 'inputInvoicePremiumAuthCode') throw refusal('INVOICE_INVALID')
  if (invoice.purpose._ !== 'inputStorePaymentAuthCode') throw refusal('INVOICE_INVALID')
  return purchaseOf(invoice.purpose)
}

/** Updates with the code; empty until the operator confirms the payment. */
function paid(sent: SentCode | undefined, nowS: number): ResultOf<'payments.assignAppStoreTransaction'> {
  if (sent !== undefined) return updatesOf({ kind: 'sentCode', sent }, nowS)
  return { _: 'updates', updates: [], users: [], chats: [], date: nowS, seq: 0 }
}

function isPayment(credentials: InputPaymentCredentials): boolean {
  switch (credentials._) {
    case 'inputPaymentCredentials':
      return isJson(credentials.data.data)
    case 'inputPaymentCredentialsApplePay':
      return isJson(credentials.paymentData.data)
    case 'inputPaymentCredentialsGooglePay':
      return isJson(credentials.paymentToken.data)
    case 'inputPaymentCredentialsSaved':
      return false
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
