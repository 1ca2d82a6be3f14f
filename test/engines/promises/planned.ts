/** Work that the clock does for people: messages that wait for a time, polls that close by themselves. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Updates } from '@cablegram/tl/api'
import type { ServeProcess } from '../../e2e/serve.ts'
import type { Seen } from './seen.ts'
import type { Senders } from './senders.ts'

const HOUR_S = 3600
const CLOSES_AFTER_S = 300
const DONE_WITHIN_MS = 60_000
const PAUSE_MS = 50
const PUSHED_WITHIN_MS = 5_000
/** The newest polls of a chat. */
const POLLS = {
  ...{ q: '', filter: { _: 'inputMessagesFilterPoll' } as const, minDate: 0, maxDate: 0 },
  ...{ offsetId: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0, hash: 0n },
}

/** Plans of the people of {@link Senders}. Their texts count as acknowledged: each is to be in every box once. */
export class Planned {
  readonly #senders: Senders
  readonly #seen: Seen
  /** The test clock is to be this far ahead. */
  #aheadS = 0
  #rounds = 0
  #messages = 0

  /** Called when somebody is pushed a message of the round. */
  #onSent: () => void = () => {}

  constructor(senders: Senders, seen: Seen) {
    this.#senders = senders
    this.#seen = seen
    for (const client of senders.clients) client.onUpdate((updates) => this.#hear(updates))
  }

  #hear(updates: Updates): void {
    if (updates._ !== 'updates') return
    const isOfRound = updates.updates.some(
      (update) =>
        update._ === 'updateNewMessage' &&
        update.message._ === 'message' &&
        update.message.message.startsWith(`planned ${this.#rounds} `),
    )
    if (isOfRound) this.#onSent()
  }

  /** The number of messages that were to wait. */
  get messages(): number {
    return this.#messages
  }

  /** The number of polls that were to close. */
  get polls(): number {
    return this.#rounds
  }

  /** The number of messages that one round has wait. */
  get perRound(): number {
    return this.#senders.places.length
  }

  /** Has a message of everybody wait in each of their chats, and one of them send a poll to the group that will close. */
  async plan(): Promise<void> {
    this.#rounds += 1
    const nowS = Math.floor(Date.now() / 1000) + this.#aheadS
    const round = this.#rounds
    await Promise.all(
      this.#senders.places.map(async ({ client, peer, acknowledged }, index) => {
        const message = `planned ${round} ${index}`
        const randomId = BigInt(1_000_000 * round + index)
        const sent = { peer, message, randomId, scheduleDate: nowS + HOUR_S }
        await this.#seen.untilAnswered(() => client.messages.sendMessage(sent))
        acknowledged.push(message)
        this.#messages += 1
      }),
    )
    await this.#sendPoll(round)
  }

  async #sendPoll(round: number): Promise<void> {
    const inGroup = this.#senders.places.filter(({ peer }) => peer._ === 'inputPeerChat')
    const { client, peer, acknowledged } = inGroup[round % inGroup.length] ?? assert.fail('there is no group')
    const text = (words: string) => ({ _: 'textWithEntities' as const, text: words, entities: [] })
    const answers = [0, 1].map((each) => ({
      _: 'pollAnswer' as const,
      text: text(`answer ${each}`),
      option: Uint8Array.of(each),
    }))
    const poll = {
      _: 'poll' as const,
      id: 0n,
      hash: 0n,
      question: text(`round ${round}`),
      answers,
      closePeriod: CLOSES_AFTER_S,
    }
    const message = `poll ${round}`
    const randomId = BigInt(1_000_000 * round + 999_999)
    const media = { _: 'inputMediaPoll', poll } as const
    await this.#seen.untilAnswered(() => client.messages.sendMedia({ peer, media, message, randomId }))
    acknowledged.push(message)
  }

  /** Moves the clock to the time of what was planned. Resolves when the first message was sent, or five seconds later: others may still wait. */
  async begin(server: ServeProcess): Promise<void> {
    this.#aheadS += HOUR_S + CLOSES_AFTER_S
    const sent = new Promise<void>((resolve) => {
      this.#onSent = resolve
    })
    // The server is killed before it has answered.
    void this.catchUp(server).catch(() => {})
    // Somebody who has many updates waiting is told to ask for them instead.
    await Promise.race([sent, wait(PUSHED_WITHIN_MS)])
  }

  /** Moves the clock of a server that was started again to where it was: one with a data folder goes by the wall clock. */
  async catchUp({ ready }: ServeProcess): Promise<void> {
    const clock = await (await fetch(`${ready.console}/api/clock`)).json()
    const seconds = this.#aheadS - Number((clock as { aheadS: number }).aheadS)
    if (seconds <= 0) return
    const response = await fetch(`${ready.console}/api/clock/advance`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ seconds }),
    })
    assert.equal(response.status, 200, await response.text())
  }

  /** Waits until nothing waits any more. Each poll is closed, in the eyes of everybody. */
  async prove(): Promise<void> {
    const untilMs = performance.now() + DONE_WITHIN_MS
    for (const { client, peer } of this.#senders.places) {
      for (;;) {
        const queue = await client.messages.getScheduledHistory({ peer, hash: 0n })
        if (queue._ !== 'messages.messagesNotModified' && queue.messages.length === 0) break
        assert.ok(performance.now() < untilMs, 'a message still waits')
        await wait(PAUSE_MS)
      }
    }
    for (const { client, peer } of this.#senders.places.filter((each) => each.peer._ === 'inputPeerChat')) {
      const found = await client.messages.search({ ...POLLS, peer })
      assert.ok(found._ !== 'messages.messagesNotModified')
      const polls = found.messages.flatMap((message) =>
        message._ === 'message' && message.media?._ === 'messageMediaPoll' ? [message.media.poll] : [],
      )
      assert.ok(polls.length > 0 && polls.every(({ closed }) => closed))
    }
  }
}
