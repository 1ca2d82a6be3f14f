import { createHash, createHmac } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { findKeyRecord } from '../accounts/decide-keys.ts'
import { keepFutureToken } from './decide-future-tokens.ts'
import type { FutureTokenClaim } from './words.ts'

const TOKEN_BYTES = 32
/** auth.sendCode has no answer for a token below this layer: there a code is sent all the same. */
const FIRST_LAYER = 152

/**
 * Issues a token for the account that is signed in on the key. A client keeps it, so that its next login to the account
 * needs no code; the server keeps only hashes. Undefined for those who could not use it: bots, logins that were brought
 * from another data centre, and clients of old layers.
 */
export function issueTokenAtLogOut(on: Ground, caller: Caller): Promise<Uint8Array | undefined> {
  return issue(on, caller, on.random(TOKEN_BYTES), false)
}

/**
 * Issues a token for somebody who stays signed in: the token ends with this login, unless the login ends by logging out.
 * A login has one token, so that a repeat is answered like the first.
 */
export async function issueTokenWithLogin(on: Ground, caller: Caller): Promise<Uint8Array | undefined> {
  const { store } = on
  const record = await store.look(() => findKeyRecord(store.secret, caller.authKeyId))
  if (record?.state.at !== 'authorized') return undefined
  const login = `${caller.authKeyId} ${record.state.hash}`
  const secret = store.secret.derive('future auth tokens')
  return await issue(on, caller, createHmac('sha256', secret).update(login).digest(), true)
}

async function issue(
  { store, clock, settings }: Ground,
  { authKeyId, layer }: Caller,
  token: Uint8Array,
  withLogin: boolean,
): Promise<Uint8Array | undefined> {
  const { lifetimeS, maxPerAccount } = settings.futureTokens
  if (layer < FIRST_LAYER) return undefined
  const nowMs = clock.nowMs()
  const kept = {
    digest: digestOf(token),
    authKeyId,
    withLogin,
    expiresAtMs: nowMs + lifetimeS * 1000,
    maxPerUser: maxPerAccount,
    nowMs,
  }
  return (await store.decide(() => keepFutureToken(kept))) ? token : undefined
}

/** The claim that the tokens of a request make; undefined if they are to be passed over. */
export function claimByTokens(
  { random, settings }: Pick<Ground, 'random' | 'settings'>,
  { ip, layer }: Caller,
  tokens: readonly Uint8Array[],
): FutureTokenClaim | undefined {
  // The newest are last.
  const digests = tokens.slice(-settings.futureTokens.maxRead).filter(isToken).map(digestOf)
  if (layer < FIRST_LAYER || digests.length === 0) return undefined
  const authorization = { hash: randomLong(random), ip }
  return { digests, authorization, replayWithinMs: settings.replayWithinS * 1000 }
}

function isToken({ length }: Uint8Array): boolean {
  return length === TOKEN_BYTES
}

function digestOf(token: Uint8Array): Uint8Array {
  return createHash('sha256').update(token).digest()
}
