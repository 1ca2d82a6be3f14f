import type { TelegramClient } from '../client.ts'

/**
 * Signs out: the server forgets the login and the key, and so does the session. What it gives for the next login
 * (a token that saves the code) is kept.
 */
export async function logOut(client: TelegramClient): Promise<void> {
  const { futureAuthToken } = await client.auth.logOut({})
  await client.forgetKeys(futureAuthToken)
}
