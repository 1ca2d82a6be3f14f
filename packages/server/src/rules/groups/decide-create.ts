import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { aloneToAct, chargeAct, findSpentAct } from '../codes/act-budgets.ts'
import { type Refused, refused } from '../refusal.ts'
import { type GroupGround, lockBoxes, tellBoxes, tellGroup } from './decide-changes.ts'
import { findInviteProblems } from './decide-invited.ts'
import { putPermanent } from './decide-invites.ts'
import { type GroupChange, putMember } from './decide-members.ts'

/** A group that was made. */
export interface GroupCreated extends GroupChange {
  /** People whom the creator could not bring. */
  readonly missingIds: readonly bigint[]
}

const insert = sql`
  INSERT INTO chats (creator_id, title, created_at_s) VALUES (:creatorId, :title, :nowS) RETURNING chat_id`

/**
 * Makes a group of its creator and of those who let themselves be brought.
 *
 * @param hash of the creator's permanent link
 */
export function* createGroup(
  on: GroupGround,
  {
    title,
    userIds,
    hash,
  }: { readonly title: string; readonly userIds: readonly bigint[]; readonly hash: string },
): Decision<GroupCreated | Refused> {
  const { actor, nowS } = on
  const creatorId = actor.userId
  const { actLimits } = on.settings
  const act = { act: 'newGroup', userId: creatorId, nowMs: nowS * 1000 } as const
  yield* aloneToAct(actLimits, act)
  const spent = yield* findSpentAct(actLimits, act)
  if (spent !== undefined) return spent
  const problems = yield* findInviteProblems(creatorId, userIds)
  const fatal = [...problems.values()].find(({ name }) => FATAL.has(name))
  if (fatal !== undefined) return refused(fatal.name)
  const brought = userIds.filter((id) => !problems.has(id))
  const chatId = long((yield* insert.row({ creatorId, title, nowS })) ?? {}, 'chat_id')
  const boxIds = [creatorId, ...brought]
  yield* lockBoxes(boxIds)
  for (const userId of boxIds) yield* putMember(on, { chatId, creatorId }, { userId, inviterId: creatorId })
  yield* putPermanent({ peerId: -chatId, adminId: creatorId, hash, nowS })
  const action = { kind: 'chatCreate', title, userIds: brought } as const
  const event = yield* tellGroup(on, { chatId, fromId: creatorId, boxIds, action })
  yield* tellBoxes(on, chatId, boxIds, 'chatMembers')
  yield* chargeAct(actLimits, act)
  return { kind: 'changed', chatId, events: [event], missingIds: [...problems.keys()] }
}

/** Problems that are the client's mistake, and not somebody's wish. */
const FATAL: ReadonlySet<string> = new Set(['USER_ID_INVALID', 'INPUT_USER_DEACTIVATED'])
