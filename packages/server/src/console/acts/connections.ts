import type { ShownConnection } from '../../gateway/index.ts'
import { findAccounts } from '../../rules/accounts/accounts.ts'
import { findKey } from '../../rules/accounts/keys.ts'
import { shownDevice } from '../../rules/index.ts'
import type { OnConsole } from '../on-console.ts'
import type { Connection } from '../words.ts'

/** Shows the open connections, the oldest first. */
export async function showConnections(on: OnConsole): Promise<Connection[]> {
  return await Promise.all(on.gateway.connections().map((connection) => connectionJson(on, connection)))
}

async function connectionJson(
  on: OnConsole,
  { id, ip, transport, dcId, openedAtMs, authKeyId }: ShownConnection,
): Promise<Connection> {
  const permAuthKeyId =
    authKeyId === undefined ? undefined : (on.tempKeys.find(authKeyId)?.permAuthKeyId ?? authKeyId)
  const key = permAuthKeyId === undefined ? undefined : await findKey(on, permAuthKeyId)
  const userId = key?.state.at === 'authorized' ? key.state.userId : undefined
  const [user] = userId === undefined ? [] : await findAccounts(on, [userId])
  return {
    id,
    ip,
    transport,
    dcId,
    openedAtS: Math.floor(openedAtMs / 1000),
    userId: user && Number(user.id),
    phone: user && `+${user.phone}`,
    device: key?.client && shownDevice(key.client).model,
  }
}
