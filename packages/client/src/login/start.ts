import type { TelegramClient } from '../client.ts'
import { login } from './login.ts'
import type { LoginPrompts } from './prompts.ts'
import { signedInUser } from './signed-in.ts'
import type { AuthorizedUser } from './surface.ts'
import { terminalPrompts } from './terminal.ts'

/**
 * Signs in, unless the session already is: asks the terminal for what `answers` does not give. When it resolves the
 * session is saved.
 */
export async function start(
  client: TelegramClient,
  answers: Partial<LoginPrompts> = {},
): Promise<AuthorizedUser> {
  await client.connect()
  const user = await signedInUser(client)
  if (user) return user
  const terminal = terminalPrompts({ console: client.server?.page ?? client.server?.console })
  try {
    return await login(client, { ...terminal, ...answers })
  } finally {
    terminal.close()
    await client.save()
  }
}
