import { int, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { roleIn } from '../groups/decide-group.ts'
import { lockBoxes } from '../messages/decide-append-message.ts'
import { addBotEvent } from '../messages/decide-bot-log.ts'
import { findMessages } from '../messages/decide-history.ts'
import { isLeftBehind } from '../messages/decide-left-behind.ts'
import { findPolls, type StoredPoll, seePolls } from '../messages/decide-polls.ts'
import { addSideEvents } from '../messages/decide-side-log.ts'
import type { PeerId, SeenPoll } from '../messages/words.ts'

/** Boxes that are told of a vote at once. A poll that was forwarded to more is looked up by its readers. */
const MAX_TOLD = 1000

const clear = sql`DELETE FROM votes WHERE poll_id = :pollId AND user_id = :userId`
const insert = sql`INSERT INTO votes (poll_id, user_id, option, at_s) VALUES (:pollId, :userId, :option, :atS)`
const markUnread = sql`
  UPDATE messages SET has_unread_votes = 1 WHERE box_id = :creatorId AND from_id = :creatorId
    AND body_id IN (SELECT b.body_id FROM bodies b WHERE b.poll_id = :pollId AND b.poll_id > 0)
    AND NOT (${isLeftBehind('messages')})`
const listOwn = sql`SELECT option FROM votes WHERE poll_id = :pollId AND user_id = :userId ORDER BY option`
/** Bots are told of their own polls only. People who have the poll only in groups that they left are not told. */
const listHolders = sql`
  SELECT DISTINCT m.box_id FROM bodies b JOIN messages m ON m.body_id = b.body_id
  WHERE b.poll_id = :pollId AND b.poll_id > 0 AND NOT (${isLeftBehind('m')}) AND NOT EXISTS (
    SELECT 1 FROM bots o JOIN polls p ON p.poll_id = :pollId AND p.creator_id <> o.user_id WHERE o.user_id = m.box_id)
  ORDER BY m.box_id LIMIT :limit`
const listVotes = sql`
  SELECT user_id, at_s FROM (
    SELECT user_id, max(at_s) AS at_s FROM votes
    WHERE poll_id = :pollId AND (CAST(:option AS BIGINT) < 0 OR option = :option) GROUP BY user_id
  ) v
  WHERE CAST(:beforeS AS BIGINT) = 0 OR at_s < :beforeS OR (at_s = :beforeS AND user_id > :afterId)
  ORDER BY at_s DESC, user_id LIMIT :limit`
const countVoters = sql`
  SELECT count(DISTINCT user_id) AS n FROM votes
  WHERE poll_id = :pollId AND (CAST(:option AS BIGINT) < 0 OR option = :option)`

/** A message with a poll, in the voter's box. */
export interface PollPlace {
  readonly userId: bigint
  readonly peerId: PeerId
  readonly messageId: number
}

/** The poll in a message; undefined if there is no such message, or no poll in it. */
export function* pollIn(
  secret: Secret,
  { userId, peerId, messageId }: PollPlace,
): Decision<StoredPoll | undefined> {
  const [message] = yield* findMessages(secret, userId, [messageId])
  if (message?.peerId !== peerId || message.media?.kind !== 'poll') return undefined
  const [poll] = yield* findPolls(secret, [message.media.pollId])
  return poll
}

/** A vote: the places of the chosen answers, none to take a vote back. */
export interface Vote {
  /** The poll that is in the place. */
  readonly pollId: bigint
  readonly place: PollPlace
  readonly options: readonly string[]
  readonly nowS: number
  readonly causedBy: bigint | undefined
}

/** The outcome of a vote. */
export type VoteOutcome =
  | { readonly kind: 'voted'; readonly pollId: bigint; readonly poll: SeenPoll }
  | { readonly kind: 'noPoll' | 'closed' | 'noOption' | 'tooMany' | 'final' }

/** Tells whether somebody still is in the chat of a poll: people who have left a group vote there no more. */
function* isThere({ userId, peerId }: PollPlace): Decision<boolean> {
  if (peerId > 0n) return true
  yield* alone('chat', -peerId)
  const role = yield* roleIn(-peerId, userId)
  return role !== undefined && role !== 'left' && role !== 'kicked'
}

/** Replaces the votes of one person in a poll, and tells everybody who has it. */
export function* castVote(
  secret: Secret,
  { pollId, place, options, nowS, causedBy }: Vote,
): Decision<VoteOutcome> {
  // The first step: those who vote at once wait for their turns without a connection.
  yield* alone('poll', pollId)
  if (!(yield* isThere(place))) return { kind: 'noPoll' }
  const stored = yield* pollIn(secret, place)
  if (stored?.pollId !== pollId) return { kind: 'noPoll' }
  const { poll, isClosed } = stored
  const { userId } = place
  if (isClosed || (poll.closesAtS !== undefined && poll.closesAtS <= nowS)) return { kind: 'closed' }
  const chosen = [...new Set(options)].map((option) =>
    poll.answers.findIndex((each) => each.option === option),
  )
  if (chosen.includes(-1)) return { kind: 'noOption' }
  if (chosen.length > 1 && !poll.isMultiple) return { kind: 'tooMany' }
  const before = (yield* listOwn.rows({ pollId, userId })).map((row) => int(row, 'option'))
  if (before.length > 0 && (poll.isQuiz || poll.isRevotingDisabled)) return { kind: 'final' }
  yield* clear.send({ pollId, userId })
  for (const option of chosen) yield* insert.send({ pollId, userId, option, atS: nowS })
  const holders = yield* holdersOfPoll(pollId)
  yield* lockBoxes(holders.map((boxId) => ({ boxId })))
  yield* tellHolders(holders, { pollId, atS: nowS, userId, causedBy })
  const { creatorId } = stored
  if (chosen.length > 0 && creatorId !== userId) yield* markUnread.send({ pollId, creatorId })
  if (poll.hasPublicVoters && stored.creatorId !== userId) {
    const event = { kind: 'vote', pollId, userId, options: [...new Set(options)], places: chosen } as const
    yield* addBotEvent(stored.creatorId, event, nowS)
  }
  return { kind: 'voted', pollId, poll: yield* seen(secret, userId, stored) }
}

function* seen(secret: Secret, viewerId: bigint, { pollId }: StoredPoll): Decision<SeenPoll> {
  const poll = (yield* seePolls(secret, viewerId, [pollId])).get(pollId)
  if (poll === undefined) throw new TypeError('a poll is gone while it is locked')
  return poll
}

/**
 * The boxes that are told of changes in a poll, by ascending id. Whoever changes it locks them together with all others that the
 * decision needs: one after the other would be another order than that of everybody else.
 */
export function* holdersOfPoll(pollId: bigint): Decision<bigint[]> {
  return (yield* listHolders.rows({ pollId, limit: MAX_TOLD })).map((row) => long(row, 'box_id'))
}

/** A change in a poll. */
export interface PollChange {
  readonly pollId: bigint
  readonly atS: number
  /** Whose answer tells of it; 0n: nobody's. */
  readonly userId: bigint
  readonly causedBy: bigint | undefined
}

/** Tells boxes, which are locked, of a change in a poll that they have. */
export function* tellHolders(
  boxIds: readonly bigint[],
  { pollId, atS, userId, causedBy }: PollChange,
): Decision<void> {
  yield* addSideEvents(boxIds, { kind: 'poll', subject: pollId, atS }, { userId, authKeyId: causedBy })
}

/** A query for those who voted, the last ones first. */
export interface VotersQuery {
  readonly pollId: bigint
  /** The place of an answer; undefined: any. */
  readonly option: number | undefined
  /** The last of those who are known already. */
  readonly after: { readonly userId: bigint; readonly atS: number } | undefined
  readonly limit: number
}

/** Somebody's votes in a poll. */
export interface Voter {
  readonly userId: bigint
  readonly atS: number
  readonly options: readonly number[]
}

/** Those who voted in a poll, and the number of all of them. */
export function* listVoters({ pollId, option = -1, after, limit }: VotersQuery): Decision<{
  readonly voters: readonly Voter[]
  readonly count: number
}> {
  const page = { beforeS: after?.atS ?? 0, afterId: after?.userId ?? 0n, limit }
  const rows = yield* listVotes.rows({ pollId, option, ...page })
  const voters: Voter[] = []
  for (const row of rows) {
    const userId = long(row, 'user_id')
    const options = (yield* listOwn.rows({ pollId, userId })).map((each) => int(each, 'option'))
    voters.push({ userId, atS: int(row, 'at_s'), options })
  }
  return { voters, count: int((yield* countVoters.row({ pollId, option })) ?? {}, 'n') }
}
