import { saysSignedOut } from '../login-end.ts'
import type { ClientApi } from '../namespaces.ts'
import type { AuthorizedUser } from './surface.ts'

/** The user who is signed in, or undefined. Asks the server, because only the server knows. */
export async function signedInUser(client: {
  readonly users: Pick<ClientApi['users'], 'getUsers'>
}): Promise<AuthorizedUser | undefined> {
  try {
    const [user] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
    return user
  } catch (error) {
    if (saysSignedOut(error)) return undefined
    throw error
  }
}
