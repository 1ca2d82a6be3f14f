import type { RpcError } from '@cablegram/mtproto'
import {
  checkPrompts,
  isEmptyAnswer,
  type PromptName,
  refuseAnswer,
  refuseUnreadable,
} from './prompt-checks.ts'
import type { LoginPrompts } from './prompts.ts'
import { isBlank } from './typed.ts'

type TextPrompt = 'phone' | 'code' | 'password' | 'email' | 'recoveryCode' | 'newPassword'
type QuestionOf<Name extends PromptName> = Parameters<NonNullable<LoginPrompts[Name]>>[0]
type Name = Awaited<ReturnType<LoginPrompts['name']>>

/** How an answer is judged. */
export interface Judging {
  /** An answer as it would be sent: answers that are sent alike are equal. */
  readonly asSent: (answer: string) => string
  /** Scope of a refused answer: after a new code, the same answer may be given again. */
  readonly scope?: string
  /** Effect of an empty answer; without one, the prompt must not give an empty answer. */
  readonly isEmptyAllowed?: boolean
}

/** Refusals of the answer itself: the same answer cannot be right a moment later. */
const REFUSALS: { readonly [Name in PromptName]?: ReadonlySet<string> } = {
  phone: new Set(['PHONE_NUMBER_INVALID', 'ACCESS_TOKEN_INVALID', 'ACCESS_TOKEN_EXPIRED']),
  code: new Set(['PHONE_CODE_INVALID', 'CODE_INVALID', 'EMAIL_TOKEN_INVALID', 'SEND_CODE_UNAVAILABLE']),
  password: new Set(['PASSWORD_HASH_INVALID', 'PASSWORD_RECOVERY_NA']),
  name: new Set(['FIRSTNAME_INVALID', 'LASTNAME_INVALID']),
  email: new Set(['EMAIL_INVALID', 'EMAIL_NOT_ALLOWED']),
  recoveryCode: new Set(['CODE_INVALID', 'PHONE_CODE_INVALID', 'CODE_EMPTY']),
  newPassword: new Set(['NEW_SETTINGS_INVALID']),
}

/** A prompt may repeat an answer this often for a new code, or after the server has refused something else. */
const MAX_REPEATS = 2
/** A login takes this many empty answers: each sends a code another way or goes back, so they need an end. */
const MAX_EMPTY = 10

/**
 * Asks the prompts of a login. What they give is checked before anything is sent, and an answer that the server has
 * refused is not sent a second time: the refusal is the end of the login.
 */
export class Answers {
  readonly #prompts: LoginPrompts
  readonly #refusals = new Map<string, RpcError>()
  readonly #last = new Map<PromptName, { readonly key: string; readonly repeatsKey: string }>()
  readonly #repeats = new Map<string, number>()
  /** The last refusal of an answer, whichever code the answer was for. */
  readonly #refusedBefore = new Map<string, RpcError>()
  #emptyAnswers = 0
  #hasEnded = false
  #fail: (error: unknown) => void = () => {}
  /** Rejects where a prompt that only shows something throws. */
  readonly failed: Promise<never>

  /** @throws UsageError PROMPT_INVALID */
  constructor(prompts: LoginPrompts) {
    checkPrompts(prompts, ['phone', 'code', 'password', 'name'])
    this.#prompts = prompts
    this.failed = new Promise((_, reject) => {
      this.#fail = reject
    })
    // Nobody may be waiting for it yet.
    this.failed.catch(() => {})
  }

  /** Whether there is such a prompt. */
  has(name: PromptName): boolean {
    return this.#prompts[name] !== undefined
  }

  /** A prompt's answer. @throws UsageError PROMPT_ANSWER_INVALID; RpcError the refusal of an answer that is given again */
  async text<Name extends TextPrompt>(
    name: Name,
    question: QuestionOf<Name>,
    judging: Judging,
  ): Promise<string> {
    const { asSent, scope = '', isEmptyAllowed = false } = judging
    this.#learn(name, question.problem)
    const gave: unknown = await this.#ask(name, question)
    if (typeof gave !== 'string') return refuseAnswer(name, gave)
    const isEmpty = isEmptyAnswer(name, gave)
    const answer = isEmpty ? '' : asSent(gave)
    if (!isEmpty && answer === '') return refuseUnreadable(name)
    this.#judge(name, { scope, answer, problem: question.problem })
    if (!isEmpty) return gave
    if (!isEmptyAllowed) return refuseAnswer(name, gave === '' ? gave : ' ')
    this.#emptyAnswers += 1
    if (this.#emptyAnswers > MAX_EMPTY) throw question.problem ?? refuseAnswer(name, '')
    return ''
  }

  /** The answer to the question for a name. @throws as {@link text} */
  async name(question: QuestionOf<'name'>): Promise<Name> {
    this.#learn('name', question.problem)
    const gave: unknown = await this.#ask('name', question)
    if (!isName(gave)) return refuseAnswer('name', gave)
    const { firstName, lastName = '' } = gave
    this.#judge('name', {
      scope: '',
      answer: `${firstName.trim()}\n${lastName.trim()}`,
      problem: question.problem,
    })
    return { firstName, lastName }
  }

  /** The answer to the question whether to take a login e-mail off the account. @throws as {@link text} */
  async resetEmail(question: QuestionOf<'resetEmail'>): Promise<boolean> {
    const gave: unknown = await this.#ask('resetEmail', question)
    return typeof gave === 'boolean' ? gave : refuseAnswer('resetEmail', gave)
  }

  /** Has a prompt show something. One that throws ends the login, as every prompt does. */
  show<Name extends 'payment' | 'qr'>(name: Name, what: QuestionOf<Name>): void {
    this.#ask(name, what).catch(this.#fail)
  }

  /** From here on answers lead nowhere: a prompt that is still asking cannot be called back. */
  end(): void {
    this.#hasEnded = true
  }

  async #ask(name: PromptName, question: unknown): Promise<unknown> {
    const prompts: { readonly [Name in PromptName]?: (question: never) => unknown } = this.#prompts
    const gave = await prompts[name]?.(question as never)
    if (this.#hasEnded) await new Promise<never>(() => {})
    return gave
  }

  /** Notes what has become of the last answer. */
  #learn(name: PromptName, problem: RpcError | undefined): void {
    const last = this.#last.get(name)
    if (!problem || last === undefined || !REFUSALS[name]?.has(problem.type)) return
    this.#refusals.set(last.key, problem)
    this.#refusedBefore.set(last.repeatsKey, problem)
  }

  #judge(
    name: PromptName,
    given: { readonly scope: string; readonly answer: string; readonly problem: RpcError | undefined },
  ): void {
    const { scope, answer, problem } = given
    const key = JSON.stringify([name, scope, answer])
    const refusal = this.#refusals.get(key)
    if (refusal) throw refusal
    const repeatsKey = JSON.stringify([name, answer])
    this.#last.set(name, { key, repeatsKey })
    const reason = problem ?? this.#refusedBefore.get(repeatsKey)
    if (!reason || answer === '') return
    const repeats = this.#repeats.get(repeatsKey) ?? 0
    if (repeats >= MAX_REPEATS) throw reason
    this.#repeats.set(repeatsKey, repeats + 1)
  }
}

function isName(value: unknown): value is Name {
  if (typeof value !== 'object' || value === null) return false
  const { firstName, lastName } = value as { firstName?: unknown; lastName?: unknown }
  if (typeof firstName !== 'string' || isBlank(firstName)) return false
  return lastName === undefined || typeof lastName === 'string'
}
