import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { listOwnLogins } from '../accounts/decide-own-logins.ts'
import { findUsers } from '../accounts/decide-users.ts'
import { requireUserId } from '../accounts/keys.ts'
import { withNotice } from '../messages/decide-notice.ts'
import { noticesBy } from '../messages/security-notices.ts'
import { lookUpNumberOf } from '../numbers/home.ts'
import { refusal } from '../refusal.ts'
import { keepPasskey, listPasskeys, removePasskey } from './decide-passkeys.ts'
import { challengePasskey, checkSizes, MAX_PASSKEY_ID, sha256, toBase64Url } from './passkey-challenges.ts'
import { parseAttestation } from './webauthn/authenticator-data.ts'
import { parseClientData } from './webauthn/client-data.ts'
import { ALGORITHMS, publicKeyOf } from './webauthn/public-key.ts'
import type { Passkey } from './words.ts'

/** The attestation of a new passkey. */
export interface NewPasskey {
  /** Its credential id, as base64url. */
  readonly id: string
  readonly clientData: string
  readonly attestation: Uint8Array
}

/**
 * The options that a passkey is registered with, JSON for WebAuthn.
 *
 * @throws {RpcError} ACCESS_DENIED, FRESH_RESET_AUTHORISATION_FORBIDDEN
 */
export async function beginPasskeyRegistration(on: Ground, caller: Caller): Promise<string> {
  const { store, settings } = on
  const { rpId, rpName, maxPerAccount, challengeLifetimeS } = settings.passkeys
  const userId = requireUserId(caller.state)
  const apiId = await requireOldLogin(on, caller, userId)
  const known = await store.look(() => listPasskeys(userId))
  if (known.length >= maxPerAccount) throw refusal('ACCESS_DENIED')
  const [user] = await store.look(() => findUsers([userId]))
  if (user === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
  const challenge = await challengePasskey(on, caller, { purpose: 'registration', userId, apiId })
  const number = await lookUpNumberOf(on, userId)
  const handle = `${number?.homeDc ?? caller.dcId}:${userId}`
  return JSON.stringify({
    publicKey: {
      rp: { id: rpId, name: rpName },
      user: {
        id: toBase64Url(Buffer.from(handle)),
        name: `+${user.phone}`,
        displayName: `${user.firstName} ${user.lastName}`.trim(),
      },
      challenge,
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
}

/**
 * The app of a login that is old enough. A passkey outlives the login it was made in: a thief who is thrown out on the
 * first day leaves none.
 */
async function requireOldLogin(
  { store, clock, settings }: Ground,
  { authKeyId }: Caller,
  userId: bigint,
): Promise<number> {
  const { logins, ownHash } = await store.look(() => listOwnLogins(userId, authKeyId))
  const own = logins.find(({ hash }) => hash === ownHash)
  const freshAfterS = Math.floor(clock.nowMs() / 1000) - settings.freshLoginS
  if (own !== undefined && own.createdAtS > freshAfterS) throw refusal('FRESH_RESET_AUTHORISATION_FORBIDDEN')
  return own?.apiId ?? 0
}

/** Adds a passkey to the account. @throws {RpcError} CREDENTIAL_INVALID, PASSKEY_ORIGIN_MISMATCH */
export async function addPasskey(
  on: Ground,
  caller: Caller,
  { id, clientData, attestation }: NewPasskey,
): Promise<Passkey> {
  const { store, clock, settings } = on
  const { rpId, rpName, maxPerAccount } = settings.passkeys
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
  const asked = {
    request: requestOf(caller, on),
    authKeyId: caller.authKeyId,
    digest: sha256(answered),
    passkey,
    maxPasskeys: maxPerAccount,
    nowMs,
  }
  const notice = noticesBy(on, caller)(userId, { kind: 'passkeyAdded' })
  const isKept = await store.decide(() =>
    withNotice(on, keepPasskey(store.secret, asked), (isKept) => (isKept ? notice : undefined)),
  )
  if (!isKept) throw refusal('CREDENTIAL_INVALID')
  return passkey
}

/** The passkeys of the account, oldest first. */
export async function passkeysOf({ store }: Ground, { state }: Caller): Promise<Passkey[]> {
  const userId = requireUserId(state)
  return await store.look(() => listPasskeys(userId))
}

/** Takes a passkey from the account. False if the account has no such passkey. */
export async function takePasskeyAway(on: Ground, caller: Caller, id: string): Promise<boolean> {
  const { store } = on
  const userId = requireUserId(caller.state)
  const request = requestOf(caller, on)
  if (id.length > MAX_PASSKEY_ID) return false
  const notice = noticesBy(on, caller)(userId, { kind: 'passkeyRemoved' })
  return await store.decide(() =>
    withNotice(on, removePasskey(store.secret, userId, id, request), (isRemoved) =>
      isRemoved ? notice : undefined,
    ),
  )
}
