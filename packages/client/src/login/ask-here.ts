import { login } from './login.ts'
import type { StartOptions } from './prompted-options.ts'
import type { LoginPrompts } from './prompts.ts'
import type { AuthorizedUser, FaceClient } from './surface.ts'
import { terminalPrompts } from './terminal.ts'

/** Signs in: `answers` are asked first, the terminal for the rest. Pages have a form (`#ask-here` in package.json). */
export async function askHere(
  client: FaceClient,
  answers: Partial<LoginPrompts>,
  options: StartOptions,
): Promise<AuthorizedUser> {
  const isOwnServer = client.server?.console !== undefined
  const { close, ...terminal } = terminalPrompts({
    console: client.server?.console,
    clock: options.clock,
    drawQr: isOwnServer ? undefined : options.drawQr,
  })
  try {
    return await login(client, { ...terminal, ...answers }, options)
  } finally {
    close()
  }
}
