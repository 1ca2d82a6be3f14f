import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { type StoredPoll, seePolls } from '../messages/decide-polls.ts'
import type { PeerId, SeenPoll } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { castVote, listVoters, pollIn, type VoteOutcome, type Voter } from './decide-votes.ts'

/** A message with a poll. */
export interface PollMessage {
  readonly peerId: PeerId
  readonly messageId: number
}

/** A poll as the caller sees it. */
export interface OpenedPoll {
  readonly pollId: bigint
  readonly poll: SeenPoll
}

const REFUSALS = {
  noPoll: 'MESSAGE_ID_INVALID',
  closed: 'MESSAGE_POLL_CLOSED',
  noOption: 'OPTION_INVALID',
  tooMany: 'OPTIONS_TOO_MUCH',
  final: 'REVOTE_NOT_ALLOWED',
} as const satisfies Readonly<Record<Exclude<VoteOutcome['kind'], 'voted'>, string>>

/**
 * Replaces the caller's votes in a poll; no option takes them back.
 *
 * @param options the names of the answers, in base64
 * @throws {RpcError} MESSAGE_ID_INVALID, MESSAGE_POLL_CLOSED, OPTION_INVALID, OPTIONS_TOO_MUCH, REVOTE_NOT_ALLOWED
 */
export async function vote(
  { store, clock }: Ground,
  caller: Caller,
  { peerId, messageId }: PollMessage,
  options: readonly string[],
): Promise<OpenedPoll> {
  const place = { userId: requireUserId(caller.state), peerId, messageId }
  const nowS = Math.floor(clock.nowMs() / 1000)
  const found = await store.look(() => pollIn(store.secret, place))
  if (found === undefined) throw refusal(REFUSALS.noPoll)
  const given = { pollId: found.pollId, place, options, nowS, causedBy: caller.authKeyId }
  const outcome = await store.decide(() => castVote(store.secret, given))
  if (outcome.kind !== 'voted') throw refusal(REFUSALS[outcome.kind])
  return outcome
}

/** A poll with its votes, as far as the caller may see them. @throws {RpcError} MESSAGE_ID_INVALID */
export async function pollResults(
  { store }: Ground,
  caller: Caller,
  message: PollMessage,
): Promise<OpenedPoll> {
  const place = { ...message, userId: requireUserId(caller.state) }
  const opened = await store.look(function* () {
    const stored = yield* pollIn(store.secret, place)
    const poll = stored && (yield* seePolls(store.secret, place.userId, [stored.pollId])).get(stored.pollId)
    return stored && poll && { pollId: stored.pollId, poll }
  })
  if (opened === undefined) throw refusal('MESSAGE_ID_INVALID')
  return opened
}

/** A page of those who voted. */
export interface VotesQuery extends PollMessage {
  /** The name of an answer, in base64; undefined: any. */
  readonly option: string | undefined
  /** Of the page before; empty: the first page. */
  readonly offset: string
  readonly limit: number
}

/** Those who voted, the last ones first. */
export interface VotesPage {
  readonly poll: StoredPoll['poll']
  readonly voters: readonly Voter[]
  readonly count: number
  /** The offset of the next page; undefined: there is none. */
  readonly nextOffset: string | undefined
}

const MAX_PAGE = 100
const OFFSET = /^(\d{1,10})_(\d{1,19})$/

/**
 * Lists who voted for what in a poll with public voters. Only those see that who have voted themselves.
 *
 * @throws {RpcError} MSG_ID_INVALID, POLL_VOTE_REQUIRED, OPTION_INVALID
 */
export async function listVotes({ store }: Ground, caller: Caller, query: VotesQuery): Promise<VotesPage> {
  const userId = requireUserId(caller.state)
  const limit = Math.min(MAX_PAGE, Math.max(1, query.limit))
  const found = await store.look(function* () {
    const stored = yield* pollIn(store.secret, { ...query, userId })
    if (!stored?.poll.hasPublicVoters) return undefined
    const { pollId, poll } = stored
    const option = poll.answers.findIndex((answer) => answer.option === query.option)
    const seen = (yield* seePolls(store.secret, userId, [pollId])).get(pollId)
    const page = { pollId, option, after: toPlace(query.offset), limit: limit + 1 }
    return { poll, option, isOpen: seen?.counts !== undefined, ...(yield* listVoters(page)) }
  })
  if (found === undefined) throw refusal('MSG_ID_INVALID')
  if (!found.isOpen) throw refusal('POLL_VOTE_REQUIRED')
  if (query.option !== undefined && found.option < 0) throw refusal('OPTION_INVALID')
  const { poll, count, voters } = found
  const page = voters.slice(0, limit)
  const last = voters.length > limit ? page.at(-1) : undefined
  return { poll, count, voters: page, nextOffset: last && `${last.atS}_${last.userId}` }
}

function toPlace(offset: string): { readonly atS: number; readonly userId: bigint } | undefined {
  const [, atS, userId] = OFFSET.exec(offset) ?? []
  return atS === undefined || userId === undefined ? undefined : { atS: Number(atS), userId: BigInt(userId) }
}
