import { botPage } from '../rules/bots/bots.ts'
import { MENU_CHANGED } from '../rules/bots/decide-cards.ts'
import { COMMANDS_CHANGED } from '../rules/bots/decide-commands.ts'
import { PRESSED } from '../rules/bots/decide-presses.ts'
import { openPress } from '../rules/bots/press-button.ts'
import { tlPeer } from './peers.ts'
import type { SideUpdate } from './side-view.ts'
import { tlCommand, tlMenuButton } from './tl-bots.ts'

/** Tells a bot of the press of a button, while somebody waits for its answer. */
const buttonPressed: SideUpdate = async ({ subject: queryId }, { on, viewerId, book }) => {
  const query = await openPress(on, viewerId, queryId)
  if (query === undefined) return []
  const { userId, peerId, messageId: msgId, data, chatInstance } = query
  book.add(userId, peerId)
  return [{ _: 'updateBotCallbackQuery', queryId, userId, peer: tlPeer(peerId), msgId, chatInstance, data }]
}

/** Tells somebody of a bot's commands, as they are now. The sessions of an account may have several languages. */
const commandsChanged: SideUpdate = async ({ subject: botId }, { on, viewerId, book }) => {
  const page = await botPage(on, viewerId, botId, '')
  if (page === undefined) return []
  book.add(botId)
  return [{ _: 'updateBotCommands', peer: tlPeer(botId), botId, commands: page.commands.map(tlCommand) }]
}

/** Tells somebody of a bot's menu button, as it is now. */
const menuChanged: SideUpdate = async ({ subject: botId }, { on, viewerId, book }) => {
  const page = await botPage(on, viewerId, botId, '')
  if (page === undefined) return []
  book.add(botId)
  return [{ _: 'updateBotMenuButton', botId, button: tlMenuButton(page.menuButton) }]
}

/** The updates of bots without a pts, by the kinds of their changes. */
export const BOT_SIDE_UPDATES: Readonly<
  Record<typeof PRESSED | typeof COMMANDS_CHANGED | typeof MENU_CHANGED, SideUpdate>
> = {
  [PRESSED]: buttonPressed,
  [COMMANDS_CHANGED]: commandsChanged,
  [MENU_CHANGED]: menuChanged,
}
