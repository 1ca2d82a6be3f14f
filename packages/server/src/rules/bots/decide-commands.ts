import { text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { addSideEvents } from '../messages/decide-side-log.ts'
import { listTalkers, raiseInfoVersion } from './decide-bot.ts'
import type { BotCommand, CommandScope } from './words.ts'

/** The kind of the change by which people are told of a bot's commands. */
export const COMMANDS_CHANGED = 'botCommands'

const find = sql`
  SELECT commands FROM bot_commands WHERE bot_id = :botId AND scope = :scope AND lang_code = :langCode`
const keep = sql`
  INSERT INTO bot_commands (bot_id, scope, lang_code, commands) VALUES (:botId, :scope, :langCode, :commands)
  ON CONFLICT (bot_id, scope, lang_code) DO UPDATE SET commands = excluded.commands`
const drop = sql`DELETE FROM bot_commands WHERE bot_id = :botId AND scope = :scope AND lang_code = :langCode`
/** A viewer has no more than six scopes, in two languages. */
const listFor = sql`
  SELECT scope, lang_code, commands FROM bot_commands
  WHERE bot_id = :botId AND scope IN (:s0, :s1, :s2, :s3, :s4, :s5) AND lang_code IN ('', :langCode)`

/** Commands for some people and chats, in a language. */
export interface CommandsPlace {
  readonly botId: bigint
  readonly scope: CommandScope
  /** `''`: any language that has none of its own. */
  readonly langCode: string
}

/** The commands that a bot has set for just these. */
export function* findCommands({ botId, scope, langCode }: CommandsPlace): Decision<readonly BotCommand[]> {
  const row = yield* find.row({ botId, scope: scopeKey(scope), langCode })
  return row === undefined ? [] : JSON.parse(text(row, 'commands'))
}

/** Replaces the commands for these; none: those of the next wider scope count again. */
export function* setCommands(
  place: CommandsPlace,
  commands: readonly BotCommand[],
  nowS: number,
): Decision<void> {
  const { botId, scope, langCode } = place
  yield* alone('bot', botId)
  const before = yield* findCommands(place)
  if (JSON.stringify(before) === JSON.stringify(commands)) return
  const which = { botId, scope: scopeKey(scope), langCode }
  if (commands.length === 0) yield* drop.send(which)
  else yield* keep.send({ ...which, commands: JSON.stringify(commands) })
  const talkers = yield* listTalkers(botId, scope)
  for (const userId of talkers) yield* alone('box', userId)
  yield* addSideEvents(talkers, { kind: COMMANDS_CHANGED, subject: botId, atS: nowS })
  yield* raiseInfoVersion(botId)
}

/** The commands that somebody is offered, whose scopes these are: the narrowest first. */
export function* commandsFor(
  botId: bigint,
  scopes: readonly CommandScope[],
  langCode: string,
): Decision<readonly BotCommand[]> {
  const keys = scopes.map(scopeKey)
  const [s0 = '', s1 = '', s2 = '', s3 = '', s4 = '', s5 = ''] = keys
  const rows = yield* listFor.rows({ botId, s0, s1, s2, s3, s4, s5, langCode })
  for (const key of keys) {
    for (const lang of [langCode, '']) {
      const row = rows.find((each) => text(each, 'scope') === key && text(each, 'lang_code') === lang)
      if (row !== undefined) return JSON.parse(text(row, 'commands'))
    }
  }
  return []
}

/** A scope as the column has it. */
function scopeKey(scope: CommandScope): string {
  const peer = 'peerId' in scope ? [String(scope.peerId)] : []
  const user = 'userId' in scope ? [String(scope.userId)] : []
  return JSON.stringify([scope.kind, ...peer, ...user])
}
