import { long, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { PeerId } from '../messages/words.ts'
import { dropSetting, findSetting, keepSetting } from '../people/decide-account-settings.ts'
import type { CommandScope, MenuButton, SuggestedRights } from './words.ts'

/** More people are not told of a change at a bot: they see it when they ask for the bot. */
const MAX_TOLD = 500

/** A bot, as those who call it need it. */
export interface FoundBot {
  readonly username: string
  readonly ownerId: bigint
  readonly description: string
  readonly name: string
  readonly about: string
}

const find = sql`
  SELECT coalesce(u.username, '') AS username, u.first_name, u.about, b.owner_id, b.description
  FROM bots b JOIN users u ON u.id = b.user_id WHERE b.user_id = :botId`
const setDescription = sql`UPDATE bots SET description = :description WHERE user_id = :botId`
const raise = sql`UPDATE bots SET info_version = info_version + 1 WHERE user_id = :botId`
const findStarted = sql`
  SELECT 1 FROM bots b JOIN dialogs d ON d.box_id = b.user_id AND d.peer_id = :userId WHERE b.user_id = :botId`
const listPeople = sql`
  SELECT peer_id FROM dialogs WHERE box_id = :botId AND peer_id > 0 ORDER BY peer_id LIMIT ${MAX_TOLD}`
const listOwned = sql`SELECT user_id FROM bots WHERE owner_id = :ownerId AND owner_id > 0 ORDER BY user_id LIMIT 1000`
const listBots = sql`SELECT user_id, description FROM bots WHERE user_id IN ${LISTED_IDS} ORDER BY user_id`

/** A bot; undefined if the account is none, or gone. */
export function* findBot(botId: bigint): Decision<FoundBot | undefined> {
  const row = yield* find.row({ botId })
  return (
    row && {
      username: text(row, 'username'),
      ownerId: long(row, 'owner_id'),
      description: text(row, 'description'),
      name: text(row, 'first_name'),
      about: text(row, 'about'),
    }
  )
}

/** The bots among these accounts, with the descriptions in their empty chats. */
export function* findBots(userIds: readonly bigint[]): Decision<Map<bigint, string>> {
  const rows = yield* listBots.rows({ ids: idList(userIds) })
  return new Map(rows.map((row) => [long(row, 'user_id'), text(row, 'description')]))
}

/** The bots that somebody owns. */
export function* findOwnedBots(ownerId: bigint): Decision<bigint[]> {
  return (yield* listOwned.rows({ ownerId })).map((row) => long(row, 'user_id'))
}

/** Tells whether somebody has started a bot, or has let it write. */
export function* isStartedBy(botId: bigint, userId: bigint): Decision<boolean> {
  return (yield* findStarted.row({ botId, userId })) !== undefined
}

/** Gives a bot another description. */
export function* describeBot(botId: bigint, description: string): Decision<void> {
  yield* setDescription.send({ botId, description })
}

/** Counts a change of what clients keep of a bot: they ask again. */
export function* raiseInfoVersion(botId: bigint): Decision<void> {
  yield* raise.send({ botId })
}

/** Those who have talked to a bot, and whom a scope is about, by ascending id. */
export function* listTalkers(botId: bigint, scope: CommandScope): Decision<bigint[]> {
  if (scope.kind !== 'default' && scope.kind !== 'users' && scope.kind !== 'peer') return []
  if (scope.kind === 'peer') {
    const { peerId } = scope
    return peerId > 0n && (yield* isStartedBy(botId, peerId)) ? [peerId] : []
  }
  return (yield* listPeople.rows({ botId })).map((row) => long(row, 'peer_id'))
}

/** The menu button for somebody; undefined: there is none just for them. 0: for all. */
export function* findMenuButton(botId: bigint, userId: bigint): Decision<MenuButton | undefined> {
  const kept = yield* findSetting(botId, `menuButton ${userId}`)
  return kept === undefined ? undefined : JSON.parse(kept)
}

/** Sets the menu button for somebody, or for all. */
export function* keepMenuButton(botId: bigint, userId: bigint, button: MenuButton): Decision<void> {
  // Without a row, the button for all counts.
  if (userId !== 0n && button.kind === 'default') yield* dropSetting(botId, `menuButton ${userId}`)
  else yield* keepSetting(botId, `menuButton ${userId}`, JSON.stringify(button))
}

/** The rights that apps suggest for a bot. */
export function* findRights(botId: bigint): Decision<SuggestedRights> {
  return {
    inGroups: Number((yield* findSetting(botId, 'rightsInGroups')) ?? 0),
    inChannels: Number((yield* findSetting(botId, 'rightsInChannels')) ?? 0),
  }
}

/** The place where a viewer sees a bot: its own chat, or a group of which it is a member. */
export interface BotViewer {
  readonly viewerId: bigint
  /** Undefined: the bot's own chat. */
  readonly group?: { readonly peerId: PeerId; readonly leads: boolean } | undefined
}

/** The scopes of commands that are for a viewer, the narrowest first. */
export function scopesOf({ viewerId, group }: BotViewer): CommandScope[] {
  if (group === undefined) return [{ kind: 'peer', peerId: viewerId }, { kind: 'users' }, { kind: 'default' }]
  const { peerId, leads } = group
  return [
    { kind: 'peerUser', peerId, userId: viewerId },
    ...(leads ? [{ kind: 'peerAdmins', peerId } as const] : []),
    { kind: 'peer', peerId },
    ...(leads ? [{ kind: 'chatAdmins' } as const] : []),
    { kind: 'chats' },
    { kind: 'default' },
  ]
}
