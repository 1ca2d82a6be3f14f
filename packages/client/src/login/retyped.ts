import type { RpcError } from '@cablegram/mtproto'
import { isEmptyAnswer } from './prompt-checks.ts'
import type { Terminal } from './terminal-lines.ts'

/** Checks of an answer typed at a terminal. */
export interface Retyping {
  readonly problem: RpcError | undefined
  /** An answer as it would be sent. */
  readonly asSent: (answer: string) => string
  /** Scope whose change clears earlier refusals. */
  readonly scope?: string
  readonly isEmptyAllowed?: boolean
}

/**
 * Asks a person again at once, where the answer is missing or has just been refused: the login would end with it. The
 * answers of a script go to the login as they are.
 */
export class Retyped {
  readonly #terminal: Terminal
  readonly #last = new Map<string, string>()
  readonly #refused = new Set<string>()

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** @param name of the question */
  async ask(name: string, question: () => Promise<string>, judging: Retyping): Promise<string> {
    const { problem, asSent, scope = '', isEmptyAllowed = false } = judging
    const last = this.#last.get(name)
    if (problem && last !== undefined) this.#refused.add(last)
    for (;;) {
      const answer = await question()
      const asItGoes = asSent(answer)
      const key = JSON.stringify([name, scope, asItGoes])
      this.#last.set(name, key)
      if (!this.#terminal.isInteractive) return answer
      const isEmpty = isEmptyAnswer(name, answer)
      if (isEmpty && isEmptyAllowed) return answer
      const complaint = this.#complaint(isEmpty, asItGoes, key)
      if (complaint === undefined) return answer
      this.#terminal.say(complaint)
    }
  }

  /** A sentence that says why the person has to type again, if so. */
  #complaint(isEmpty: boolean, asItGoes: string, key: string): string | undefined {
    if (isEmpty) return 'An answer is needed here.'
    if (asItGoes === '') return 'This answer has no letter or digit.'
    return this.#refused.has(key) ? 'The server has refused this answer already.' : undefined
  }
}
