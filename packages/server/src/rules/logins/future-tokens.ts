import { createHash, createHmac } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { findKeyRecord } from '../accounts/decide-keys.ts'
import type { FutureTokenClaim } from './words.ts'

/**
 * Future auth tokens: what a client keeps, so that its next login to the account needs no code. Only hashes of them are
 * kept.
 */
export interface FutureTokens {
  /**
   * A token for the account that is signed in on the key; undefined where it could not be used: for bots, for logins
   * that were brought from another data centre, and for clients of old layers.
   */
  issueAtLogOut(caller: Caller): Promise<Uint8Array | undefined>
  /**
   * The same for who goes on being signed in: it ends with this login, unless that is by logging out. One login has one,
   * so that a repeat is answered like the first.
   */
  issueWithLogin(caller: Caller): Promise<Uint8Array | undefined>
  /** What the tokens of a request come to; undefined where they are to be passed over. */
  claim(caller: Caller, tokens: readonly Uint8Array[]): FutureTokenClaim | undefined
}

const TOKEN_BYTES = 32
/** auth.sendCode has no answer for it below: there, a code is sent all the same. */
const FIRST_LAYER = 152

/** The rules of future auth tokens. */
export function createFutureTokens({ store, clock, random, settings }: Ground): FutureTokens {
  const { lifetimeS, maxPerAccount, maxRead } = settings.futureTokens

  const secret = store.deriveSecret('future auth tokens')

  async function issue(
    { authKeyId, layer }: Caller,
    token: Uint8Array,
    withLogin: boolean,
  ): Promise<Uint8Array | undefined> {
    if (layer < FIRST_LAYER) return undefined
    const nowMs = clock.nowMs()
    const issued = await store.futureTokens.issue({
      digest: digestOf(token),
      authKeyId,
      withLogin,
      expiresAtMs: nowMs + lifetimeS * 1000,
      maxPerUser: maxPerAccount,
      nowMs,
    })
    return issued ? token : undefined
  }

  return {
    issueAtLogOut: (caller) => issue(caller, random(TOKEN_BYTES), false),
    async issueWithLogin(caller) {
      const record = await store.look(() => findKeyRecord(store.secret, caller.authKeyId))
      if (record?.state.at !== 'authorized') return undefined
      const login = `${caller.authKeyId} ${record.state.hash}`
      return await issue(caller, createHmac('sha256', secret).update(login).digest(), true)
    },
    claim({ ip, layer }, tokens) {
      // The newest are last.
      const digests = tokens.slice(-maxRead).filter(isToken).map(digestOf)
      if (layer < FIRST_LAYER || digests.length === 0) return undefined
      const authorization = { hash: randomLong(random), ip }
      return { digests, authorization, replayWithinMs: settings.replayWithinS * 1000 }
    },
  }
}

function isToken({ length }: Uint8Array): boolean {
  return length === TOKEN_BYTES
}

function digestOf(token: Uint8Array): Uint8Array {
  return createHash('sha256').update(token).digest()
}
