import type { TelegramClient } from '../client.ts'
import { login, type PromptedOptions } from './login.ts'
import type { LoginPrompts } from './prompts.ts'
import { signedInUser } from './signed-in.ts'
import type { AuthorizedUser } from './surface.ts'
import { terminalPrompts } from './terminal.ts'

/** What `client.start` may be told. */
export interface StartOptions extends PromptedOptions {
  /** Draws a text as a QR code, as lines for the terminal; with it one is shown beside the question for the number. */
  readonly drawQr?: ((text: string) => string) | undefined
}

/**
 * Signs in, unless the session already is: asks the terminal for what `answers` does not give. When it resolves the
 * session is saved.
 */
export async function start(
  client: TelegramClient,
  answers: Partial<LoginPrompts> = {},
  options: StartOptions = {},
): Promise<AuthorizedUser> {
  await client.connect()
  const user = await signedInUser(client)
  if (user) return user
  const terminal = terminalPrompts({
    console: client.server?.console,
    clock: options.clock,
    drawQr: options.drawQr,
  })
  try {
    return await login(client, { ...terminal, ...answers }, options)
  } finally {
    terminal.close()
    await client.save()
  }
}
