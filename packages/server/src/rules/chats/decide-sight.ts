/** The messages of groups that bots see. A bot has no row in its box of those that it does not see, so that its log has no gap. */
import { bool, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { leads } from '../groups/words.ts'
import type { Box, MessageContent } from '../messages/words.ts'
import type { OpenChat } from './decide-open-chat.ts'

const listBots = sql`
  SELECT b.user_id, b.reads_all, lower(coalesce(u.username, '')) AS username
  FROM chat_members m JOIN bots b ON b.user_id = m.user_id JOIN users u ON u.id = b.user_id
  WHERE m.chat_id = :chatId`

/** A message that somebody writes in a group. */
export interface Sighted {
  readonly fromId: bigint
  readonly content: MessageContent
  /** Those whom it names, and the author of the message that it replies to. */
  readonly mentionedIds: readonly bigint[]
}

/** The boxes of a chat that get a message, the writer's first: those of bots that do not see it are left out. */
export function* boxesInSight(chat: OpenChat, message: Sighted): Decision<readonly [Box, ...Box[]]> {
  const [home, ...others] = chat.boxes
  if (chat.group === undefined || message.content.action !== undefined) return chat.boxes
  const bots = yield* listBots.rows({ chatId: chat.group.chatId })
  if (bots.length === 0) return chat.boxes
  const isFromBot = bots.some((row) => long(row, 'user_id') === message.fromId)
  const blind = new Set(
    bots.filter((row) => isFromBot || !isSeen(row, chat, message)).map((row) => long(row, 'user_id')),
  )
  return [home, ...others.filter(({ boxId }) => !blind.has(boxId))]
}

/** A bot sees everything where it leads or was made to; else commands, and what is about it. */
function isSeen(bot: Row, { group }: OpenChat, { content, mentionedIds }: Sighted): boolean {
  const botId = long(bot, 'user_id')
  if (bool(bot, 'reads_all') || (group !== undefined && leads(group, botId))) return true
  return (
    mentionedIds.includes(botId) ||
    content.viaBotId === botId ||
    content.start?.botId === botId ||
    hasCommandFor(text(bot, 'username'), content)
  )
}

/** `/x` is for every bot, `/x@bot` for one. */
function hasCommandFor(username: string, { text: said, entities }: MessageContent): boolean {
  return entities.some(({ kind, offset, length }) => {
    if (kind !== 'botCommand') return false
    const [, addressee] = said
      .slice(offset, offset + length)
      .toLowerCase()
      .split('@')
    return addressee === undefined || addressee === username
  })
}
