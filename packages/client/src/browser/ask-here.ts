import { UsageError } from '@cablegram/tl'
import { signInBy } from '../login/face.ts'
import { login } from '../login/login.ts'
import type { StartOptions } from '../login/prompted-options.ts'
import type { LoginPrompts } from '../login/prompts.ts'
import type { AuthorizedUser, FaceClient } from '../login/surface.ts'

/** Signs in by `answers`, or without any by the form in a dialog: a page has no terminal to ask for the rest. */
export async function askHere(
  client: FaceClient,
  answers: Partial<LoginPrompts>,
  options: StartOptions,
): Promise<AuthorizedUser> {
  if (Object.keys(answers).length === 0) {
    const { loginDialog } = await import('../form/dialog.ts')
    return await signInBy(client, loginDialog(), options)
  }
  return await login(client, { ...MISSING, ...answers }, options)
}

const MISSING: LoginPrompts = {
  phone: () => lacks('phone'),
  code: () => lacks('code'),
  password: () => lacks('password'),
  name: () => lacks('name'),
}

function lacks(name: string): Promise<never> {
  const message = `The login asks for the prompt \`${name}\`, which client.start() was not given. Give it, or no prompt at all: then a form asks.`
  return Promise.reject(new UsageError('PROMPT_INVALID', message))
}
