import type { LoginPrompts, RpcError } from '@cablegram/client'
import type { CallOutcome, StartOutcome } from './library/host.ts'

/** Sources of the answers of a sign-in. */
export interface SignInParts {
  /** Answers that the script gave as strings, by their names in Lua. */
  readonly given: Readonly<Record<string, string>>
  /** Names of the answers that functions of the script give. */
  readonly asked: readonly string[]
  /** Asks a person for all others; undefined if nobody answers. */
  readonly askPerson: (text: string, isHidden: boolean) => Promise<string | undefined>
}

/** A question that waits for the script's function. */
interface Pending {
  readonly name: string
  readonly problem: RpcError | undefined
  readonly resolve: (answer: string) => void
  readonly reject: (error: Error) => void
}

/** A sign-in of `cablegram.start`. It stops at each question that a function of the script answers. */
export class SignIn {
  readonly #parts: SignInParts
  #done: Promise<CallOutcome> = Promise.resolve({ value: undefined })
  /** Names of the strings that the client has. */
  readonly #used = new Set<string>()
  #pending: Pending | undefined
  #onPending: () => void = () => {}

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  /** The prompts for the client. */
  get prompts(): Partial<LoginPrompts> {
    const hasToken = this.#isScripted('bot_token')
    return {
      phone: ({ problem }) => this.#answerTo(hasToken ? 'bot_token' : 'phone', 'Phone number: ', problem),
      code: ({ problem }) => this.#answerTo('code', 'Code: ', problem),
      password: ({ problem }) => this.#answerTo('password', 'Password: ', problem),
      email: ({ problem }) => this.#answerTo('email', 'E-mail address: ', problem),
      name: async ({ problem }) => ({
        firstName: await this.#answerTo('first_name', 'First name: ', problem),
        lastName: this.#isScripted('last_name') ? await this.#answerTo('last_name', '', undefined) : '',
      }),
    }
  }

  /** Takes the running sign-in. @returns the first question for the script, or the end */
  begin(done: Promise<CallOutcome>): Promise<StartOutcome> {
    this.#done = done
    return this.#next()
  }

  /** Takes an answer of the script; undefined gives the sign-in up. @returns the next question, or the end */
  answer(answer: string | undefined): Promise<StartOutcome> {
    const pending = this.#pending
    this.#pending = undefined
    if (answer === undefined) pending?.reject(new Error('the script gave the sign-in up'))
    else pending?.resolve(answer)
    return this.#next()
  }

  async #next(): Promise<StartOutcome> {
    const asks = new Promise<undefined>((resolve) => {
      this.#onPending = () => resolve(undefined)
      if (this.#pending !== undefined) resolve(undefined)
    })
    const outcome = await Promise.race([this.#done, asks])
    if (outcome !== undefined) return outcome
    return { asks: this.#pending?.name ?? '', problem: this.#pending?.problem?.message }
  }

  #isScripted(name: string): boolean {
    return this.#parts.given[name] !== undefined || this.#parts.asked.includes(name)
  }

  /** A string cannot be asked again: its refusal ends the sign-in. The first problem may be of an earlier sign-in. */
  async #answerTo(name: string, text: string, problem: RpcError | undefined): Promise<string> {
    const given = this.#parts.given[name]
    if (given !== undefined) {
      if (problem !== undefined && this.#used.has(name)) throw problem
      this.#used.add(name)
      return given
    }
    if (this.#parts.asked.includes(name)) return this.#askScript(name, problem)
    const answer = await this.#parts.askPerson(text, name === 'password')
    if (answer === undefined) throw new Error(`${name} is missing, and nobody is there to answer`)
    return answer
  }

  #askScript(name: string, problem: RpcError | undefined): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#pending = { name, problem, resolve, reject }
      this.#onPending()
    })
  }
}
