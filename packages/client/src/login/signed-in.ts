import { RpcError } from '@cablegram/mtproto'
import type { ClientApi } from '../namespaces.ts'
import type { AuthorizedUser } from './surface.ts'

/** Who is signed in, or undefined: asked of the server, because only it knows. */
export async function signedInUser(client: {
  readonly users: Pick<ClientApi['users'], 'getUsers'>
}): Promise<AuthorizedUser | undefined> {
  try {
    const [user] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
    return user
  } catch (error) {
    if (error instanceof RpcError && error.code === 401) return undefined
    throw error
  }
}
