import { findAccounts } from '../../rules/accounts/accounts.ts'
import type { User as Account } from '../../rules/accounts/words.ts'
import { createBot, listBots, replaceBotToken } from '../../rules/logins/bots.ts'
import type { OnConsole } from '../on-console.ts'
import type { Bot, BotWithToken, NewBot } from '../words.ts'
import { refusing } from './refusals.ts'

/** Shows the bots. */
export async function showBots(on: OnConsole): Promise<Bot[]> {
  return (await listBots(on)).map(botJson)
}

/** Makes a bot. @throws {ConsoleError} 400 if the name or the owner's number is invalid, 409 if the name is taken */
export async function addBot(on: OnConsole, request: NewBot): Promise<BotWithToken> {
  const { bot, token } = await refusing(createBot(on, request))
  return { ...botJson(bot), token }
}

/** Gives a bot a new token in place of the former one. @returns undefined if no bot has this id */
export async function renewBotToken(on: OnConsole, id: number): Promise<BotWithToken | undefined> {
  const token = await replaceBotToken(on, BigInt(id))
  const [bot] = token === undefined ? [] : await findAccounts(on, [BigInt(id)])
  return token === undefined || bot === undefined ? undefined : { ...botJson(bot), token }
}

function botJson({ id, username }: Account): Bot {
  return { id: Number(id), username: username ?? '' }
}
