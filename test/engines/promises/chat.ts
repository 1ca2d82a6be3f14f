/** One account with two sessions: one writes all the time, the other is pushed what was written. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { TelegramClient } from '@cablegram/client'
import type { Update, Updates } from '@cablegram/tl/api'
import { sendCode, TEST_CODE } from '../../e2e/logins.ts'
import type { Cluster } from '../cluster.ts'
import type { Logins } from './logins.ts'
import type { Seen } from './seen.ts'

const PAUSE_MS = 20
const HEARD_WITHIN_MS = 60_000

/** A chat that goes on until it is proven. */
export class Chat {
  readonly #seen: Seen
  readonly #acknowledged: string[] = []
  readonly #heard: string[] = []
  readonly #writer: TelegramClient
  readonly #reader: TelegramClient
  #pts = 0
  #fetched = 0
  #catchingUp: Promise<void> = Promise.resolve()
  #isOver = false
  #writing: Promise<void> = Promise.resolve()
  #first = { pts: 0, date: 0 }

  private constructor(writer: TelegramClient, reader: TelegramClient, seen: Seen) {
    this.#seen = seen
    this.#writer = writer
    this.#reader = reader
  }

  /** Signs both sessions in and begins to write. */
  static async begin(
    { ready, consoleOf }: Cluster,
    logins: Logins,
    phone: string,
    seen: Seen,
  ): Promise<Chat> {
    const [writer, reader] = [logins.openClient(), logins.openClient()]
    await logins.logIn(writer, phone, consoleOf(0))
    const sent = await seen.untilAnswered(() => sendCode(reader, ready, phone))
    await seen.untilAnswered(() => reader.auth.signIn({ ...sent, phoneCode: TEST_CODE }))
    const chat = new Chat(writer, reader, seen)
    const { pts, date } = await seen.untilAnswered(() => reader.updates.getState({}))
    chat.#pts = pts
    chat.#first = { pts, date }
    reader.onUpdate((updates) => chat.#hear(updates))
    chat.#writing = chat.#write()
    chat.#writing.catch(() => {})
    return chat
  }

  /** Number of acknowledged messages. */
  get count(): number {
    return this.#acknowledged.length
  }

  /** Number of those that the reader fetched after a gap instead of being pushed. */
  get fetched(): number {
    return this.#fetched
  }

  async #write(): Promise<void> {
    for (let number = 1; !this.#isOver; number += 1) {
      const message = `message ${number}`
      await this.#seen.untilAnswered(() =>
        this.#writer.messages.sendMessage({
          peer: { _: 'inputPeerSelf' },
          message,
          randomId: BigInt(number),
        }),
      )
      this.#acknowledged.push(message)
      await wait(PAUSE_MS)
    }
  }

  #hear(updates: Updates): void {
    if (updates._ !== 'updates') this.#catchUp()
    else for (const update of updates.updates) this.#take(update)
  }

  /** As the documentation of updates says: known ones are dropped, and a gap is filled by a difference. */
  #take(update: Update): void {
    if (!('pts' in update && 'ptsCount' in update) || update.pts <= this.#pts) return
    if (update.pts - update.ptsCount > this.#pts) this.#catchUp()
    else {
      this.#pts = update.pts
      if (update._ === 'updateNewMessage') this.#heard.push(textOf(update.message))
    }
  }

  #catchUp(): void {
    this.#catchingUp = this.#catchingUp.then(async () => {
      const before = this.#heard.length
      const { texts, pts } = await this.#difference(this.#reader, this.#pts)
      // Pushes that came meanwhile are in the difference as well.
      if (pts <= this.#pts) return
      const known = this.#heard.length - before
      this.#heard.push(...texts.slice(known))
      this.#fetched += texts.length - known
      this.#pts = pts
    })
  }

  async #difference(client: TelegramClient, since: number): Promise<{ texts: string[]; pts: number }> {
    const texts: string[] = []
    let pts = since
    for (;;) {
      const date = this.#first.date
      const found = await this.#seen.untilAnswered(() => client.updates.getDifference({ pts, date, qts: 0 }))
      if (found._ === 'updates.differenceEmpty') return { texts, pts }
      assert.notEqual(found._, 'updates.differenceTooLong')
      if (found._ === 'updates.differenceTooLong') return { texts, pts }
      texts.push(...found.newMessages.map(textOf))
      if (found._ === 'updates.difference') return { texts, pts: found.state.pts }
      pts = found.intermediateState.pts
    }
  }

  /** Ends the chat: each acknowledged message is in the history once, and the reader has heard of each once, in order. */
  async prove(): Promise<void> {
    this.#isOver = true
    await this.#writing
    assert.deepEqual((await this.#difference(this.#writer, this.#first.pts)).texts, this.#acknowledged)
    const untilMs = performance.now() + HEARD_WITHIN_MS
    while (this.#heard.length < this.#acknowledged.length && performance.now() < untilMs) await wait(20)
    await this.#catchingUp
    assert.deepEqual(this.#heard, this.#acknowledged)
  }

  /** Ends the chat unproven. */
  end(): void {
    this.#isOver = true
  }
}

function textOf(message: { readonly _: string; readonly message?: string }): string {
  return message.message ?? message._
}
