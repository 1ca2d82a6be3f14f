import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { listOwnLogins } from '../accounts/decide-own-logins.ts'
import { findUsers } from '../accounts/decide-users.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { User } from '../accounts/words.ts'
import { putNotice } from '../messages/decide-notice.ts'
import { finishLogin } from '../messages/new-logins.ts'
import { noticesBy } from '../messages/security-notices.ts'
import { homeOfUser } from '../numbers/home.ts'
import { checkBan } from '../numbers/phone-rules.ts'
import { refusal } from '../refusal.ts'
import { type AppClaim, checkApp } from './app-check.ts'
import { parseAttestation, parseAuthenticatorData } from './webauthn/authenticator-data.ts'
import { parseClientData } from './webauthn/client-data.ts'
import { ALGORITHMS, hasSigned, publicKeyOf } from './webauthn/public-key.ts'
import type { Passkey } from './words.ts'

/** What a new passkey says of itself. */
export interface NewPasskey {
  /** Its credential id, as base64url. */
  readonly id: string
  readonly clientData: string
  readonly attestation: Uint8Array
}

/** What a passkey says that is to sign somebody in. */
export interface PasskeyAssertion {
  /** Its credential id, as base64url. */
  readonly id: string
  readonly clientData: string
  readonly authenticatorData: Uint8Array
  readonly signature: Uint8Array
  /** `dcId:userId`, as registered. */
  readonly userHandle: string
  /** The key that began, where it is another one, in the data centre the client was in first. */
  readonly from: { readonly authKeyId: bigint; readonly dcId: number } | undefined
}

/** Passkeys; every method throws the RpcError of the rule that refuses. Options are JSON for WebAuthn. */
export interface Passkeys {
  /** @throws {RpcError} API_ID_INVALID, API_ID_PUBLISHED_FLOOD */
  initLogin(caller: Caller, claim: AppClaim): Promise<string>
  /** @throws {RpcError} CREDENTIAL_INVALID, PASSKEY_ORIGIN_MISMATCH, USER_MIGRATE_X, SESSION_PASSWORD_NEEDED */
  finishLogin(caller: Caller, assertion: PasskeyAssertion): Promise<User>
  /** @throws {RpcError} ACCESS_DENIED, FRESH_RESET_AUTHORISATION_FORBIDDEN */
  initRegistration(caller: Caller): Promise<string>
  /** @throws {RpcError} CREDENTIAL_INVALID, PASSKEY_ORIGIN_MISMATCH */
  register(caller: Caller, passkey: NewPasskey): Promise<Passkey>
  list(caller: Caller): Promise<Passkey[]>
  /** False where the account has no such passkey. */
  remove(caller: Caller, id: string): Promise<boolean>
}

const CHALLENGE_BYTES = 32
/** Of credential ids as base64url, which have 1023 bytes at most. */
const MAX_ID = 1364
const MAX_BYTES = 16 * 1024
const HANDLE = /^(\d{1,4}):(\d{1,19})$/

