import type { TelegramClient } from '../client.ts'
import { saysSignedOut } from '../login-end.ts'

/**
 * Signs out: the server forgets the login and the key, and so does the session. What it gives for the next login
 * (a token that saves the code) is kept. If the server has ended the login already, the session forgets it.
 *
 * @throws RpcError 401 if the session had no login
 *
 * @example
 * ```ts
 * import { logOut, TelegramClient } from '@cablegram/client'
 *
 * const client = new TelegramClient('me.session', { server: 'http://127.0.0.1:10081' })
 * await logOut(client)
 * await client.close()
 * ```
 */
export async function logOut(client: TelegramClient): Promise<void> {
  await endLogin(client)
  await client.forgetKeys()
}

async function endLogin(client: TelegramClient): Promise<void> {
  try {
    await client.auth.logOut({})
  } catch (error) {
    if (!saysSignedOut(error) || client.endedLogin === undefined) throw error
  }
}
