import { createHmac } from 'node:crypto'
import type { SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import { emailPattern } from '../../ground/email-pattern.ts'
import type { Ground } from '../../ground/ground.ts'
import { findLoginEmail } from '../accounts/decide-login-emails.ts'
import { findUsers } from '../accounts/decide-users.ts'
import { requireUserId } from '../accounts/keys.ts'
import { budgetRefusal, budgetsOf } from '../codes/budgets.ts'
import { type EmailCode, makeEmailDelivery } from '../codes/code-deliveries.ts'
import { canonical, makeEmailCode } from '../codes/codes.ts'
import type { CodeGround } from '../codes/deliveries.ts'
import { findHeldCode, requireHeldCode } from '../codes/live-codes.ts'
import type { CodeHash, EmailVerification } from '../codes/words.ts'
import { withNotice } from '../messages/decide-notice.ts'
import { noticesBy } from '../messages/security-notices.ts'
import type { Notice } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { proveEmail, sendEmailCode, vouchForEmail } from './decide-email-codes.ts'
import { checkAllowedEmail } from './email-address.ts'
import { vouchedEmail } from './email-tokens.ts'
import { nextWayOf, sendNextWay, sentCodeNow } from './next-ways.ts'
import type { EmailEffect, EmailProof } from './words.ts'

/** The purpose of a proof: a login that asks for an address, the account that is signed in, or nothing here. */
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

/** An address that somebody has proven: `fresh` once, false in repeats. */
interface ProvenEmail {
  readonly email: string
  readonly fresh: boolean
}

/** The name of each purpose at its delivery, and the words that the person reads. */
const MAILS: {
  readonly [K in EmailPurpose['kind']]: { readonly purpose: EmailCode['purpose']; readonly about: string }
} = {
  setUp: { purpose: 'setUpEmail', about: 'has login codes sent to this address' },
  change: { purpose: 'changeEmail', about: 'has login codes sent to this address from now on' },
  passport: { purpose: 'passportEmail', about: 'shows that this address is yours' },
}

/**
 * Sends a code that proves an address.
 *
 * @throws {RpcError} PHONE_CODE_EMPTY, PHONE_HASH_EXPIRED, EMAIL_NOT_SETUP, EMAIL_INVALID, EMAIL_NOT_ALLOWED
 */
export async function requestEmailCode(
  on: CodeGround,
  caller: Caller,
  purpose: EmailPurpose,
  address: string,
): Promise<SentEmailCode> {
  const { store, clock, random, settings } = on
  const { domains, codeLength, codeLifetimeS } = settings.loginEmail
  const phone = await phoneFor(on, caller, purpose)
  const email = checkAllowedEmail(address, domains)
  const proof = proofOf(caller, purpose)
  const code = makeEmailCode(phone, codeLength, settings, random)
  const nowMs = clock.nowMs()
  const expiresAtMs = nowMs + codeLifetimeS * 1000
  const { about, purpose: mailPurpose } = MAILS[purpose.kind]
  const text = `${code} ${about}. If it was not you who entered it, do nothing.`
  const mail = { phone, email, code, purpose: mailPurpose, text, nowMs, expiresAtMs }
  const delivery = makeEmailDelivery(mail, random)
  const limits = { ...settings, sendLimits: settings.emailLimits }
  const request = {
    ...proof,
    email,
    digest: digestOf(on, proof, code),
    delivery,
    budgets: budgetsOf({ ...caller, phone, email }, limits),
    repeatWithinMs: settings.resendAfterS * 1000,
    expiresAtMs,
    nowMs,
  }
  const sent = await store.decide(() => sendEmailCode(store.secret, request))
  const told = { emailPattern: emailPattern(email), length: code.length }
  if (sent === 'repeated') return told
  if (sent !== 'sent') throw budgetRefusal(sent, limits, nowMs)
  // A provider that refuses for good has nobody to bring it to.
  if (!(await on.deliveries.send(delivery))) throw refusal('EMAIL_INVALID')
  return told
}

/**
 * Proves an address with its code, or with the token of somebody who vouches for it.
 *
 * @throws {RpcError} CODE_INVALID, EMAIL_VERIFY_EXPIRED, PHONE_CODE_EXPIRED, EMAIL_INVALID, EMAIL_NOT_ALLOWED
 */
export async function verifyEmailAddress(
  on: CodeGround,
  caller: Caller,
  purpose: EmailPurpose,
  by: EmailVerification,
): Promise<VerifiedEmail> {
  if (purpose.kind === 'setUp') return await verifySetUp(on, caller, purpose, by)
  const userId = requireUserId(caller.state)
  const { authKeyId } = caller
  const effect =
    purpose.kind === 'change' ? { kind: purpose.kind, userId, authKeyId } : { kind: 'none' as const }
  const notice = noticesBy(on, caller)
  const { email } = await prove(on, proofOf(caller, purpose), by, effect, (proven) =>
    purpose.kind === 'change' ? notice(userId, { kind: 'loginEmailChanged', email: proven }) : undefined,
  )
  return { email, sentCode: undefined }
}

async function verifySetUp(
  on: CodeGround,
  caller: Caller,
  purpose: EmailPurpose & { readonly kind: 'setUp' },
  by: EmailVerification,
): Promise<VerifiedEmail> {
  const live = await requireHeldCode(on, caller, purpose, 400)
  const step = live.chain[live.step] === 'setUpEmail' ? nextWayOf(on, caller, live) : undefined
  const effect = step && { kind: 'setUp' as const, step }
  const { email, fresh } = await prove(on, proofOf(caller, purpose), by, effect)
  if (step === undefined || !fresh) return { email, sentCode: await sentCodeNow(on, caller, purpose) }
  return { email, sentCode: await sendNextWay(on, step, caller) }
}

/**
 * @param effect undefined: only a repeat can be right
 * @param noticeOf the notice that an address has been proven; undefined: nobody is told
 */
async function prove(
  on: Ground,
  proof: EmailProof,
  by: EmailVerification,
  effect: EmailEffect | undefined,
  noticeOf: (email: string) => Notice | undefined = () => undefined,
): Promise<ProvenEmail> {
  if ('token' in by) return await proveByToken(on, by.token, effect, noticeOf)
  if (by.code === '') throw refusal('CODE_INVALID')
  const { store, clock, settings } = on
  const guess = {
    ...proof,
    digest: digestOf(on, proof, by.code),
    maxAttempts: settings.maxAttempts,
    replayWithinMs: settings.replayWithinS * 1000,
    effect,
    nowMs: clock.nowMs(),
  }
  const outcome = await store.decide(() =>
    withNotice(on, proveEmail(store.secret, guess), (outcome) =>
      outcome.kind === 'proven' && outcome.fresh ? noticeOf(outcome.email) : undefined,
    ),
  )
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

async function proveByToken(
  on: Ground,
  token: string,
  effect: EmailEffect | undefined,
  noticeOf: (email: string) => Notice | undefined,
): Promise<ProvenEmail> {
  const { store, settings } = on
  const { testTokens, domains } = settings.loginEmail
  const vouched = testTokens ? vouchedEmail(token) : undefined
  if (vouched === undefined) throw refusal('CODE_INVALID')
  const email = checkAllowedEmail(vouched, domains)
  const isDone =
    effect !== undefined &&
    (await store.decide(() =>
      withNotice(on, vouchForEmail(store.secret, email, effect), (isDone) =>
        isDone ? noticeOf(email) : undefined,
      ),
    ))
  if (!isDone) throw refusal('PHONE_CODE_EXPIRED')
  return { email, fresh: true }
}

/** The number of the login, or of the account that is signed in. */
async function phoneFor(on: Ground, caller: Caller, purpose: EmailPurpose): Promise<string> {
  const { store, clock } = on
  if (purpose.kind === 'setUp') {
    if (purpose.phoneCodeHash === '') throw refusal('PHONE_CODE_EMPTY')
    const live = await findHeldCode(on, caller, purpose, 400)
    if (live === undefined) throw refusal('PHONE_HASH_EXPIRED')
    if (live.chain[live.step] !== 'setUpEmail') throw refusal('EMAIL_NOT_SETUP')
    return live.phone
  }
  const userId = requireUserId(caller.state)
  const nowMs = clock.nowMs()
  const found = await store.look(function* () {
    const [user] = yield* findUsers([userId])
    return user && { user, login: yield* findLoginEmail(user.phone, nowMs) }
  })
  if (found === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
  if (purpose.kind === 'change' && found.login === undefined) throw refusal('EMAIL_NOT_SETUP')
  return found.user.phone
}

function proofOf({ authKeyId, state }: Caller, purpose: EmailPurpose): EmailProof {
  const subject = purpose.kind === 'setUp' ? purpose.phoneCodeHash : String(requireUserId(state))
  return { authKeyId, purpose: purpose.kind, subject }
}

function digestOf({ store }: Ground, { purpose, subject }: EmailProof, code: string): Uint8Array {
  return createHmac('sha256', store.secret.derive('email codes'))
    .update(`${purpose}\0${subject}\0${canonical(code)}`)
    .digest()
}
