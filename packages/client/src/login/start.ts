import type { TelegramClient } from '../client.ts'
import { orAborted } from '../net/or-aborted.ts'
import { login, type PromptedOptions } from './login.ts'
import { checkLoginOptions } from './login-options.ts'
import { checkPrompts, PROMPT_NAMES } from './prompt-checks.ts'
import type { LoginPrompts } from './prompts.ts'
import { signedInUser } from './signed-in.ts'
import type { AuthorizedUser } from './surface.ts'
import { terminalPrompts } from './terminal.ts'

/** The options of `client.start`. */
export interface StartOptions extends PromptedOptions {
  /**
   * Draws a text as a QR code, as lines for the terminal: with it, one is shown above the question for the number. Not at a
   * server of your own, whose QR codes no phone can scan; the prompt `qr` shows them there.
   */
  readonly drawQr?: ((text: string) => string) | undefined
}

/**
 * Signs in, unless the session already is: `answers` are asked first, the terminal for the rest. When it resolves the
 * session is saved.
 *
 * @throws as {@link login}
 */
export async function start(
  client: TelegramClient,
  answers: Partial<LoginPrompts> = {},
  options: StartOptions = {},
): Promise<AuthorizedUser> {
  checkPrompts(answers)
  checkLoginOptions(options)
  const user = await orAborted(connectedUser(client), [options.signal])
  if (user) return user
  const isOwnServer = client.server?.console !== undefined
  const { close, ...terminal } = terminalPrompts({
    console: client.server?.console,
    clock: options.clock,
    drawQr: isOwnServer ? undefined : options.drawQr,
  })
  try {
    return await login(client, { ...terminal, ...givenIn(answers) }, options)
  } finally {
    close()
    if (!client.closed.aborted) await client.save()
  }
}

async function connectedUser(client: TelegramClient): Promise<AuthorizedUser | undefined> {
  await client.connect()
  return signedInUser(client)
}

/** The prompts that are given, methods of a class among them; one that is undefined counts as not given. */
function givenIn(answers: Partial<LoginPrompts>): Partial<LoginPrompts> {
  const given = PROMPT_NAMES.filter((name) => answers[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, (question: never) => answers[name]?.(question)]))
}
