import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { changeReactions } from '../groups/decide-details.ts'
import { groupGround } from '../groups/groups.ts'
import type { AllowedReactions } from '../groups/words.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import type { PeerId, Reaction } from '../messages/words.ts'
import { findSetting, keepSetting } from '../people/decide-account-settings.ts'
import { accepted, refusal } from '../refusal.ts'
import { MAX_DIFFERENT_REACTIONS } from './decide-reactions.ts'
import { countTags, type Tag } from './decide-tags.ts'
import type { WritingGround } from './decide-write.ts'
import { knownReaction } from './reaction-emoji.ts'
import { actorOf, groundOf } from './send-message.ts'

/** The reaction of a double tap, as long as somebody has chosen no other. */
const DEFAULT_REACTION = '❤'

/** The reaction of the caller's double taps. */
export async function defaultReactionOf({ store }: Ground, caller: Caller): Promise<Reaction> {
  const { userId } = actorOf(caller)
  return (await store.look(() => findSetting(userId, 'defaultReaction'))) ?? DEFAULT_REACTION
}

/** Chooses the reaction of the caller's double taps, and tells their other sessions. @throws {RpcError} REACTION_INVALID */
export async function setDefaultReaction(on: Ground, caller: Caller, reaction: Reaction): Promise<void> {
  const known = requireKnown(reaction)
  const ground = groundOf(on, caller)
  await on.store.decide(() => keepDefault(ground, known))
}

function* keepDefault({ nowS, actor }: WritingGround, reaction: Reaction): Decision<void> {
  const { userId, authKeyId } = actor
  yield* keepSetting(userId, 'defaultReaction', reaction)
  yield* addSideEvent(userId, { kind: 'config', subject: 0n, atS: nowS }, authKeyId)
}

/**
 * Says which reactions a group allows.
 *
 * @throws {RpcError} REACTION_INVALID, LIMIT_PER_POST_INVALID, CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED,
 *   CHAT_NOT_MODIFIED
 */
export async function setAllowedReactions(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  { allowed, limit }: { readonly allowed: AllowedReactions; readonly limit: number | undefined },
): Promise<void> {
  if (limit !== undefined && (limit < 1 || limit > MAX_DIFFERENT_REACTIONS)) {
    throw refusal('LIMIT_PER_POST_INVALID')
  }
  const known = allowed === 'all' ? allowed : [...new Set(allowed.map(requireKnown))]
  const ground = groupGround(on, caller)
  accepted(await on.store.decide(() => changeReactions(ground, chatId, known)))
}

/** @throws {RpcError} REACTION_INVALID */
function requireKnown(reaction: Reaction): Reaction {
  const known = knownReaction(reaction)
  if (known === undefined) throw refusal('REACTION_INVALID')
  return known
}

/** The reactions that the caller has on messages in Saved Messages, the commonest first. @param savedPeerId only of this chat there */
export async function tagsOf({ store }: Ground, caller: Caller, savedPeerId?: PeerId): Promise<Tag[]> {
  const { userId } = actorOf(caller)
  return await store.look(() => countTags(userId, savedPeerId))
}
