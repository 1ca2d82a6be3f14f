import { createHash } from 'node:crypto'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { refusal } from '../refusal.ts'
import type { Transfers } from './words.ts'

/** As many bits as a key has: nobody guesses them, so they need no attempt cap. */
const TOKEN_BYTES = 32
/** Ids a client may name where we play any data centre it likes. */
const DCS_OF_ONE = 5

/**
 * auth.exportAuthorization and auth.importAuthorization. What is given out is good once, for minutes, in one data
 * centre and for one user; only its hash is kept.
 */
export function createTransfers(parts: Ground): Transfers {
  const { store, clock, random, settings } = parts
  const isAlone = settings.dcs === 1
  const lastDc = isAlone ? DCS_OF_ONE : settings.dcs
  const digestOf = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

  return {
    async exportTo({ authKeyId, dcId: ownDcId }, dcId) {
      if (dcId < 1 || dcId > lastDc || dcId === ownDcId) throw refusal('DC_ID_INVALID')
      const bytes = random(TOKEN_BYTES)
      const nowMs = clock.nowMs()
      const userId = await store.transfers.export({
        digest: digestOf(bytes),
        authKeyId,
        dcId,
        expiresAtMs: nowMs + settings.exportLifetimeS * 1000,
        maxWaiting: settings.maxExports,
        nowMs,
      })
      // Signed out since the call was let in.
      if (userId === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
      return { userId, bytes }
    },
    async import(caller, { userId, bytes }) {
      const { authKeyId, dcId, ip } = caller
      if (bytes.length !== TOKEN_BYTES) throw refusal('AUTH_BYTES_INVALID')
      const outcome = await store.transfers.import({
        request: requestOf(caller, parts),
        digest: digestOf(bytes),
        userId,
        authKeyId,
        // A key whose exchange named no data centre may be used as any of the five.
        dcId: isAlone ? undefined : dcId,
        authorization: { hash: randomLong(random), ip },
        maxImported: settings.maxImports,
        nowMs: clock.nowMs(),
      })
      switch (outcome.kind) {
        case 'authorized':
          return outcome.user
        case 'otherUser':
          throw refusal('USER_ID_INVALID')
        case 'dead':
          throw refusal('AUTH_BYTES_INVALID')
      }
    },
  }
}
