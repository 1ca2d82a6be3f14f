/** A device that is away while the server is killed, and asks for the difference when it is back. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { Seen } from './seen.ts'

/** Everything that one person's device has heard of by differences. */
export class Follower {
  readonly #client: TelegramClient
  readonly #seen: Seen
  #state: { readonly pts: number; readonly qts: number; readonly date: number }
  /** The texts of new messages, in the order of the box. */
  readonly texts: string[] = []
  readonly #ids = new Set<number>()

  private constructor(client: TelegramClient, seen: Seen, state: { pts: number; qts: number; date: number }) {
    this.#client = client
    this.#seen = seen
    this.#state = state
  }

  /** Follows from now on. */
  static async begin(client: TelegramClient, seen: Seen): Promise<Follower> {
    return new Follower(client, seen, await client.updates.getState({}))
  }

  /**
   * Asks for all that came between the last time and now, and not for what others write meanwhile. The box never falls behind, and
   * gives no message twice.
   */
  async catchUp(): Promise<void> {
    const { pts: end } = await this.#seen.untilAnswered(() => this.#client.updates.getState({}))
    while (this.#state.pts < end) {
      const { pts, qts, date } = this.#state
      const found = await this.#seen.untilAnswered(() =>
        this.#client.updates.getDifference({ pts, qts, date }),
      )
      assert.notEqual(found._, 'updates.differenceTooLong')
      if (found._ === 'updates.differenceTooLong' || found._ === 'updates.differenceEmpty') return
      for (const message of found.newMessages) {
        assert.ok(!this.#ids.has(message.id), `message ${message.id} came twice`)
        this.#ids.add(message.id)
        if (message._ === 'message') this.texts.push(message.message)
      }
      const state = found._ === 'updates.difference' ? found.state : found.intermediateState
      assert.ok(state.pts >= pts && state.date >= date, 'the box fell behind')
      this.#state = state
    }
  }
}
