import type { FormattedText, Poll, PollAnswer } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { isLongerThan, plainText } from './text/format.ts'
import { isInvisible } from './text/trim.ts'

/** A poll as a client sends it. */
export interface WrittenPoll extends Omit<Poll, 'answers'> {
  /** An answer without an option gets one. */
  readonly answers: readonly (FormattedText & { readonly option?: string })[]
}

const MAX_QUESTION_CHARACTERS = 300
const MAX_ANSWER_CHARACTERS = 100
const MAX_SOLUTION_CHARACTERS = 200
const MAX_OPTION_BYTES = 100
const MIN_ANSWERS = 2
/** Answers that a poll can have. */
export const MAX_ANSWERS = 10
const [MIN_CLOSE_PERIOD_S, MAX_CLOSE_PERIOD_S] = [5, 2_628_000]

/**
 * The poll as it is kept.
 *
 * @throws {RpcError} POLL_QUESTION_INVALID, POLL_ANSWERS_INVALID, POLL_ANSWER_INVALID, POLL_OPTION_INVALID,
 *   POLL_OPTION_DUPLICATE, QUIZ_CORRECT_ANSWERS_EMPTY, QUIZ_CORRECT_ANSWERS_TOO_MUCH, QUIZ_CORRECT_ANSWER_INVALID,
 *   QUIZ_MULTIPLE_INVALID, MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID
 */
export function checkPoll(written: WrittenPoll, nowS: number): Poll {
  const { question, answers, solution, closePeriodS, closesAtS, ...rest } = written
  if (answers.length < MIN_ANSWERS || answers.length > MAX_ANSWERS) throw refusal('POLL_ANSWERS_INVALID')
  const kept = answers.map(checkAnswer)
  if (new Set(kept.map(({ option }) => option)).size < kept.length) throw refusal('POLL_OPTION_DUPLICATE')
  checkQuiz(written)
  return {
    ...rest,
    question: checkText(question, MAX_QUESTION_CHARACTERS, 'POLL_QUESTION_INVALID'),
    answers: kept,
    correct: written.isQuiz ? [...written.correct].sort((one, other) => one - other) : [],
    ...(written.isQuiz && solution && solution.text !== '' && { solution: checkSolution(solution) }),
    ...closing(closePeriodS, closesAtS, nowS),
  }
}

function checkAnswer({ option, ...text }: WrittenPoll['answers'][number], place: number): PollAnswer {
  const name = option ?? Buffer.from([place]).toString('base64')
  const bytes = Buffer.from(name, 'base64').length
  if (bytes === 0 || bytes > MAX_OPTION_BYTES) throw refusal('POLL_OPTION_INVALID')
  return { ...checkAnswerText(text), option: name }
}

/** The text of an answer. @throws {RpcError} POLL_ANSWER_INVALID, ENTITY_BOUNDS_INVALID */
export function checkAnswerText(written: FormattedText): FormattedText {
  return checkText(written, MAX_ANSWER_CHARACTERS, 'POLL_ANSWER_INVALID')
}

function checkText(
  written: FormattedText,
  maxCharacters: number,
  name: 'POLL_QUESTION_INVALID' | 'POLL_ANSWER_INVALID',
): FormattedText {
  // Questions and answers show emoji of their own and no other formatting.
  const entities = written.entities.filter(({ kind }) => kind === 'customEmoji')
  const text = plainText({ text: written.text, entities })
  if (isInvisible(text.text) || isLongerThan(text.text, maxCharacters)) throw refusal(name)
  return text
}

function checkQuiz({ isQuiz, isMultiple, hasOpenAnswers, correct, answers }: WrittenPoll): void {
  if (!isQuiz) return
  if (isMultiple || hasOpenAnswers) throw refusal('QUIZ_MULTIPLE_INVALID')
  if (correct.length === 0) throw refusal('QUIZ_CORRECT_ANSWERS_EMPTY')
  if (correct.length > 1) throw refusal('QUIZ_CORRECT_ANSWERS_TOO_MUCH')
  if (correct.some((place) => answers[place] === undefined)) throw refusal('QUIZ_CORRECT_ANSWER_INVALID')
}

function checkSolution(written: FormattedText): FormattedText {
  const solution = plainText(written)
  if (isLongerThan(solution.text, MAX_SOLUTION_CHARACTERS)) throw refusal('MESSAGE_TOO_LONG')
  return solution
}

/** The end of a poll that closes by itself. An end that cannot be means: when somebody closes it. */
function closing(
  periodS: number | undefined,
  atS: number | undefined,
  nowS: number,
): Pick<Poll, 'closePeriodS' | 'closesAtS'> {
  const asked = periodS ?? (atS === undefined ? undefined : atS - nowS)
  if (asked === undefined || asked < MIN_CLOSE_PERIOD_S || asked > MAX_CLOSE_PERIOD_S) return {}
  return { ...(periodS !== undefined && { closePeriodS: periodS }), closesAtS: nowS + asked }
}
