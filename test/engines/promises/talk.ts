/** People who write to each other all the time, each with a device that listens and one that only asks for differences. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { memorySession, TelegramClient } from '@cablegram/client'
import type { InputPeer } from '@cablegram/tl/api'
import { sendCode, TEST_CODE, testPhone } from '../../e2e/logins.ts'
import type { ReadyLine } from '../../e2e/serve.ts'
import { Follower } from './follower.ts'
import { Listener } from './listener.ts'
import { assertWholeLogs, type Query } from './logs.ts'
import type { Seen } from './seen.ts'
import { Senders } from './senders.ts'

const HEARD_WITHIN_MS = 30_000
const PAUSE_MS = 20

/** The people, and their devices. */
export class Talk {
  readonly #senders: Senders
  readonly #listeners: readonly Listener[]
  readonly #followers: readonly Follower[]
  readonly #devices: readonly TelegramClient[]

  private constructor(
    senders: Senders,
    listeners: readonly Listener[],
    followers: readonly Follower[],
    devices: readonly TelegramClient[],
  ) {
    this.#senders = senders
    this.#listeners = listeners
    this.#followers = followers
    this.#devices = devices
  }

  /** Signs everybody up, with the devices. @param firstIndex the first phone number of the people */
  static async open(server: ReadyLine, firstIndex: number, seen: Seen): Promise<Talk> {
    const senders = await Senders.open(server, firstIndex, seen)
    const devices: TelegramClient[] = []
    for (const index of senders.clients.keys()) {
      const device = new TelegramClient(memorySession(), { server, pfs: false })
      devices.push(device)
      const sent = await sendCode(device, server, testPhone(firstIndex + index))
      await device.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    }
    const listeners = await Promise.all(devices.map((device) => Listener.begin(device, seen)))
    const followers = await Promise.all(senders.clients.map((client) => Follower.begin(client, seen)))
    return new Talk(senders, listeners, followers, devices)
  }

  /** The number of acknowledged messages. */
  get count(): number {
    return this.#senders.count
  }

  /** The number of differences that the listening devices have asked for. */
  get differences(): number {
    return this.#listeners.reduce((sum, { differences }) => sum + differences, 0)
  }

  /** Begins to write, or goes on. */
  begin(): void {
    this.#senders.begin()
  }

  /** Resolves when so many more messages have been acknowledged. */
  async goesOn(messages = 1): Promise<void> {
    const until = this.count + messages
    while (this.count < until) await wait(PAUSE_MS)
  }

  /**
   * Stops writing, and compares: every acknowledged message is in every box of its chat once, the devices that listen and those that
   * ask have heard of the same in the same order, unread messages are counted right, and no log has a hole.
   */
  async prove(query: Query): Promise<void> {
    await this.#senders.prove()
    for (const [index, follower] of this.#followers.entries()) {
      await follower.catchUp()
      const listener = this.#listeners[index] ?? assert.fail()
      const untilMs = performance.now() + HEARD_WITHIN_MS
      while (listener.texts.length < follower.texts.length && performance.now() < untilMs)
        await wait(PAUSE_MS)
      await listener.settled()
      assert.deepEqual(listener.texts, follower.texts, `the devices of ${index} are equal`)
      const expected = this.#senders.places.flatMap((place) =>
        place.index === index ? place.acknowledged : [],
      )
      assert.deepEqual(follower.texts.toSorted(), expected.sort(), `${index} has heard of all`)
    }
    for (const { client, peer } of this.#senders.places) await assertDialog(client, peer)
    await assertWholeLogs(query)
  }

  async close(): Promise<void> {
    await this.#senders.close()
    await Promise.all(this.#devices.map((device) => device.close()))
  }
}

/** Invariants 3, 6 and 7: unread are the messages of others above the mark, and ids and dates rise together. */
async function assertDialog(client: TelegramClient, peer: InputPeer): Promise<void> {
  const { dialogs } = await client.messages.getPeerDialogs({ peers: [{ _: 'inputDialogPeer', peer }] })
  const [dialog] = dialogs
  assert.ok(dialog?._ === 'dialog')
  let unread = 0
  let last: { readonly id: number; readonly date: number } | undefined
  const page = { offsetDate: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0, hash: 0n }
  for (let offsetId = 0; ; offsetId = last?.id ?? 0) {
    const found = await client.messages.getHistory({ ...page, peer, offsetId })
    assert.ok(found._ !== 'messages.messagesNotModified')
    if (found.messages.length === 0) break
    for (const message of found.messages) {
      assert.ok(message._ !== 'messageEmpty')
      if (last === undefined) assert.equal(message.id, dialog.topMessage)
      else assert.ok(message.id < last.id && message.date <= last.date, 'ids and dates rise together')
      last = message
      if (!message.out && message.id > dialog.readInboxMaxId) unread += 1
    }
  }
  assert.equal(dialog.unreadCount, unread)
}
