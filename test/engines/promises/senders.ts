/** Four people who write to each other and to their group all the time, whatever becomes of the server. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { memorySession, TelegramClient } from '@cablegram/client'
import type { InputPeer, Message } from '@cablegram/tl/api'
import { sendCode, TEST_CODE, testPhone } from '../../e2e/logins.ts'
import type { ReadyLine } from '../../e2e/serve.ts'
import type { Seen } from './seen.ts'

const PEOPLE = 4
const AT_ONCE = 3
const MOST_PAUSE_MS = 8
const PAGE = 100

/** A chat as its members see it, and the texts that the server has acknowledged. */
interface Conversation {
  /** Indices of people, each with the peer that they write to. */
  readonly members: ReadonlyMap<number, InputPeer>
  readonly acknowledged: string[]
}

/** A chat of one person. */
export interface Place {
  /** The person. */
  readonly index: number
  readonly client: TelegramClient
  readonly peer: InputPeer
  /** The texts that are to be in the chat: those that its members were told of as sent, and those that wait to be. */
  readonly acknowledged: string[]
}

/** The people, their chats, and their sends. */
export class Senders {
  readonly #seen: Seen
  readonly #clients: TelegramClient[] = []
  readonly #conversations: Conversation[] = []
  #last = 0
  #isOver = false
  #working: Promise<unknown> = Promise.resolve()
  /** Sends that the server has not acknowledged yet. */
  inFlight = 0

  private constructor(seen: Seen) {
    this.#seen = seen
  }

  /** Signs everybody up and makes the chats. @param firstIndex the first phone number of the people */
  static async open(server: ReadyLine, firstIndex: number, seen: Seen): Promise<Senders> {
    const senders = new Senders(seen)
    const phones = Array.from({ length: PEOPLE }, (_, index) => testPhone(firstIndex + index))
    for (const phone of phones) await senders.#signUp(server, phone)
    const others = await Promise.all(senders.#clients.map((client) => importPeople(client, phones)))
    for (let one = 0; one < PEOPLE; one += 1) {
      for (let other = one + 1; other < PEOPLE; other += 1) {
        const [toOther, toOne] = [
          others[one]?.get(phones[other] ?? ''),
          others[other]?.get(phones[one] ?? ''),
        ]
        assert.ok(toOther && toOne)
        senders.#add([
          [one, toOther],
          [other, toOne],
        ])
      }
    }
    await senders.#makeGroup([...(others[0]?.values() ?? [])])
    return senders
  }

  async #signUp(server: ReadyLine, phone: string): Promise<void> {
    const client = new TelegramClient(memorySession(), { server, pfs: false })
    this.#clients.push(client)
    const sent = await sendCode(client, server, phone)
    await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    await client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  }

  async #makeGroup(others: readonly InputPeer[]): Promise<void> {
    const [creator] = this.#clients
    const users = others.map((peer) => {
      assert.ok(peer._ === 'inputPeerUser')
      return { _: 'inputUser', userId: peer.userId, accessHash: peer.accessHash } as const
    })
    const made = await creator?.messages.createChat({ users, title: 'Everybody' })
    assert.ok(made?.updates._ === 'updates')
    const [chat] = made.updates.chats
    assert.ok(chat)
    const peer = { _: 'inputPeerChat', chatId: chat.id } as const
    this.#add(this.#clients.map((_, index) => [index, peer]))
  }

  #add(members: readonly (readonly [number, InputPeer])[]): void {
    this.#conversations.push({ members: new Map(members), acknowledged: [] })
  }

  /** The chats of everybody, as each writes there. */
  get places(): Place[] {
    return this.#conversations.flatMap(({ members, acknowledged }) =>
      [...members].flatMap(([index, peer]) => {
        const client = this.#clients[index]
        return client === undefined ? [] : [{ index, client, peer, acknowledged }]
      }),
    )
  }

  get clients(): readonly TelegramClient[] {
    return this.#clients
  }

  /** The number of acknowledged messages. */
  get count(): number {
    return this.#conversations.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
  }

  /** Begins to write, or goes on. */
  begin(): void {
    this.#isOver = false
    const workers = this.#clients.flatMap((_, index) =>
      Array.from({ length: AT_ONCE }, () => this.#write(index)),
    )
    this.#working = Promise.all(workers)
    this.#working.catch(() => {})
  }

  async #write(index: number): Promise<void> {
    const chats = this.#conversations.filter(({ members }) => members.has(index))
    while (!this.#isOver) {
      this.#last += 1
      const number = this.#last
      const conversation = chats[number % chats.length]
      const peer = conversation?.members.get(index)
      assert.ok(conversation && peer)
      const message = `text ${number} of ${index}`
      const send = () =>
        this.#clients[index]?.messages.sendMessage({ peer, message, randomId: BigInt(number) })
      this.inFlight += 1
      await this.#seen.untilAnswered(async () => await send())
      this.inFlight -= 1
      conversation.acknowledged.push(message)
      await wait(number % MOST_PAUSE_MS)
    }
  }

  /** Writes no more, and compares what each member of each chat has with what was acknowledged. */
  async prove(): Promise<void> {
    this.#isOver = true
    await this.#working
    for (const { members, acknowledged } of this.#conversations) {
      const expected = [...acknowledged].sort()
      for (const [index, peer] of members) {
        const texts = await this.#history(index, peer)
        assert.deepEqual(texts.sort(), expected, `the chat of ${[...members.keys()]} as ${index} has it`)
      }
    }
  }

  async #history(index: number, peer: InputPeer): Promise<string[]> {
    const texts: string[] = []
    const whole = { offsetDate: 0, addOffset: 0, limit: PAGE, maxId: 0, minId: 0, hash: 0n }
    for (let offsetId = 0; ; ) {
      const page = await this.#clients[index]?.messages.getHistory({ ...whole, peer, offsetId })
      assert.ok(page !== undefined && page._ !== 'messages.messagesNotModified')
      texts.push(...page.messages.flatMap(textOf))
      const last = page.messages.at(-1)
      if (last === undefined) return texts
      offsetId = last.id
    }
  }

  async close(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#clients.map((client) => client.close()))
  }
}

/** Peers of the others by their numbers. */
async function importPeople(
  client: TelegramClient,
  phones: readonly string[],
): Promise<ReadonlyMap<string, InputPeer>> {
  const contacts = phones.map((phone, index) => ({
    _: 'inputPhoneContact' as const,
    clientId: BigInt(index),
    phone,
    firstName: 'A',
    lastName: '',
  }))
  const { users } = await client.contacts.importContacts({ contacts })
  const found = users.flatMap((user): [string, InputPeer][] => {
    if (user._ !== 'user' || user.self || user.accessHash === undefined) return []
    return [[`+${user.phone}`, { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash }]]
  })
  return new Map(found)
}

function textOf(message: Message): string[] {
  return message._ === 'message' ? [message.message] : []
}
