import type { TelegramClient } from '../client.ts'
import { signInBy } from '../login/face.ts'
import { login } from '../login/login.ts'
import type { LoginPrompts } from '../login/prompts.ts'
import type { StartOptions } from '../login/start.ts'
import type { AuthorizedUser } from '../login/surface.ts'

/** Signs in: by `answers`, which then have to be complete, or without any by the form in a dialog. */
export async function askHere(
  client: TelegramClient,
  answers: Partial<LoginPrompts>,
  options: StartOptions,
): Promise<AuthorizedUser> {
  if (Object.keys(answers).length === 0) {
    const { loginDialog } = await import('../form/dialog.ts')
    return await signInBy(client, loginDialog(), options)
  }
  // The login checks that the prompts it cannot do without are there.
  return await login(client, answers as LoginPrompts, options)
}
