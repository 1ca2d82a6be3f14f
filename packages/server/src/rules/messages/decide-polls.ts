import { bool, bytes, int, long, type Row } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { ofPollJson, toPollJson } from './body-json.ts'
import type { Poll, SeenPoll } from './words.ts'

const insert = sql`
  INSERT INTO polls (poll_id, creator_id, sealed_poll, closes_at_s) VALUES (:pollId, :creatorId, :sealed, :closesAtS)`
const rewrite = sql`
  UPDATE polls SET sealed_poll = :sealed, closes_at_s = :closesAtS, is_closed = :isClosed WHERE poll_id = :pollId`
const remove = sql`DELETE FROM polls WHERE poll_id IN ${LISTED_IDS}`
const listPolls = sql`SELECT p.* FROM polls p JOIN ${LISTED_IDS} l ON l.listed_id = p.poll_id`
const countVotes = sql`
  SELECT v.poll_id, v.option, count(*) AS n, max(CASE WHEN v.user_id = :viewerId THEN 1 ELSE 0 END) AS is_own
  FROM votes v JOIN ${LISTED_IDS} l ON l.listed_id = v.poll_id GROUP BY v.poll_id, v.option`
const countVoters = sql`
  SELECT v.poll_id, count(DISTINCT v.user_id) AS n FROM votes v JOIN ${LISTED_IDS} l ON l.listed_id = v.poll_id
  GROUP BY v.poll_id`
const findHolding = sql`
  SELECT m.id FROM bodies b JOIN messages m ON m.body_id = b.body_id
  WHERE b.poll_id = :pollId AND b.poll_id > 0 AND m.box_id = :boxId ORDER BY m.id DESC LIMIT 1`
const listRecent = sql`
  SELECT poll_id, user_id FROM (
    SELECT g.poll_id, g.user_id, row_number() OVER (PARTITION BY g.poll_id ORDER BY g.at_s DESC, g.user_id) AS place
    FROM (
      SELECT v.poll_id, v.user_id, max(v.at_s) AS at_s FROM votes v JOIN ${LISTED_IDS} l ON l.listed_id = v.poll_id
      GROUP BY v.poll_id, v.user_id
    ) g
  ) r WHERE r.place <= 3 ORDER BY poll_id, place`

const listRecentOf = sql`
  SELECT poll_id, option, user_id FROM (
    SELECT v.poll_id, v.option, v.user_id,
      row_number() OVER (PARTITION BY v.poll_id, v.option ORDER BY v.at_s DESC, v.user_id) AS place
    FROM votes v JOIN ${LISTED_IDS} l ON l.listed_id = v.poll_id
  ) r WHERE r.place <= 3 ORDER BY poll_id, option, place`
const listUnread = sql`
  SELECT DISTINCT b.poll_id FROM ${LISTED_IDS} l JOIN bodies b ON b.poll_id = l.listed_id AND b.poll_id > 0
  JOIN messages m ON m.body_id = b.body_id AND m.box_id = :viewerId AND m.has_unread_votes = 1`
const forgetVotes = sql`DELETE FROM votes WHERE poll_id = :pollId AND option = :option`
const moveVotes = sql`UPDATE votes SET option = :option - 1 WHERE poll_id = :pollId AND option = :option`

/** Forgets the votes for an answer that goes; the answers behind it move up. */
export function* forgetAnswer(pollId: bigint, place: number, count: number): Decision<void> {
  yield* forgetVotes.send({ pollId, option: place })
  for (let option = place + 1; option < count; option++) yield* moveVotes.send({ pollId, option })
}

/** A poll in the store. */
export interface StoredPoll {
  readonly pollId: bigint
  readonly creatorId: bigint
  readonly poll: Poll
  readonly isClosed: boolean
}

/** Keeps a new poll. */
export function* keepPoll(
  secret: Secret,
  { pollId, creatorId, poll }: Omit<StoredPoll, 'isClosed'>,
): Decision<void> {
  yield* insert.send({
    pollId,
    creatorId,
    sealed: sealPoll(secret, pollId, poll),
    closesAtS: poll.closesAtS ?? 0,
  })
}

/** Changes a poll. */
export function* rewritePoll(secret: Secret, { pollId, poll, isClosed }: StoredPoll): Decision<void> {
  const sealed = sealPoll(secret, pollId, poll)
  yield* rewrite.send({ pollId, sealed, closesAtS: poll.closesAtS ?? 0, isClosed: Number(isClosed) })
}

