import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import type { User } from '../accounts/words.ts'
import { refusal } from '../refusal.ts'
import { exportLogin, importLogin } from './decide-transfers.ts'
import type { ExportedLogin } from './words.ts'

/** As many bits as a key has: nobody guesses them, so they need no limit of guesses. The store keeps only hashes. */
const TOKEN_BYTES = 32
/** The last id that a client may name to a server that plays every data centre. */
const DCS_OF_ONE = 5

/**
 * Gives out a login for another data centre: good once, for minutes, there and for its user alone.
 *
 * @throws {RpcError} DC_ID_INVALID, AUTH_KEY_UNREGISTERED
 */
export async function giveOutLogin(
  { store, clock, random, settings }: Ground,
  { authKeyId, dcId: ownDcId }: Caller,
  dcId: number,
): Promise<ExportedLogin> {
  const lastDc = settings.dcs === 1 ? DCS_OF_ONE : settings.dcs
  if (dcId < 1 || dcId > lastDc || dcId === ownDcId) throw refusal('DC_ID_INVALID')
  const bytes = random(TOKEN_BYTES)
  const nowMs = clock.nowMs()
  const asked = {
    digest: digestOf(bytes),
    authKeyId,
    dcId,
    expiresAtMs: nowMs + settings.exportLifetimeS * 1000,
    maxWaiting: settings.maxExports,
    nowMs,
  }
  const userId = await store.decide(() => exportLogin(asked))
  // Signed out since the call was let in.
  if (userId === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
  return { userId, bytes }
}

/** Signs the key in with a login that another data centre gave out. @throws {RpcError} AUTH_BYTES_INVALID, USER_ID_INVALID */
export async function takeInLogin(
  on: Ground,
  caller: Caller,
  { userId, bytes }: ExportedLogin,
): Promise<User> {
  const { store, clock, random, settings } = on
  const { authKeyId, dcId, ip } = caller
  if (bytes.length !== TOKEN_BYTES) throw refusal('AUTH_BYTES_INVALID')
  const asked = {
    request: requestOf(caller, on),
    digest: digestOf(bytes),
    userId,
    authKeyId,
    // A key whose exchange named no data centre may be used as any of the five.
    dcId: settings.dcs === 1 ? undefined : dcId,
    authorization: { hash: randomLong(random), ip },
    maxImported: settings.maxImports,
    nowMs: clock.nowMs(),
  }
  const outcome = await store.decide(() => importLogin(store.secret, asked))
  switch (outcome.kind) {
    case 'authorized':
      return outcome.user
    case 'otherUser':
      throw refusal('USER_ID_INVALID')
    case 'dead':
      throw refusal('AUTH_BYTES_INVALID')
  }
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