/** The rules of auth.initPasskeyLogin, auth.finishPasskeyLogin and account.*Passkey*. */
export function createPasskeys(parts: Ground): Passkeys {
  const { store, clock, random, settings } = parts
  const { rpId, rpName, maxPerAccount, challengeLifetimeS } = settings.passkeys

  async function challenge(
    { authKeyId }: Caller,
    purpose: 'login' | 'registration',
    { userId, apiId }: { readonly userId: bigint | undefined; readonly apiId: number },
  ): Promise<string> {
    const bytes = random(CHALLENGE_BYTES)
    const expiresAtMs = clock.nowMs() + challengeLifetimeS * 1000
    await store.passkeys.challenge({
      authKeyId,
      purpose,
      digest: digestOf(bytes),
      userId,
      apiId,
      expiresAtMs,
    })
    return toBase64Url(bytes)
  }

  /** The passkey that has signed this, and how often it says that it has signed. */
  async function checkAssertion(
    assertion: PasskeyAssertion,
  ): Promise<{ passkey: Passkey; signCount: number }> {
    const { id, clientData, authenticatorData, signature, userHandle } = assertion
    checkSizes(id, authenticatorData, signature)
    const { signCount } = parseAuthenticatorData(authenticatorData, rpId)
    const passkey = await store.passkeys.find(id)
    const signed = Buffer.concat([authenticatorData, digestOf(Buffer.from(clientData))])
    if (passkey === undefined || HANDLE.exec(userHandle)?.[2] !== String(passkey.userId)) {
      throw refusal('CREDENTIAL_INVALID')
    }
    if (!hasSigned(passkey.publicKey, signed, signature)) throw refusal('CREDENTIAL_INVALID')
    return { passkey, signCount }
  }

  return {
    async initLogin(caller, claim) {
      const { apiId } = await checkApp(parts, claim)
      const asked = await challenge(caller, 'login', { userId: undefined, apiId })
      const timeout = challengeLifetimeS * 1000
      return JSON.stringify({
        publicKey: { challenge: asked, timeout, rpId, allowCredentials: [], userVerification: 'required' },
      })
    },
    async finishLogin(caller, assertion) {
      const answered = parseClientData(assertion.clientData, 'webauthn.get', settings.passkeys)
      const { passkey, signCount } = await checkAssertion(assertion)
      await checkBan(parts, passkey.userId)
      const home = await homeOfUser(parts, passkey.userId)
      if (home !== undefined && home !== caller.dcId) throw refusal('USER_MIGRATE_X', { x: home })
      const { authKeyId, dcId, ip } = caller
      const from = assertion.from ?? { authKeyId, dcId }
      const outcome = await store.passkeys.signIn({
        request: requestOf(caller, parts),
        passkey,
        signCount,
        digest: digestOf(answered),
        from: { authKeyId: from.authKeyId, dcId: settings.dcs === 1 ? undefined : from.dcId },
        authKeyId,
        dcId,
        authorization: { hash: randomLong(random), ip },
        nowMs: clock.nowMs(),
      })
      if (outcome.kind === 'dead') throw refusal('CREDENTIAL_INVALID')
      return await finishLogin(parts, outcome)
    },
    async initRegistration(caller) {
      const userId = requireUserId(caller.state)
      const { logins, ownHash } = await store.look(() => listOwnLogins(userId, caller.authKeyId))
      const own = logins.find(({ hash }) => hash === ownHash)
      const freshAfterS = Math.floor(clock.nowMs() / 1000) - settings.freshLoginS
      // A passkey outlives the login it was made in: a thief who is thrown out on the first day leaves none.
      if (own !== undefined && own.createdAtS > freshAfterS)
        throw refusal('FRESH_RESET_AUTHORISATION_FORBIDDEN')
      const known = await store.passkeys.list(userId)
      if (known.length >= maxPerAccount) throw refusal('ACCESS_DENIED')
      const [user] = await store.look(() => findUsers([userId]))
      if (user === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
      const asked = await challenge(caller, 'registration', { userId, apiId: own?.apiId ?? 0 })
      const handle = `${(await homeOfUser(parts, userId)) ?? caller.dcId}:${userId}`
      return JSON.stringify({
        publicKey: {
          rp: { id: rpId, name: rpName },
          user: {
            id: toBase64Url(Buffer.from(handle)),
            name: `+${user.phone}`,
            displayName: `${user.firstName} ${user.lastName}`.trim(),
          },
          challenge: asked,
          pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
          timeout: challengeLifetimeS * 1000,
          excludeCredentials: known.map(({ id }) => ({ type: 'public-key', id })),
          authenticatorSelection: {
            residentKey: 'required',
            requireResidentKey: true,
            userVerification: 'required',
          },
          attestation: 'none',
        },
      })
    },
    async register(caller, { id, clientData, attestation }) {
      const userId = requireUserId(caller.state)
      const answered = parseClientData(clientData, 'webauthn.create', settings.passkeys)
      checkSizes(id, attestation)
      const { signCount, credential } = parseAttestation(attestation, rpId)
      if (credential === undefined || toBase64Url(credential.id) !== id) throw refusal('CREDENTIAL_INVALID')
      const nowMs = clock.nowMs()
      const passkey: Passkey = {
        id,
        userId,
        publicKey: publicKeyOf(credential.cosePublicKey),
        signCount,
        name: rpName,
        createdAtS: Math.floor(nowMs / 1000),
        usedAtS: undefined,
      }
      const digest = digestOf(answered)
      const isKept = await store.passkeys.register({
        request: requestOf(caller, parts),
        authKeyId: caller.authKeyId,
        digest,
        passkey,
        maxPasskeys: maxPerAccount,
        nowMs,
      })
      if (!isKept) throw refusal('CREDENTIAL_INVALID')
      const notice = noticesBy(parts, caller)(userId, { kind: 'passkeyAdded' })
      await store.decide(() => putNotice(parts, notice))
      return passkey
    },
    list: async ({ state }) => store.passkeys.list(requireUserId(state)),
    async remove(caller, id) {
      const userId = requireUserId(caller.state)
      const request = requestOf(caller, parts)
      const isRemoved = id.length <= MAX_ID && (await store.passkeys.remove(userId, id, request))
      const notice = noticesBy(parts, caller)(userId, { kind: 'passkeyRemoved' })
      if (isRemoved) await store.decide(() => putNotice(parts, notice))
      return isRemoved
    },
  }
}

function checkSizes(id: string, ...parts: readonly Uint8Array[]): void {
  if (id === '' || id.length > MAX_ID || parts.some(({ length }) => length > MAX_BYTES)) {
    throw refusal('CREDENTIAL_INVALID')
  }
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
