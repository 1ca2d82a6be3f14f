import type { TelegramClient } from '../client.ts'
import { login, type PromptedOptions } from './login.ts'
import { checkLoginOptions } from './login-options.ts'
import { checkPrompts, PROMPT_NAMES } from './prompt-checks.ts'
import type { LoginPrompts } from './prompts.ts'
import { signedInUser } from './signed-in.ts'
import type { AuthorizedUser } from './surface.ts'
import { terminalPrompts } from './terminal.ts'

/** The options of `client.start`. */
export interface StartOptions extends PromptedOptions {
  /** Draws a text as a QR code, as lines for the terminal. With it a QR code is shown above the question for the number. */
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
  await client.connect()
  const user = await signedInUser(client)
  if (user) return user
  const { close, ...terminal } = terminalPrompts({
    console: client.server?.console,
    clock: options.clock,
    drawQr: options.drawQr,
  })
  try {
    return await login(client, { ...terminal, ...givenIn(answers) }, options)
  } finally {
    close()
    if (!client.closed.aborted) await client.save()
  }
}

/** The prompts that are given, methods of a class among them; one that is undefined counts as not given. */
function givenIn(answers: Partial<LoginPrompts>): Partial<LoginPrompts> {
  const given = PROMPT_NAMES.filter((name) => answers[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, (question: never) => answers[name]?.(question)]))
}
