import { text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'

/** A bot, as those who call it need it. */
export interface FoundBot {
  readonly username: string
}

const find = sql`
  SELECT coalesce(u.username, '') AS username FROM bots b JOIN users u ON u.id = b.user_id WHERE b.user_id = :botId`

/** A bot; undefined if the account is none, or gone. */
export function* findBot(botId: bigint): Decision<FoundBot | undefined> {
  const row = yield* find.row({ botId })
  return row && { username: text(row, 'username') }
}
