import { UsageError } from '@cablegram/tl'
import { askHere } from '#ask-here'
import { orAborted } from '../or-aborted.ts'
import { checkedBotToken, checkIsBotOf, signInBot } from './bot.ts'
import { type LoginFace, signInBy } from './face.ts'
import { checkLoginOptions } from './login-options.ts'
import { checkPrompts, PROMPT_NAMES } from './prompt-checks.ts'
import type { StartOptions } from './prompted-options.ts'
import type { LoginPrompts } from './prompts.ts'
import { signedInUser } from './signed-in.ts'
import type { AuthorizedUser, FaceClient } from './surface.ts'

/** Answers to the questions of `client.start`: prompts, a face that takes the whole login, or the token of a bot. */
export type StartAnswers =
  | Partial<LoginPrompts>
  | { readonly ask: LoginFace }
  | { readonly botToken: string | undefined }

/**
 * Signs in, unless the session already is: `answers` are asked first, then the terminal, or on a page a form. When it
 * resolves the session is saved.
 *
 * @throws as `login`; for a bot UsageError BOT_TOKEN_INVALID, SESSION_OTHER_USER
 */
export async function start(
  client: FaceClient,
  answers: StartAnswers = {},
  options: StartOptions = {},
): Promise<AuthorizedUser> {
  const face = faceIn(answers)
  const botToken = face ? undefined : botTokenIn(answers)
  if (!face && botToken === undefined) checkPrompts(answers)
  checkLoginOptions(options)
  const user = await orAborted(connectedUser(client), [options.signal])
  if (user) {
    if (botToken !== undefined) checkIsBotOf(botToken, user)
    return user
  }
  try {
    if (botToken !== undefined) return await signInBot(client, botToken, options)
    return face
      ? await signInBy(client, face, options)
      : await askHere(client, givenIn(answers as Partial<LoginPrompts>), options)
  } finally {
    if (!client.closed.aborted) await client.save()
  }
}

/** @throws UsageError PROMPT_INVALID for a face beside prompts */
function faceIn(answers: StartAnswers): LoginFace | undefined {
  if (typeof answers !== 'object' || answers === null || !('ask' in answers)) return undefined
  const { ask, ...others } = answers
  const isAlone = Object.values(others).every((other) => other === undefined)
  if (typeof ask === 'function' && isAlone) return ask
  const message =
    'The answer `ask` takes the whole login: a function such as loginForm(element), without other prompts.'
  throw new UsageError('PROMPT_INVALID', message)
}

/** @throws UsageError PROMPT_INVALID for a token beside prompts; BOT_TOKEN_INVALID */
function botTokenIn(answers: StartAnswers): string | undefined {
  if (typeof answers !== 'object' || answers === null || !('botToken' in answers)) return undefined
  const { botToken, ...others } = answers
  if (Object.values(others).every((other) => other === undefined)) return checkedBotToken(botToken)
  const message =
    'The answer `botToken` signs in a bot, which is asked nothing: give it without other prompts.'
  throw new UsageError('PROMPT_INVALID', message)
}

async function connectedUser(client: FaceClient): Promise<AuthorizedUser | undefined> {
  await client.connect()
  return signedInUser(client)
}

/** The prompts that are given, methods of a class among them; one that is undefined counts as not given. */
function givenIn(answers: Partial<LoginPrompts>): Partial<LoginPrompts> {
  const given = PROMPT_NAMES.filter((name) => answers[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, (question: never) => answers[name]?.(question)]))
}
