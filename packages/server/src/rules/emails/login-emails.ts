import { createHmac } from 'node:crypto'
import type { SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import { emailPattern } from '../../ground/email-pattern.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { budgetRefusal, budgetsOf } from '../codes/budgets.ts'
import { stepAfter } from '../codes/channels.ts'
import { type EmailCode, makeDelivery, makeEmailDelivery } from '../codes/code-deliveries.ts'
import { createCodeSender } from '../codes/code-sender.ts'
import { canonical, digestsOf, makeEmailCode } from '../codes/codes.ts'
import type { Deliveries } from '../codes/deliveries.ts'
import { createLiveCodes } from '../codes/live-codes.ts'
import { createSentCodes } from '../codes/sent-code.ts'
import type { CodeHash, EmailVerification, LiveCode } from '../codes/words.ts'
import { createSecurityNotices } from '../messages/security-notices.ts'
import { refusal } from '../refusal.ts'
import { checkAllowedEmail, checkEmail } from './email-address.ts'
import { vouchedEmail } from './email-tokens.ts'
import type { EmailEffect, EmailProof } from './words.ts'

/** What an address is proven for: a login that asks for one, the account that is signed in, or nothing here. */
export type EmailPurpose =
  | ({ readonly kind: 'setUp' } & CodeHash)
  | { readonly kind: 'change' }
  | { readonly kind: 'passport' }

/** A code that is on its way to an address. */
export interface SentEmailCode {
  readonly emailPattern: string
  readonly length: number
}

/** An address that is proven, and the code of the login it was for. */
export interface VerifiedEmail {
  readonly email: string
  readonly sentCode: SentCode | undefined
}

/** The e-mail that an account's login codes go to; every method throws the RpcError of the rule that refuses. */
export interface LoginEmails {
  /** @throws {RpcError} PHONE_CODE_EMPTY, PHONE_HASH_EXPIRED, EMAIL_NOT_SETUP, EMAIL_INVALID, EMAIL_NOT_ALLOWED */
  sendCode(caller: Caller, purpose: EmailPurpose, address: string): Promise<SentEmailCode>
  /** @throws {RpcError} CODE_INVALID, EMAIL_VERIFY_EXPIRED, PHONE_CODE_EXPIRED, EMAIL_INVALID, EMAIL_NOT_ALLOWED */
  verify(caller: Caller, purpose: EmailPurpose, by: EmailVerification): Promise<VerifiedEmail>
  /**
   * Has the address taken off, at once or after some days: then the code goes another way.
   * @throws {RpcError} EMAIL_INSTALL_MISSING, TASK_ALREADY_EXISTS, PHONE_CODE_EXPIRED
   */
  reset(caller: Caller, request: CodeHash): Promise<SentCode>
  /** @param phone digits only */
  of(phone: string): Promise<string | undefined>
  /** The operator's way, which needs no proof; null takes it away. @throws {RpcError} EMAIL_INVALID */
  set(userId: bigint, email: string | null): Promise<void>
}

/** What each purpose is called at its delivery, and what the person reads. */
const MAILS: {
  readonly [K in EmailPurpose['kind']]: { readonly purpose: EmailCode['purpose']; readonly about: string }
} = {
  setUp: { purpose: 'setUpEmail', about: 'has login codes sent to this address' },
  change: { purpose: 'changeEmail', about: 'has login codes sent to this address from now on' },
  passport: { purpose: 'passportEmail', about: 'shows that this address is yours' },
}

/** The rules of account.sendVerifyEmailCode, account.verifyEmail and auth.resetLoginEmail. */
export function createLoginEmails(parts: Ground, deliveries: Deliveries): LoginEmails {
  const { store, clock, random, settings } = parts
  const { domains, codeLength, codeLifetimeS, resetAfterS } = settings.loginEmail
  const emailLimits = { ...settings, sendLimits: settings.emailLimits }
  // Telegram documents PHONE_NUMBER_INVALID for these under 400 alone.
  const codes = createLiveCodes(parts, 400)
  const sentCodeOf = createSentCodes(parts)
  const pepper = store.deriveSecret('email codes')
  const phonePepper = store.deriveSecret('phone codes')
  const sender = createCodeSender(parts, deliveries, phonePepper)
  const notices = createSecurityNotices(parts)

  function digestOf({ purpose, subject }: EmailProof, code: string): Uint8Array {
    return createHmac('sha256', pepper)
      .update(`${purpose}\0${subject}\0${canonical(code)}`)
      .digest()
  }

  function proofOf({ authKeyId, state }: Caller, purpose: EmailPurpose): EmailProof {
    const subject = purpose.kind === 'setUp' ? purpose.phoneCodeHash : String(requireUserId(state))
    return { authKeyId, purpose: purpose.kind, subject }
  }

  /** Of the login, or of the account that is signed in. */
  async function phoneFor(caller: Caller, purpose: EmailPurpose): Promise<string> {
    if (purpose.kind === 'setUp') {
      if (purpose.phoneCodeHash === '') throw refusal('PHONE_CODE_EMPTY')
      const live = await codes.find(caller, purpose)
      if (live === undefined) throw refusal('PHONE_HASH_EXPIRED')
      if (wayOf(live) !== 'setUpEmail') throw refusal('EMAIL_NOT_SETUP')
      return live.phone
    }
    const [user] = await store.users.find([requireUserId(caller.state)])
    if (user === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
    const hasEmail = (await store.loginEmails.find(user.phone, clock.nowMs())) !== undefined
    if (purpose.kind === 'change' && !hasEmail) throw refusal('EMAIL_NOT_SETUP')
    return user.phone
  }

  /** The code as it goes on after what it has waited for; undefined where there is nothing after that. */
  function goOn(caller: Caller, live: LiveCode): LiveCode | undefined {
    const next = stepAfter(live, caller)
    const nowMs = clock.nowMs()
    const expiresAtMs = nowMs + settings.codeLifetimeS * 1000
    const resends = live.resends + 1
    return next && { ...live, step: next.step, resends, sentAtMs: nowMs, expiresAtMs }
  }

  function stepTo(code: LiveCode, fromResends: number) {
    const { phoneCodeHash, phone, authKeyId, dcId, step: toStep, sentAtMs: nowMs, expiresAtMs } = code
    const ref = { phoneCodeHash, phone, authKeyId, dcId }
    const [delivery, digests] = [makeDelivery(code, random), digestsOf(phonePepper, code)]
    const channel = code.chain[toStep] ?? code.chain[0]
    return { code, ref, fromResends, toStep, channel, digests, delivery, expiresAtMs, nowMs }
  }

  type Step = ReturnType<typeof stepTo>

  async function sendStep({ code, delivery }: Step, caller: Caller): Promise<SentCode> {
    const sent = await sender.send(code, delivery, caller)
    // A code that no provider takes is dead.
    if (sent.kind === 'refused') throw refusal('PHONE_CODE_EXPIRED')
    return sentCodeOf(sent.code, caller)
  }

  async function sentCodeNow(caller: Caller, request: CodeHash): Promise<SentCode> {
    return sentCodeOf(await codes.require(caller, request), caller)
  }

  async function prove(
    caller: Caller,
    purpose: EmailPurpose,
    by: EmailVerification,
    effect: EmailEffect | undefined,
  ): Promise<{ readonly email: string; readonly fresh: boolean }> {
    const { testTokens } = settings.loginEmail
    if ('token' in by) {
      const email = testTokens ? vouchedEmail(by.token) : undefined
      if (email === undefined) throw refusal('CODE_INVALID')
      const allowed = checkAllowedEmail(email, domains)
      if (effect === undefined || !(await store.loginEmails.vouch(allowed, effect))) {
        throw refusal('PHONE_CODE_EXPIRED')
      }
      return { email: allowed, fresh: true }
    }
    if (by.code === '') throw refusal('CODE_INVALID')
    const proof = proofOf(caller, purpose)
    const outcome = await store.loginEmails.prove({
      ...proof,
      digest: digestOf(proof, by.code),
      maxAttempts: settings.maxAttempts,
      replayWithinMs: settings.replayWithinS * 1000,
      effect,
      nowMs: clock.nowMs(),
    })
    switch (outcome.kind) {
      case 'proven':
        return outcome
      case 'wrong':
        throw refusal('CODE_INVALID')
      case 'dead':
        throw refusal('EMAIL_VERIFY_EXPIRED')
      case 'over':
        throw refusal('PHONE_CODE_EXPIRED')
    }
  }

  async function verifySetUp(
    caller: Caller,
    purpose: EmailPurpose & { readonly kind: 'setUp' },
    by: EmailVerification,
  ): Promise<VerifiedEmail> {
    const live = await codes.require(caller, purpose)
    const code = wayOf(live) === 'setUpEmail' ? goOn(caller, live) : undefined
    const step = code && stepTo(code, live.resends)
    const { email, fresh } = await prove(caller, purpose, by, step && { kind: 'setUp', step })
    if (step === undefined || !fresh) return { email, sentCode: await sentCodeNow(caller, purpose) }
    return { email, sentCode: await sendStep(step, caller) }
  }

  return {
    async sendCode(caller, purpose, address) {
      const phone = await phoneFor(caller, purpose)
      const email = checkAllowedEmail(address, domains)
      const proof = proofOf(caller, purpose)
      const code = makeEmailCode(phone, codeLength, settings, random)
      const nowMs = clock.nowMs()
      const expiresAtMs = nowMs + codeLifetimeS * 1000
      const { about, purpose: mailPurpose } = MAILS[purpose.kind]
      const text = `${code} ${about}. If it was not you who entered it, do nothing.`
      const mail = { phone, email, code, purpose: mailPurpose, text, nowMs, expiresAtMs }
      const delivery = makeEmailDelivery(mail, random)
      const sender = { ...caller, phone, email }
      const sent = await store.loginEmails.sendCode({
        ...proof,
        email,
        digest: digestOf(proof, code),
        delivery,
        budgets: budgetsOf(sender, emailLimits),
        repeatWithinMs: settings.resendAfterS * 1000,
        expiresAtMs,
        nowMs,
      })
      const told = { emailPattern: emailPattern(email), length: code.length }
      if (sent === 'repeated') return told
      if (sent !== 'sent') throw budgetRefusal(sent, emailLimits, nowMs)
      // A provider that refuses for good has nobody to bring it to.
      if (!(await deliveries.send(delivery))) throw refusal('EMAIL_INVALID')
      return told
    },
    of: async (phone) => (await store.loginEmails.find(phone, clock.nowMs()))?.email,
    async set(userId, email) {
      await store.loginEmails.set(userId, email === null ? undefined : checkEmail(email))
    },
    async verify(caller, purpose, by) {
      if (purpose.kind === 'setUp') return verifySetUp(caller, purpose, by)
      const userId = requireUserId(caller.state)
      const { authKeyId } = caller
      const effect =
        purpose.kind === 'change' ? { kind: purpose.kind, userId, authKeyId } : { kind: 'none' as const }
      const { email, fresh } = await prove(caller, purpose, by, effect)
      if (fresh && purpose.kind === 'change') {
        await notices.tell(userId, { kind: 'loginEmailChanged', email }, caller)
      }
      return { email, sentCode: undefined }
    },
    async reset(caller, request) {
      const live = await codes.require(caller, request)
      const code = goOn(caller, live)
      if (wayOf(live) !== 'email' || code === undefined) throw refusal('EMAIL_INSTALL_MISSING')
      const { phone } = live
      const nowMs = clock.nowMs()
      const known = await store.loginEmails.find(phone, nowMs)
      const user = await store.users.findByPhone(phone)
      if (known !== undefined && resetAfterS > 0) {
        const untilMs = nowMs + resetAfterS * 1000
        const notice = notices.prepare({ kind: 'loginEmailResetAsked', ...known, untilMs }, caller)
        const isNew = await store.loginEmails.requestReset(phone, untilMs, nowMs, notice)
        if (!isNew) throw refusal('TASK_ALREADY_EXISTS')
        if (user !== undefined) await notices.announce(user.id, notice)
        return await sentCodeOf(live, caller)
      }
      const step = stepTo(code, live.resends)
      const outcome = await store.loginEmails.reset(step, budgetsOf({ ...live, ip: caller.ip }, settings))
      // A repeat of this very request was quicker: its answer is ours.
      if (outcome === 'moved') return await sentCodeNow(caller, request)
      if (outcome !== 'reset') throw budgetRefusal(outcome, settings, nowMs)
      if (known !== undefined && user !== undefined) {
        await notices.tell(user.id, { kind: 'loginEmailRemoved', ...known }, caller)
      }
      return await sendStep(step, caller)
    },
  }
}

function wayOf({ chain, step }: LiveCode) {
  return chain[step]
}
