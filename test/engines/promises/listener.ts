/** A device that listens: it takes what is pushed in the order of its box, and asks for the difference where something is missing. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { Message, Peer, Update, Updates } from '@cablegram/tl/api'
import type { Seen } from './seen.ts'

type FullUpdates = Extract<Updates, { _: 'updates' }>

/** Everything that one device has heard, pushed or fetched. */
export class Listener {
  readonly #client: TelegramClient
  readonly #seen: Seen
  #state: { readonly pts: number; readonly qts: number; readonly date: number }
  #pts: number
  #catchingUp: Promise<void> = Promise.resolve()
  #isBehind = false
  #failure: unknown
  /** The texts of new messages, in the order of the box. */
  readonly texts: string[] = []
  /** The number of differences that were asked for. */
  differences = 0

  private constructor(client: TelegramClient, seen: Seen, state: { pts: number; qts: number; date: number }) {
    this.#client = client
    this.#seen = seen
    this.#state = state
    this.#pts = state.pts
    client.onUpdate((updates) => this.#hear(updates))
  }

  /** Listens from now on. */
  static async begin(client: TelegramClient, seen: Seen): Promise<Listener> {
    return new Listener(client, seen, await seen.untilAnswered(() => client.updates.getState({})))
  }

  #hear(updates: Updates): void {
    if (updates._ === 'updatesTooLong') this.catchUp()
    if (updates._ !== 'updates') return
    try {
      for (const update of updates.updates) {
        assertKnown(update, updates)
        this.#take(update)
      }
    } catch (error) {
      this.#failure ??= error
    }
  }

  /** As the documentation of updates says: known ones are dropped, and a gap is filled by a difference. */
  #take(update: Update): void {
    if (this.#isBehind || !('pts' in update && 'ptsCount' in update) || update.pts <= this.#pts) return
    if (update.pts - update.ptsCount > this.#pts) this.catchUp()
    else {
      this.#pts = update.pts
      if (update._ === 'updateNewMessage') this.#note(update.message)
    }
  }

  #note(message: Message): void {
    if (message._ === 'message') this.texts.push(message.message)
  }

  /** Asks for all that was missed. What is pushed meanwhile is in the difference, or makes another gap. */
  catchUp(): void {
    if (this.#isBehind) return
    this.#isBehind = true
    this.#catchingUp = this.#fetch().catch((error: unknown) => {
      this.#failure ??= error
    })
  }

  async #fetch(): Promise<void> {
    for (let isOver = false; !isOver; ) {
      this.differences += 1
      const { qts, date } = this.#state
      const asked = { pts: this.#pts, qts, date }
      const found = await this.#seen.untilAnswered(() => this.#client.updates.getDifference(asked))
      assert.notEqual(found._, 'updates.differenceTooLong')
      if (found._ === 'updates.differenceTooLong' || found._ === 'updates.differenceEmpty') break
      for (const message of found.newMessages) this.#note(message)
      this.#state = found._ === 'updates.difference' ? found.state : found.intermediateState
      this.#pts = this.#state.pts
      isOver = found._ === 'updates.difference'
    }
    this.#isBehind = false
  }

  /** Resolves once everything that was missed is there. @throws what was wrong with anything that was heard */
  async settled(): Promise<void> {
    await this.#catchingUp
    if (this.#failure !== undefined) throw this.#failure
  }
}

/** Invariant 4: the peers of a message are among the users and chats that come with it. */
function assertKnown(update: Update, { users, chats }: FullUpdates): void {
  if (update._ !== 'updateNewMessage' || update.message._ === 'messageEmpty') return
  const known = new Set([...users.map(({ id }) => `user ${id}`), ...chats.map(({ id }) => `chat ${id}`)])
  const { peerId, fromId } = update.message
  for (const peer of [peerId, fromId]) {
    assert.ok(peer === undefined || known.has(nameOf(peer)), `${peer && nameOf(peer)} is not told of`)
  }
}

function nameOf(peer: Peer): string {
  if (peer._ === 'peerUser') return `user ${peer.userId}`
  return peer._ === 'peerChat' ? `chat ${peer.chatId}` : `channel ${peer.channelId}`
}
