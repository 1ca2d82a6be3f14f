import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requireUserId } from '../accounts/keys.ts'
import { findBar, openChat } from '../chats/decide-open-chat.ts'
import { type WritingGround, type Written, writeCounted } from '../chats/decide-write.ts'
import { groundOf } from '../chats/send-message.ts'
import { findGroup } from '../groups/decide-group.ts'
import { leads } from '../groups/words.ts'
import type { BoxEvent } from '../messages/words.ts'
import { accepted, isRefused, type Refused, refusal } from '../refusal.ts'
import { findBot, findOwnedBots, findRights, isStartedBy } from './decide-bot.ts'
import { findCards } from './decide-cards.ts'
import type { BotCard, SuggestedRights } from './words.ts'

/** A bot as its page shows it; undefined if the account is none. */
export async function botPage(
  { store }: Pick<Ground, 'store'>,
  viewerId: bigint,
  botId: bigint,
  langCode: string,
): Promise<(BotCard & { readonly rights: SuggestedRights }) | undefined> {
  return await store.look(function* () {
    const [card] = yield* findCards([botId], { viewerId }, langCode)
    return card && { ...card, rights: yield* findRights(botId) }
  })
}

/** The bots of a group, as one of its members sees them. */
export async function botsOfGroup(
  { store }: Ground,
  { state }: Caller,
  chatId: bigint,
  langCode: string,
): Promise<BotCard[]> {
  const viewerId = requireUserId(state)
  return await store.look(function* () {
    const group = yield* findGroup(chatId)
    if (!group?.roles.has(viewerId)) return []
    const viewer = { viewerId, group: { peerId: -chatId, leads: leads(group, viewerId) } }
    return yield* findCards([...group.roles.keys()], viewer, langCode)
  })
}

/** The bots that the caller owns. */
export async function ownedBots({ store }: Ground, { state }: Caller): Promise<bigint[]> {
  const userId = requireUserId(state)
  return await store.look(() => findOwnedBots(userId))
}

/** @throws {RpcError} BOT_INVALID */
export async function requireBot({ store }: Pick<Ground, 'store'>, botId: bigint): Promise<void> {
  if ((await store.look(() => findBot(botId))) === undefined) throw refusal('BOT_INVALID')
}

/** Tells whether a bot may write to the caller. @throws {RpcError} BOT_INVALID */
export async function mayBotWrite(on: Ground, { state }: Caller, botId: bigint): Promise<boolean> {
  const userId = requireUserId(state)
  await requireBot(on, botId)
  return await on.store.look(() => isStartedBy(botId, userId))
}

/**
 * Lets a bot write to the caller, as if the caller had started it. Nothing happens if it may already.
 *
 * @throws {RpcError} BOT_INVALID, YOU_BLOCKED_USER, FLOOD_WAIT_X
 */
export async function letBotWrite(on: Ground, caller: Caller, botId: bigint): Promise<readonly BoxEvent[]> {
  await requireBot(on, botId)
  const ground = groundOf(on, caller)
  const randomId = randomLong(on.random)
  const outcome = accepted(await on.store.decide(() => decideAllow(ground, botId, randomId)))
  return outcome.kind === 'written' ? [outcome.event, ...outcome.others] : []
}

function* decideAllow(
  on: WritingGround,
  botId: bigint,
  randomId: bigint,
): Decision<Written | { readonly kind: 'allowed' } | Refused> {
  const { userId } = on.actor
  const chat = yield* openChat(on.settings, userId, botId)
  if (isRefused(chat)) return chat
  if (yield* isStartedBy(botId, userId)) return { kind: 'allowed' }
  const bar = yield* findBar(chat, userId)
  if (bar !== undefined) return bar
  const content = { text: '', entities: [], action: { kind: 'botAllowed' } } as const
  return yield* writeCounted(on, chat, { peerId: botId, content, randomId })
}