/** Forgets polls that are in no message. */
export function* removePolls(pollIds: readonly bigint[]): Decision<void> {
  if (pollIds.length > 0) yield* remove.send({ ids: idList(pollIds) })
}

/** The polls with these ids, without those that do not exist. */
export function* findPolls(secret: Secret, pollIds: readonly bigint[]): Decision<StoredPoll[]> {
  return (yield* listPolls.rows({ ids: idList(pollIds) })).map((row) => toPoll(secret, row))
}

/** Polls as a person sees them. */
export function* seePolls(
  secret: Secret,
  viewerId: bigint,
  pollIds: readonly bigint[],
): Decision<ReadonlyMap<bigint, SeenPoll>> {
  const ids = idList(pollIds)
  const polls = yield* findPolls(secret, pollIds)
  const votes = yield* countVotes.rows({ ids, viewerId })
  const voters = yield* countVoters.rows({ ids })
  const recent = yield* listRecent.rows({ ids })
  const isPublic = polls.some(({ poll }) => poll.hasPublicVoters)
  const recentOf = isPublic ? yield* listRecentOf.rows({ ids }) : []
  const isCreator = polls.some(({ creatorId }) => creatorId === viewerId)
  const unread = isCreator ? yield* listUnread.rows({ ids, viewerId }) : []
  const ofPoll = (rows: readonly Row[], pollId: bigint) =>
    rows.filter((row) => long(row, 'poll_id') === pollId)
  return new Map(
    polls.map((stored) => {
      const { pollId } = stored
      const tally = {
        votes: ofPoll(votes, pollId).map((row) => ({
          option: int(row, 'option'),
          count: int(row, 'n'),
          isOwn: bool(row, 'is_own'),
        })),
        voters: ofPoll(voters, pollId).reduce((sum, row) => sum + int(row, 'n'), 0),
        recentIds: ofPoll(recent, pollId).map((row) => long(row, 'user_id')),
        recentOf: ofPoll(recentOf, pollId).map((row) => ({
          option: int(row, 'option'),
          userId: long(row, 'user_id'),
        })),
        isUnread: ofPoll(unread, pollId).length > 0,
      }
      return [pollId, seenPoll(stored, viewerId, tally)] as const
    }),
  )
}

interface Tally {
  readonly votes: readonly { readonly option: number; readonly count: number; readonly isOwn: boolean }[]
  readonly voters: number
  readonly recentIds: readonly bigint[]
  readonly recentOf: readonly { readonly option: number; readonly userId: bigint }[]
  readonly isUnread: boolean
}

/** Only those who have voted see the votes, until the poll closes. */
function seenPoll({ poll, isClosed, creatorId }: StoredPoll, viewerId: bigint, tally: Tally): SeenPoll {
  const { votes, voters, recentIds, recentOf, isUnread } = tally
  const chosen = votes.filter(({ isOwn }) => isOwn).map(({ option }) => option)
  const seesVotes = isClosed || (chosen.length > 0 && !poll.hidesResults)
  const counts = poll.answers.map((_, place) => votes.find(({ option }) => option === place)?.count ?? 0)
  return {
    ...poll,
    isClosed,
    isOwn: creatorId === viewerId,
    totalVoters: voters,
    ...(seesVotes && { counts }),
    chosen: chosen.sort((one, other) => one - other),
    recentVoterIds: poll.hasPublicVoters ? recentIds : [],
    ...(seesVotes &&
      poll.hasPublicVoters && {
        recentByAnswer: poll.answers.map((_, place) =>
          recentOf.filter(({ option }) => option === place).map(({ userId }) => userId),
        ),
      }),
    ...(isUnread && { hasUnreadVotes: true }),
  }
}

function toPoll(secret: Secret, row: Row): StoredPoll {
  const pollId = long(row, 'poll_id')
  const plain = unseal(secret, bytes(row, 'sealed_poll'), sealedAs(pollId))
  const poll = ofPollJson(Buffer.from(plain).toString())
  return { pollId, creatorId: long(row, 'creator_id'), poll, isClosed: bool(row, 'is_closed') }
}

function sealPoll(secret: Secret, pollId: bigint, poll: Poll): Uint8Array {
  return secret.seal(Buffer.from(toPollJson(poll)), sealedAs(pollId))
}

function sealedAs(pollId: bigint): string {
  return `poll ${pollId}`
}

/** The newest message of a box that has a poll in it; undefined if none has. */
export function* messageOfPoll(boxId: bigint, pollId: bigint): Decision<number | undefined> {
  const row = yield* findHolding.row({ pollId, boxId })
  return row && int(row, 'id')
}
