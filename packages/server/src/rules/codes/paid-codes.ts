import { createHmac } from 'node:crypto'
import type { CodePrice, SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { refusal } from '../refusal.ts'
import { createCodeSender } from './code-sender.ts'
import { findLiveCode, listLiveCodes } from './decide-live-codes.ts'
import type { Deliveries } from './deliveries.ts'
import { createLiveCodes } from './live-codes.ts'
import { createSentCodes } from './sent-code.ts'
import type { CodeHash, LiveCode } from './words.ts'

/** What a client wants to pay for. */
export interface CodePurchase extends CodeHash {
  readonly currency: string
  readonly amount: bigint
}

/** A form that is paid where there is no store. */
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

/** Codes that have to be paid for; every method throws the RpcError of the rule that refuses. */
export interface PaidCodes {
  /** Whether there is something to pay. @throws {RpcError} INPUT_PURPOSE_INVALID */
  canPurchase(caller: Caller, purchase: CodePurchase): Promise<boolean>
  /**
   * Takes a receipt of a store. Undefined where the operator has yet to say that it is paid.
   * @throws {RpcError} INPUT_PURPOSE_INVALID, SMS_CODE_CREATE_FAILED
   */
  pay(caller: Caller, purchase: CodePurchase): Promise<SentCode | undefined>
  /** @throws {RpcError} INVOICE_INVALID, NO_PAYMENT_NEEDED */
  form(caller: Caller, purchase: CodePurchase): Promise<PaymentForm>
  /** The same as `pay`, by a form. @throws {RpcError} INVOICE_INVALID, SMS_CODE_CREATE_FAILED */
  payForm(caller: Caller, purchase: CodePurchase, formId: bigint): Promise<SentCode | undefined>
  /** Where the code is: still to be paid for, or on its way. @throws {RpcError} PHONE_CODE_EXPIRED, INVOICE_INVALID */
  check(caller: Caller, paid: CodeHash & { readonly formId: bigint }): Promise<SentCode>
  /** What waits for the operator. */
  unpaid(phone: string): Promise<UnpaidCode[]>
  /** All that wait for this number are paid, and sent; how many those were. */
  settle(phone: string): Promise<number>
  /** The code of this key that was paid for and sent; undefined: none, or its time is over. */
  sentTo(authKeyId: bigint, phone: string): Promise<SentCode | undefined>
}

/** The rules of codes that have to be paid for. */
export function createPaidCodes(parts: Ground, deliveries: Deliveries, pepper: Uint8Array): PaidCodes {
  const { store, clock, bus, settings } = parts
  const sender = createCodeSender(parts, deliveries, pepper)
  const codes = createLiveCodes(parts, 400)
  const told = createSentCodes(parts)

  const isUnpaid = ({ chain, step }: LiveCode): boolean => chain[step] === 'payment'

  /** Another for each code, and the same whenever it is asked for. */
  function formIdOf({ phoneCodeHash }: LiveCode): bigint {
    const digest = createHmac('sha256', pepper).update(`form\0${phoneCodeHash}`).digest()
    return digest.readBigUInt64BE() & 0x7fff_ffff_ffff_ffffn
  }

  async function find(caller: Caller, purchase: CodePurchase): Promise<LiveCode | undefined> {
    const live = await codes.find(caller, purchase)
    if (live?.chain[0] !== 'payment') return undefined
    const { currency, amount } = settings.codePrice
    return purchase.currency === currency && purchase.amount === BigInt(amount) ? live : undefined
  }

  /** The code goes its first way; its budgets were charged when it was asked for. Undefined: somebody else was quicker. */
  async function send(live: LiveCode): Promise<SentCode | undefined> {
    const caller = { channels: new Set(live.chain) }
    const outcome = await sender.advance(live, live.step + 1, [], caller)
    if (outcome.kind === 'refused') throw refusal('SMS_CODE_CREATE_FAILED')
    return outcome.kind === 'sent' ? await told(outcome.code, caller) : undefined
  }

  async function pay(caller: Caller, live: LiveCode): Promise<SentCode | undefined> {
    if (!isUnpaid(live)) return await told(live, caller)
    if (settings.codePayments === 'operator') return undefined
    const sent = await send(live)
    if (sent !== undefined) return sent
    // Somebody else was quicker: it is paid all the same.
    const moved = await store.look(() => findLiveCode(store.secret, live, clock.nowMs()))
    return moved && (await told(moved, caller))
  }

  return {
    async canPurchase(caller, purchase) {
      const live = await find(caller, purchase)
      if (live === undefined) throw refusal('INPUT_PURPOSE_INVALID')
      return isUnpaid(live)
    },
    async pay(caller, purchase) {
      const live = await find(caller, purchase)
      if (live === undefined) throw refusal('INPUT_PURPOSE_INVALID')
      return await pay(caller, live)
    },
    async form(caller, purchase) {
      const live = await find(caller, purchase)
      if (live === undefined) throw refusal('INVOICE_INVALID')
      if (!isUnpaid(live)) throw refusal('NO_PAYMENT_NEEDED')
      return { formId: formIdOf(live), price: settings.codePrice }
    },
    async payForm(caller, purchase, formId) {
      const live = await find(caller, purchase)
      if (live === undefined || formId !== formIdOf(live)) throw refusal('INVOICE_INVALID')
      return await pay(caller, live)
    },
    async check(caller, { formId, ...held }) {
      const live = await codes.require(caller, held)
      if (formId !== formIdOf(live)) throw refusal('INVOICE_INVALID')
      return await told(live, caller)
    },
    async unpaid(phone) {
      const live = await store.look(() => listLiveCodes(store.secret, phone, clock.nowMs()))
      return live.filter(isUnpaid).map(({ sentAtMs, expiresAtMs }) => ({
        phone,
        sinceS: Math.floor(sentAtMs / 1000),
        expiresAtS: Math.floor(expiresAtMs / 1000),
      }))
    },
    async sentTo(authKeyId, phone) {
      const live = await store.look(() => listLiveCodes(store.secret, phone, clock.nowMs()))
      const code = live.find((each) => each.authKeyId === authKeyId && !isUnpaid(each))
      return code && (await told(code, { channels: new Set(code.chain) }))
    },
    async settle(phone) {
      const live = await store.look(() => listLiveCodes(store.secret, phone, clock.nowMs()))
      const settled = await Promise.all(
        live.filter(isUnpaid).map(async (code) => {
          const sent = await send(code)
          if (sent === undefined) return 0
          bus.publish([{ kind: 'paidCode', authKeyId: String(code.authKeyId), phone: code.phone }])
          return 1
        }),
      )
      return settled.reduce<number>((sum, count) => sum + count, 0)
    },
  }
}
