import type { CallTurn } from './net/calls.ts'

/** The place of a call in a chain of calls that the server is to run one after the other. */
export interface Turn extends CallTurn {
  before: Turn | undefined
  /** Resolves when the call is over, however it ended. */
  readonly over: Promise<void>
}

/** Chains of calls by name. A chain is forgotten when its last call is over. */
export class Turns {
  readonly #last = new Map<string, Turn>()

  /** The chains that have calls. */
  get size(): number {
    return this.#last.size
  }

  /** Makes a call the last one of a chain: `make` is given its turn, and the turn is over when `make` is. */
  async take<Result>(chain: string, make: (turn: Turn) => Promise<Result>): Promise<Result> {
    let end = () => {}
    const over = new Promise<void>((resolve) => {
      end = resolve
    })
    const turn: Turn = { before: this.#last.get(chain), sent: undefined, over }
    // Only the turn before is held, not those before it.
    void turn.before?.over.then(() => {
      turn.before = undefined
    })
    this.#last.set(chain, turn)
    try {
      return await make(turn)
    } finally {
      end()
      if (this.#last.get(chain) === turn) this.#last.delete(chain)
    }
  }
}
