import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { requireSignedIn } from '../accounts/signed-in.ts'
import type { User } from '../accounts/words.ts'
import { withLoginNotice } from '../messages/decide-notice.ts'
import { checkAccountMaySignIn } from '../numbers/home.ts'
import { refusal } from '../refusal.ts'
import { type AppClaim, checkApp } from './app-check.ts'
import { findPasskey, signInByPasskey } from './decide-passkeys.ts'
import { challengePasskey, checkSizes, sha256 } from './passkey-challenges.ts'
import { parseAuthenticatorData } from './webauthn/authenticator-data.ts'
import { parseClientData } from './webauthn/client-data.ts'
import { hasSigned } from './webauthn/public-key.ts'
import type { Passkey } from './words.ts'

/** An assertion of a passkey that is to sign somebody in. */
export interface PasskeyAssertion {
  /** Its credential id, as base64url. */
  readonly id: string
  readonly clientData: string
  readonly authenticatorData: Uint8Array
  readonly signature: Uint8Array
  /** `dcId:userId`, as registered. */
  readonly userHandle: string
  /** The key that began, if it is another one, in the data centre that the client was in first. */
  readonly from: { readonly authKeyId: bigint; readonly dcId: number } | undefined
}

const HANDLE = /^(\d{1,4}):(\d{1,19})$/

/** The options that a passkey signs in with, JSON for WebAuthn. @throws {RpcError} API_ID_INVALID, API_ID_PUBLISHED_FLOOD */
export async function beginPasskeyLogin(on: Ground, caller: Caller, claim: AppClaim): Promise<string> {
  const { rpId, challengeLifetimeS } = on.settings.passkeys
  const { apiId } = await checkApp(on, claim)
  const challenge = await challengePasskey(on, caller, { purpose: 'login', userId: undefined, apiId })
  const timeout = challengeLifetimeS * 1000
  return JSON.stringify({
    publicKey: { challenge, timeout, rpId, allowCredentials: [], userVerification: 'required' },
  })
}

/**
 * Signs the key in with a passkey.
 *
 * @throws {RpcError} CREDENTIAL_INVALID, PASSKEY_ORIGIN_MISMATCH, USER_MIGRATE_X, SESSION_PASSWORD_NEEDED
 */
export async function signInWithPasskey(
  on: Ground,
  caller: Caller,
  assertion: PasskeyAssertion,
): Promise<User> {
  const { store, clock, random, settings } = on
  const answered = parseClientData(assertion.clientData, 'webauthn.get', settings.passkeys)
  const { passkey, signCount } = await checkAssertion(on, assertion)
  await checkAccountMaySignIn(on, passkey.userId, caller)
  const { authKeyId, dcId, ip } = caller
  const from = assertion.from ?? { authKeyId, dcId }
  const login = {
    request: requestOf(caller, on),
    passkey,
    signCount,
    digest: sha256(answered),
    from: { authKeyId: from.authKeyId, dcId: settings.dcs === 1 ? undefined : from.dcId },
    authKeyId,
    dcId,
    authorization: { hash: randomLong(random), ip },
    nowMs: clock.nowMs(),
  }
  const outcome = await store.decide(() => withLoginNotice(on, signInByPasskey(store.secret, login)))
  if (outcome.kind === 'dead') throw refusal('CREDENTIAL_INVALID')
  return requireSignedIn(outcome)
}

/** The passkey that has signed this, and its own count of signatures. @throws {RpcError} CREDENTIAL_INVALID */
async function checkAssertion(
  { store, settings }: Ground,
  { id, clientData, authenticatorData, signature, userHandle }: PasskeyAssertion,
): Promise<{ readonly passkey: Passkey; readonly signCount: number }> {
  checkSizes(id, authenticatorData, signature)
  const { signCount } = parseAuthenticatorData(authenticatorData, settings.passkeys.rpId)
  const passkey = await store.look(() => findPasskey(id))
  const signed = Buffer.concat([authenticatorData, sha256(Buffer.from(clientData))])
  if (passkey === undefined || HANDLE.exec(userHandle)?.[2] !== String(passkey.userId))
    throw refusal('CREDENTIAL_INVALID')
  if (!hasSigned(passkey.publicKey, signed, signature)) throw refusal('CREDENTIAL_INVALID')
  return { passkey, signCount }
}
