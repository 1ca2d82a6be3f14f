import type {
  InputMedia,
  MessageMedia,
  PollResults,
  TextWithEntities,
  Poll as TlPoll,
  PollAnswer as TlPollAnswer,
  Update,
} from '@cablegram/tl/api'
import type { WrittenPoll } from '../rules/chats/check-poll.ts'
import type { FormattedText, PollAnswer, SeenPoll, TextEntity } from '../rules/messages/words.ts'
import { listHash } from './list-hash.ts'
import { tlEntities } from './tl-entities.ts'

/** A poll in a message. */
export function tlPollMedia(
  pollId: bigint,
  poll: SeenPoll,
): Extract<MessageMedia, { _: 'messageMediaPoll' }> {
  return { _: 'messageMediaPoll', poll: tlPoll(pollId, poll), results: tlResults(poll) }
}

/** A change in a poll. */
export function pollUpdate(pollId: bigint, poll: SeenPoll): Update {
  return { _: 'updateMessagePoll', pollId, poll: tlPoll(pollId, poll), results: tlResults(poll) }
}

function tlPoll(pollId: bigint, poll: SeenPoll): TlPoll {
  return {
    _: 'poll',
    id: pollId,
    ...(poll.isClosed && { closed: true }),
    ...(poll.hasPublicVoters && { publicVoters: true }),
    ...(poll.isMultiple && { multipleChoice: true }),
    ...(poll.isQuiz && { quiz: true }),
    ...(poll.isRevotingDisabled && { revotingDisabled: true }),
    ...(poll.hasOpenAnswers && { openAnswers: true }),
    ...(poll.isShuffled && { shuffleAnswers: true }),
    ...(poll.hidesResults && { hideResultsUntilClose: true }),
    ...(poll.isOwn && { creator: true }),
    question: tlText(poll.question),
    answers: poll.answers.map(tlPollAnswer),
    ...(poll.closePeriodS !== undefined && { closePeriod: poll.closePeriodS }),
    ...(poll.closesAtS !== undefined && { closeDate: poll.closesAtS }),
    hash: pollHash(poll),
  }
}

/** Tells the open poll from the closed one, and from the one with other answers. */
function pollHash({ isClosed, answers }: SeenPoll): bigint {
  const state = isClosed ? 2n : 1n
  const added = answers.flatMap(({ addedAtS }) => addedAtS ?? [])
  return added.length === 0 ? state : listHash([state, ...added])
}

/** An answer of a poll in TL. */
export function tlPollAnswer(answer: PollAnswer): TlPollAnswer {
  const { option, addedById, addedAtS } = answer
  return {
    _: 'pollAnswer',
    text: tlText(answer),
    option: optionBytes(option),
    ...(addedById !== undefined && { addedBy: { _: 'peerUser', userId: addedById }, date: addedAtS ?? 0 }),
  }
}

/** The people whom a poll names. */
export function peopleInPoll({ answers, recentVoterIds, recentByAnswer = [] }: SeenPoll): bigint[] {
  return [...answers.flatMap(({ addedById }) => addedById ?? []), ...recentVoterIds, ...recentByAnswer.flat()]
}

/** Right answers and the explanation of a quiz are told to those who see the votes. */
function tlResults({ answers, counts, chosen, correct, isQuiz, solution, ...poll }: SeenPoll): PollResults {
  return {
    _: 'pollResults',
    ...(poll.hasUnreadVotes && { hasUnreadVotes: true }),
    ...(counts && {
      results: answers.map(({ option }, place) => ({
        _: 'pollAnswerVoters',
        ...(chosen.includes(place) && { chosen: true }),
        ...(isQuiz && correct.includes(place) && { correct: true }),
        option: optionBytes(option),
        voters: counts[place] ?? 0,
        recentVoters: (poll.recentByAnswer?.[place] ?? []).map((userId) => ({ _: 'peerUser', userId })),
      })),
    }),
    totalVoters: poll.totalVoters,
    ...(poll.recentVoterIds.length > 0 && {
      recentVoters: poll.recentVoterIds.map((userId) => ({ _: 'peerUser', userId })),
    }),
    ...(counts && solution && { solution: solution.text, solutionEntities: tlEntities(solution.entities) }),
  }
}

/** A formatted text in TL. */
export function tlText({ text, entities }: FormattedText): TextWithEntities {
  return { _: 'textWithEntities', text, entities: tlEntities(entities) }
}

/** The name of an answer in TL. @param option in base64 */
export function optionBytes(option: string): Uint8Array {
  return new Uint8Array(Buffer.from(option, 'base64'))
}

/** The name of an answer in base64. */
export function optionOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/**
 * A poll that a client sends.
 *
 * @param textEntities reads entities
 */
export async function pollOf(
  {
    poll,
    correctAnswers = [],
    solution,
    solutionEntities = [],
  }: Extract<InputMedia, { _: 'inputMediaPoll' }>,
  textEntities: (entities: TextWithEntities['entities']) => Promise<TextEntity[]>,
): Promise<WrittenPoll> {
  const textOf = async ({ text, entities }: TextWithEntities) => ({
    text,
    entities: await textEntities(entities),
  })
  return {
    question: await textOf(poll.question),
    answers: await Promise.all(
      poll.answers.map(async (answer) => ({
        ...(await textOf(answer.text)),
        ...(answer._ === 'pollAnswer' && { option: optionOf(answer.option) }),
      })),
    ),
    isQuiz: poll.quiz === true,
    isMultiple: poll.multipleChoice === true,
    hasPublicVoters: poll.publicVoters === true,
    isRevotingDisabled: poll.revotingDisabled === true,
    ...(poll.openAnswers && { hasOpenAnswers: true }),
    isShuffled: poll.shuffleAnswers === true,
    hidesResults: poll.hideResultsUntilClose === true,
    correct: correctAnswers,
    ...(solution && { solution: { text: solution, entities: await textEntities(solutionEntities) } }),
    ...(poll.closePeriod !== undefined && { closePeriodS: poll.closePeriod }),
    ...(poll.closeDate !== undefined && { closesAtS: poll.closeDate }),
  }
}
