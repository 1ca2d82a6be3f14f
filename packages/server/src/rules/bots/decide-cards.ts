import { alone, type Decision } from '../../database/decision.ts'
import { addSideEvents } from '../messages/decide-side-log.ts'
import { type BotViewer, findBots, findMenuButton, scopesOf } from './decide-bot.ts'
import { commandsFor } from './decide-commands.ts'
import type { BotCard } from './words.ts'

/** The kind of the change by which people are told of a bot's menu button. */
export const MENU_CHANGED = 'botMenuButton'

/** The bots among these accounts, as a viewer sees them in one chat. */
export function* findCards(
  userIds: readonly bigint[],
  viewer: BotViewer,
  langCode: string,
): Decision<BotCard[]> {
  const cards: BotCard[] = []
  const scopes = scopesOf(viewer)
  for (const [botId, description] of yield* findBots(userIds)) {
    const commands = yield* commandsFor(botId, scopes, langCode)
    const own = yield* findMenuButton(botId, viewer.viewerId)
    const menuButton = own ?? (yield* findMenuButton(botId, 0n)) ?? { kind: 'default' }
    cards.push({ botId, description, commands, menuButton })
  }
  return cards
}

/** Tells people of a bot's menu button. */
export function* tellMenuButton(botId: bigint, userIds: readonly bigint[], nowS: number): Decision<void> {
  for (const userId of userIds) yield* alone('box', userId)
  yield* addSideEvents(userIds, { kind: MENU_CHANGED, subject: botId, atS: nowS })
}
