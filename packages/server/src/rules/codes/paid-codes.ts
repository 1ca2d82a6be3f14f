import { createHmac } from 'node:crypto'
import type { CodePrice, SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { refusal } from '../refusal.ts'
import { advanceCode } from './code-sender.ts'
import { codePepper } from './codes.ts'
import { findLiveCode, listLiveCodes } from './decide-live-codes.ts'
import type { CodeGround } from './deliveries.ts'
import { findHeldCode, requireHeldCode } from './live-codes.ts'
import { describeCode } from './sent-code.ts'
import type { CodeHash, LiveCode } from './words.ts'

/** The code that a client wants to pay for. */
export interface CodePurchase extends CodeHash {
  readonly currency: string
  readonly amount: bigint
}

/** A form to pay with where there is no store. */
export interface PaymentForm {
  readonly formId: bigint
  readonly price: CodePrice
}

/** A code that waits to be paid for. */
export interface UnpaidCode {
  readonly phone: string
  readonly sinceS: number
  readonly expiresAtS: number
}

/** Tells whether there is something to pay. @throws {RpcError} INPUT_PURPOSE_INVALID */
export async function canPurchaseCode(on: Ground, caller: Caller, purchase: CodePurchase): Promise<boolean> {
  const live = await findPriced(on, caller, purchase)
  if (live === undefined) throw refusal('INPUT_PURPOSE_INVALID')
  return isUnpaid(live)
}

/**
 * Takes a receipt of a store. Undefined if the operator has yet to say that the code is paid for.
 *
 * @throws {RpcError} INPUT_PURPOSE_INVALID, SMS_CODE_CREATE_FAILED
 */
export async function payForCode(
  on: CodeGround,
  caller: Caller,
  purchase: CodePurchase,
): Promise<SentCode | undefined> {
  const live = await findPriced(on, caller, purchase)
  if (live === undefined) throw refusal('INPUT_PURPOSE_INVALID')
  return await pay(on, caller, live)
}

/** Gives a form to pay with. @throws {RpcError} INVOICE_INVALID, NO_PAYMENT_NEEDED */
export async function getCodePaymentForm(
  on: Ground,
  caller: Caller,
  purchase: CodePurchase,
): Promise<PaymentForm> {
  const live = await findPriced(on, caller, purchase)
  if (live === undefined) throw refusal('INVOICE_INVALID')
  if (!isUnpaid(live)) throw refusal('NO_PAYMENT_NEEDED')
  return { formId: formIdOf(on, live), price: on.settings.codePrice }
}

/** Takes a payment by form, as {@link payForCode} takes a receipt. @throws {RpcError} INVOICE_INVALID, SMS_CODE_CREATE_FAILED */
export async function payForCodeByForm(
  on: CodeGround,
  caller: Caller,
  purchase: CodePurchase,
  formId: bigint,
): Promise<SentCode | undefined> {
  const live = await findPriced(on, caller, purchase)
  if (live === undefined || formId !== formIdOf(on, live)) throw refusal('INVOICE_INVALID')
  return await pay(on, caller, live)
}

/** Tells where the code is: still to be paid for, or on its way. @throws {RpcError} PHONE_CODE_EXPIRED, INVOICE_INVALID */
export async function checkPaidCode(
  on: Ground,
  caller: Caller,
  { formId, ...held }: CodeHash & { readonly formId: bigint },
): Promise<SentCode> {
  const live = await requireHeldCode(on, caller, held, 400)
  if (formId !== formIdOf(on, live)) throw refusal('INVOICE_INVALID')
  return await describeCode(on, live, caller)
}

/** The codes of a number that wait for the operator. */
export async function listUnpaidCodes(on: Ground, phone: string): Promise<UnpaidCode[]> {
  const live = await listLive(on, phone)
  return live.filter(isUnpaid).map(({ sentAtMs, expiresAtMs }) => ({
    phone,
    sinceS: Math.floor(sentAtMs / 1000),
    expiresAtS: Math.floor(expiresAtMs / 1000),
  }))
}

/** Counts all codes that wait for this number as paid, and sends them. @returns how many those were */
export async function settleUnpaidCodes(on: CodeGround, phone: string): Promise<number> {
  const unpaid = (await listLive(on, phone)).filter(isUnpaid)
  const settled = await Promise.all(unpaid.map((code) => settle(on, code)))
  return settled.filter(Boolean).length
}

/** The code of this key that was paid for and sent; undefined if there is none, or its time is over. */
export async function findPaidCode(
  on: Ground,
  authKeyId: bigint,
  phone: string,
): Promise<SentCode | undefined> {
  const live = await listLive(on, phone)
  const code = live.find((each) => each.authKeyId === authKeyId && !isUnpaid(each))
  return code && (await describeCode(on, code, { channels: new Set(code.chain) }))
}

async function settle(on: CodeGround, code: LiveCode): Promise<boolean> {
  if ((await sendPaid(on, code)) === undefined) return false
  on.bus.publish([{ kind: 'paidCode', authKeyId: String(code.authKeyId), phone: code.phone }])
  return true
}

function isUnpaid({ chain, step }: LiveCode): boolean {
  return chain[step] === 'payment'
}

function listLive({ store, clock }: Ground, phone: string): Promise<LiveCode[]> {
  return store.look(() => listLiveCodes(store.secret, phone, clock.nowMs()))
}

/** Another for each code, and the same whenever it is asked for. */
function formIdOf(on: Ground, { phoneCodeHash }: LiveCode): bigint {
  const digest = createHmac('sha256', codePepper(on)).update(`form\0${phoneCodeHash}`).digest()
  return digest.readBigUInt64BE() & 0x7fff_ffff_ffff_ffffn
}

/** The code to be paid for, if the client names its price. */
async function findPriced(on: Ground, caller: Caller, purchase: CodePurchase): Promise<LiveCode | undefined> {
  const live = await findHeldCode(on, caller, purchase, 400)
  if (live?.chain[0] !== 'payment') return undefined
  const { currency, amount } = on.settings.codePrice
  return purchase.currency === currency && purchase.amount === BigInt(amount) ? live : undefined
}

async function pay(on: CodeGround, caller: Caller, live: LiveCode): Promise<SentCode | undefined> {
  const { store, clock, settings } = on
  if (!isUnpaid(live)) return await describeCode(on, live, caller)
  if (settings.codePayments === 'operator') return undefined
  const sent = await sendPaid(on, live)
  if (sent !== undefined) return sent
  // Somebody else was quicker: it is paid all the same.
  const moved = await store.look(() => findLiveCode(store.secret, live, clock.nowMs()))
  return moved && (await describeCode(on, moved, caller))
}

/** Sends the code its first way; its budgets were charged when it was asked for. Undefined: somebody else was quicker. */
async function sendPaid(on: CodeGround, live: LiveCode): Promise<SentCode | undefined> {
  const caller = { channels: new Set(live.chain) }
  const outcome = await advanceCode(on, live, { toStep: live.step + 1, budgets: [] }, caller)
  if (outcome.kind === 'refused') throw refusal('SMS_CODE_CREATE_FAILED')
  return outcome.kind === 'sent' ? await describeCode(on, outcome.code, caller) : undefined
}
