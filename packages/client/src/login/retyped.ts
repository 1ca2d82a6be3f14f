import type { RpcError } from '@cablegram/mtproto'
import type { Terminal } from './terminal-lines.ts'

/** What an answer at a terminal is judged by. */
export interface Retyping {
  readonly problem: RpcError | undefined
  /** An answer as it would be sent. */
  readonly asSent: (answer: string) => string
  /** Where a new one makes the old refusals void. */
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
      const key = JSON.stringify([name, scope, asSent(answer)])
      this.#last.set(name, key)
      if (!this.#terminal.isInteractive) return answer
      const isEmpty = asSent(answer) === ''
      if (isEmpty && isEmptyAllowed) return answer
      if (!isEmpty && !this.#refused.has(key)) return answer
      this.#terminal.say(
        isEmpty ? 'An answer is needed here.' : 'The server has refused this answer already.',
      )
    }
  }
}
