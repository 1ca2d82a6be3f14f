import type { InputUser } from '@cablegram/tl/api'
import {
  commandsOf,
  menuButtonOf,
  putCommands,
  putMenuButton,
  putTexts,
  suggestRights,
  textsOf,
} from '../rules/bots/bot-settings.ts'
import { letBotWrite, mayBotWrite, ownedBots, requireBot } from '../rules/bots/bots.ts'
import { checkTexts } from './check-texts.ts'
import { constantAnswer, type Handler, type HandlerContext, type ResultOf } from './handler.ts'
import { seenUsers } from './peer-book.ts'
import { userIdOf } from './peers.ts'
import { sentUpdates } from './sent-updates.ts'
import { menuButtonFrom, rightsBits, scopeOf, tlCommand, tlMenuButton } from './tl-bots.ts'

const NO_APP_BOTS = constantAnswer<ResultOf<'bots.getPopularAppBots'>>({
  _: 'bots.popularAppBots',
  users: [],
})

/** Lists bots that many people use. */
export const getPopularAppBots: Handler<'bots.getPopularAppBots'> = () => NO_APP_BOTS

/** Lists bots that are like another one. This server recommends none. */
export const getBotRecommendations: Handler<'bots.getBotRecommendations'> = async ({ bot }, context) => {
  await requireBot(context.on, await botIdOf(bot, context))
  return { _: 'users.users', users: [] }
}

/** Lists the bots that the caller owns. */
export const getAdminedBots: Handler<'bots.getAdminedBots'> = async (_request, context) =>
  await seenUsers(await ownedBots(context.on, context.caller), context)

/** Tells whether a bot may write to the caller. */
export const canSendMessage: Handler<'bots.canSendMessage'> = async ({ bot }, context) =>
  await mayBotWrite(context.on, context.caller, await botIdOf(bot, context))

/** Lets a bot write to the caller. */
export const allowSendMessage: Handler<'bots.allowSendMessage'> = async ({ bot }, context) =>
  await sentUpdates(context, await letBotWrite(context.on, context.caller, await botIdOf(bot, context)))

async function botIdOf(bot: InputUser, context: HandlerContext): Promise<bigint> {
  return await userIdOf(bot, context, 'BOT_INVALID')
}

/** Replaces the commands for some people and chats. */
export const setBotCommands: Handler<'bots.setBotCommands'> = async (request, context) => {
  const { langCode, commands } = request
  checkTexts(langCode, ...commands.flatMap(({ command, description }) => [command, description]))
  const asked = { scope: await scopeOf(request.scope, context), langCode }
  await putCommands(
    context.on,
    context.caller,
    asked,
    commands.map(({ command, description }) => ({ command, description })),
  )
  return true
}

/** Takes the commands for some people and chats away. */
export const resetBotCommands: Handler<'bots.resetBotCommands'> = async ({ scope, langCode }, context) => {
  await putCommands(context.on, context.caller, { scope: await scopeOf(scope, context), langCode }, [])
  return true
}

/** Gives the commands for just these people and chats. */
export const getBotCommands: Handler<'bots.getBotCommands'> = async ({ scope, langCode }, context) => {
  const asked = { scope: await scopeOf(scope, context), langCode }
  return (await commandsOf(context.on, context.caller, asked)).map(tlCommand)
}

/** Changes the name and the texts of a bot in a language. */
export const setBotInfo: Handler<'bots.setBotInfo'> = async (request, context) => {
  const { langCode, name, about, description } = request
  checkTexts(langCode, name ?? '', about ?? '', description ?? '')
  await putTexts(context.on, context.caller, await ownBotOf(request.bot, context), langCode, {
    ...(name !== undefined && { name }),
    ...(about !== undefined && { about }),
    ...(description !== undefined && { description }),
  })
  return true
}

/** Gives the name and the texts of a bot in a language. */
export const getBotInfo: Handler<'bots.getBotInfo'> = async ({ bot, langCode }, context) => ({
  _: 'bots.botInfo',
  ...(await textsOf(context.on, context.caller, await ownBotOf(bot, context), langCode)),
})

async function ownBotOf(bot: InputUser | undefined, context: HandlerContext): Promise<bigint | undefined> {
  return bot && (await botIdOf(bot, context))
}

/** Sets the menu button of the caller, a bot, for somebody or for all. */
export const setBotMenuButton: Handler<'bots.setBotMenuButton'> = async (request, context) => {
  const button = menuButtonFrom(request.button)
  if (button.kind === 'web') checkTexts(button.text, button.url)
  await putMenuButton(context.on, context.caller, await personOf(request.userId, context), button)
  return true
}

/** Gives the menu button of the caller, a bot, for somebody or for all. */
export const getBotMenuButton: Handler<'bots.getBotMenuButton'> = async ({ userId }, context) =>
  tlMenuButton(await menuButtonOf(context.on, context.caller, await personOf(userId, context)))

async function personOf(user: InputUser, context: HandlerContext): Promise<bigint | undefined> {
  return user._ === 'inputUserEmpty' ? undefined : await userIdOf(user, context)
}

/** Sets the rights that apps suggest for the caller, a bot, in groups. */
export const setBotGroupDefaultAdminRights: Handler<'bots.setBotGroupDefaultAdminRights'> = async (
  { adminRights },
  { on, caller },
) => {
  await suggestRights(on, caller, 'inGroups', rightsBits(adminRights))
  return true
}

/** Sets the rights that apps suggest for the caller, a bot, in channels. */
export const setBotBroadcastDefaultAdminRights: Handler<'bots.setBotBroadcastDefaultAdminRights'> = async (
  { adminRights },
  { on, caller },
) => {
  await suggestRights(on, caller, 'inChannels', rightsBits(adminRights))
  return true
}
