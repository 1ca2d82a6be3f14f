import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { refusal } from '../refusal.ts'
import { keepPasskeyChallenge } from './decide-passkeys.ts'
import type { PasskeyChallenge } from './words.ts'

const CHALLENGE_BYTES = 32
/** The longest credential id as base64url: 1023 bytes. */
export const MAX_PASSKEY_ID = 1364
const MAX_BYTES = 16 * 1024

/** Makes the challenge that a passkey is to sign. @returns base64url */
export async function challengePasskey(
  { store, clock, random, settings }: Ground,
  { authKeyId }: Caller,
  about: Pick<PasskeyChallenge, 'purpose' | 'userId' | 'apiId'>,
): Promise<string> {
  const bytes = random(CHALLENGE_BYTES)
  const expiresAtMs = clock.nowMs() + settings.passkeys.challengeLifetimeS * 1000
  const kept = { ...about, authKeyId, digest: sha256(bytes), expiresAtMs }
  await store.decide(() => keepPasskeyChallenge(kept))
  return toBase64Url(bytes)
}

/** @throws {RpcError} CREDENTIAL_INVALID for what no authenticator sends */
export function checkSizes(id: string, ...parts: readonly Uint8Array[]): void {
  if (id === '' || id.length > MAX_PASSKEY_ID || parts.some(({ length }) => length > MAX_BYTES))
    throw refusal('CREDENTIAL_INVALID')
}

/** The hash that challenges are kept by and client data are signed with. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/** Bytes as WebAuthn writes them in JSON. */
export function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
