import { UsageError } from '@cablegram/tl'
import { kindOf } from '../kind-of.ts'
import { orAborted } from '../or-aborted.ts'
import { unsupported } from './context.ts'
import { createLogin, type Login } from './machine.ts'
import { orEnded } from './or-ended.ts'
import { errorOf } from './problem.ts'
import type { PromptedOptions } from './prompted-options.ts'
import type { AuthorizedUser, LoginClient } from './surface.ts'
import { isBotToken, plainBotToken } from './typed.ts'

/** A bot's token without what was pasted around it. @throws UsageError BOT_TOKEN_INVALID, which does not show the token */
export function checkedBotToken(given: unknown): string {
  const token = typeof given === 'string' ? plainBotToken(given) : ''
  if (isBotToken(token)) return token
  const found = typeof given === 'string' && given !== '' ? 'another text' : kindOf(given)
  throw new UsageError(
    'BOT_TOKEN_INVALID',
    `\`botToken\` is the token of a bot, such as '12345:AAE…', from @BotFather; on a server of your own, from \`npx cablegram bot add NAME\`. It is ${found}: perhaps a variable of the environment is not set.`,
  )
}

/**
 * Signs in the bot of a token.
 *
 * @throws RpcError such as ACCESS_TOKEN_INVALID; the reason of the signal; ConnectionError CLIENT_CLOSED
 */
export async function signInBot(
  client: LoginClient,
  token: string,
  options: PromptedOptions,
): Promise<AuthorizedUser> {
  const machine = await orAborted(createLogin(client, options), [options.signal])
  try {
    const signingIn = machine.user ? Promise.resolve() : importToken(machine, token)
    await orEnded(machine, signingIn, [options.signal, client.closed])
    if (machine.user) return machine.user
    throw machine.problem ? errorOf(machine.problem) : unsupported('it was given up')
  } finally {
    machine.close()
  }
}

/** The session may have kept the login of a number, which the token replaces. */
async function importToken(machine: Login, token: string): Promise<void> {
  if (!machine.actions.includes('importBotAuthorization')) await machine.act('changeNumber')
  await machine.act('importBotAuthorization', { botAuthToken: token })
}

/**
 * A session stays signed in as somebody else when only the token changes: the program would run as the wrong bot.
 *
 * @throws UsageError SESSION_OTHER_USER
 */
export function checkIsBotOf(token: string, user: AuthorizedUser): void {
  const [botId = ''] = token.split(':')
  if (user.id === BigInt(botId)) return
  const isBot = user._ === 'user' && user.bot === true
  throw new UsageError(
    'SESSION_OTHER_USER',
    `The session is signed in as the ${isBot ? 'bot' : 'user'} ${user.id}, and the token is of the bot ${botId}. Give this bot a session of its own, or sign the other one out with \`logOut(client)\`.`,
  )
}
