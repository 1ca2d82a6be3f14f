import assert from 'node:assert/strict'
import { makeAuthKey } from '@cablegram/mtproto/crypto'
import { encodeBindRequest } from '../../packages/mtproto/src/session/index.ts'
import type { OldConnection } from '../e2e/old-wire.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const HOUR_S = 3600
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))
const nowS = (): number => Math.floor(Date.now() / 1000)

/** Binds a key to another one, with these claims in the inner message. */
function bind(
  temp: OldConnection,
  perm: OldConnection,
  { expiresAtS = nowS() + HOUR_S, sessionId = temp.sessionId } = {},
) {
  return temp.call((msgId) =>
    encodeBindRequest(
      {
        permKey: makeAuthKey(perm.authKey),
        tempKey: makeAuthKey(temp.authKey),
        tempSessionId: sessionId,
        nonce: 7n,
        expiresAtS,
      },
      BigInt.asIntN(64, msgId),
      random,
    ),
  )
}

async function keys(world: World) {
  const server = await world.server()
  return { server, temp: await world.raw(server, { expiresInS: HOUR_S }), perm: await world.raw(server) }
}

/** Every action that only an older login may take. */
async function freshUser(world: World) {
  return world.user(await world.start({ limits: 'strict' }))
}

/** Causes of errors about keys and their logins. */
export const KEY_CAUSES: readonly Cause[] = [
  cause('auth.bindTempAuthKey', '400 TEMP_AUTH_KEY_EMPTY', async (world) => {
    const { perm, server } = await keys(world)
    return bind(await world.raw(server), perm)
  }),
  cause('auth.bindTempAuthKey', '400 ENCRYPTED_MESSAGE_INVALID', async (world) => {
    const { temp, perm } = await keys(world)
    return bind(temp, perm, { sessionId: 1n })
  }),
  cause('auth.bindTempAuthKey', '400 EXPIRES_AT_INVALID', async (world) => {
    const { temp, perm } = await keys(world)
    return bind(temp, perm, { expiresAtS: nowS() - 1 })
  }),
  cause('auth.bindTempAuthKey', '400 TEMP_AUTH_KEY_ALREADY_BOUND', async (world) => {
    const { server, temp, perm } = await keys(world)
    await bind(temp, perm)
    return bind(temp, await world.raw(server))
  }),
  cause('auth.exportAuthorization', '400 DC_ID_INVALID', async (world) =>
    (await world.user(await world.server())).auth.exportAuthorization({ dcId: 99 }),
  ),
  cause('auth.importAuthorization', '400 AUTH_BYTES_INVALID', async (world) =>
    (await world.client()).auth.importAuthorization({ id: 1n, bytes: new Uint8Array(32) }),
  ),
  cause('auth.importAuthorization', '400 USER_ID_INVALID', async (world) => {
    const server = await world.start({ dcs: 2 })
    const user = await world.user(server, { dcId: 2 })
    const { bytes } = await user.auth.exportAuthorization({ dcId: 1 })
    return world.connect(server, { dcId: 1 }).auth.importAuthorization({ id: 1n, bytes })
  }),
  cause('auth.resetAuthorizations', '406 FRESH_RESET_AUTHORISATION_FORBIDDEN', async (world) =>
    (await freshUser(world)).auth.resetAuthorizations(),
  ),
  cause('account.resetAuthorization', '406 FRESH_RESET_AUTHORISATION_FORBIDDEN', async (world) =>
    (await freshUser(world)).account.resetAuthorization({ hash: 1n }),
  ),
  cause('account.setAuthorizationTTL', '406 FRESH_RESET_AUTHORISATION_FORBIDDEN', async (world) =>
    (await freshUser(world)).account.setAuthorizationTTL({ authorizationTtlDays: 7 }),
  ),
  cause('account.initPasskeyRegistration', '406 FRESH_RESET_AUTHORISATION_FORBIDDEN', async (world) =>
    (await freshUser(world)).account.initPasskeyRegistration(),
  ),
  cause('account.resetAuthorization', '400 HASH_INVALID', async (world) =>
    (await world.user(await world.server())).account.resetAuthorization({ hash: 1n }),
  ),
  cause('account.changeAuthorizationSettings', '400 HASH_INVALID', async (world) =>
    (await world.user(await world.server())).account.changeAuthorizationSettings({ hash: 1n }),
  ),
  cause('account.setAuthorizationTTL', '400 TTL_DAYS_INVALID', async (world) => {
    const user = await world.user(await world.server())
    await assert.rejects(user.account.setAuthorizationTTL({ authorizationTtlDays: 367 }), { code: 400 })
    return user.account.setAuthorizationTTL({ authorizationTtlDays: 0 })
  }),
]
