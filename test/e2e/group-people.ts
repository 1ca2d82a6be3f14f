/** People of one server who know each other by their usernames, and their groups, over the wire. */
import assert from 'node:assert/strict'
import { memorySession, TelegramClient } from '@cablegram/client'
import type { CablegramServer } from '@cablegram/server'
import type { Chat, InputUser, Message, messages, Params, Update, Updates } from '@cablegram/tl/api'
import { sendCode, TEST_CODE, testPhone } from './logins.ts'

/** Updates with their users and chats. */
export type FullUpdates = Extract<Updates, { _: 'updates' }>

/** A person who is signed in, with the updates that come to their client. */
export class GroupPerson {
  readonly client: TelegramClient
  readonly id: bigint
  readonly username: string
  readonly pushed: FullUpdates[] = []
  readonly #known = new Map<string, InputUser>()

  constructor(client: TelegramClient, id: bigint, username: string) {
    this.client = client
    this.id = id
    this.username = username
    client.onUpdate((update) => {
      if (update._ === 'updates') this.pushed.push(update)
    })
  }

  /** Another person, by this one's access hash. */
  async user({ username }: { readonly username: string }): Promise<InputUser> {
    const known = this.#known.get(username)
    if (known !== undefined) return known
    const { users } = await this.client.contacts.resolveUsername({ username })
    const [user] = users
    assert.ok(user?._ === 'user' && user.accessHash !== undefined)
    const input = { _: 'inputUser', userId: user.id, accessHash: user.accessHash } as const
    this.#known.set(username, input)
    return input
  }

  /** Makes a group with these people. */
  async makeGroup(title: string, ...others: readonly GroupPerson[]): Promise<bigint> {
    const users = await Promise.all(others.map((other) => this.user(other)))
    const made = await this.client.messages.createChat({ users, title })
    return chatOf(made.updates).id
  }

  /** The group as this person sees it. */
  async chat(chatId: bigint): Promise<Chat> {
    const { chats } = await this.client.messages.getChats({ id: [chatId] })
    const [chat] = chats
    assert.ok(chat)
    return chat
  }

  /** The messages of a group that this person has, oldest first. */
  async history(chatId: bigint): Promise<Message[]> {
    const peer = { _: 'inputPeerChat', chatId } as const
    const { messages } = whole(await this.client.messages.getHistory({ ...FROM_NEWEST, peer }))
    return [...messages].reverse()
  }

  /** Writes in a group. */
  async write(chatId: bigint, message: string): Promise<Updates> {
    const peer = { _: 'inputPeerChat', chatId } as const
    return await this.client.messages.sendMessage({ peer, message, randomId: nextRandomId() })
  }

  /** The news of this kind that were pushed until now, or come soon. */
  async waitFor<K extends Update['_']>(
    kind: K,
    isMeant: (update: Extract<Update, { _: K }>) => boolean = () => true,
  ): Promise<Extract<Update, { _: K }>> {
    const isOfKind = (update: Update): update is Extract<Update, { _: K }> => update._ === kind
    for (let tries = 0; tries < 2000; tries++) {
      const found = this.pushed.flatMap(({ updates }) => updates.filter(isOfKind)).find(isMeant)
      if (found !== undefined) return found
      await new Promise((done) => setTimeout(done, 10))
    }
    return assert.fail(`no ${kind} came to ${this.username}`)
  }
}

const FROM_NEWEST = {
  offsetId: 0,
  offsetDate: 0,
  addOffset: 0,
  limit: 100,
  maxId: 0,
  minId: 0,
  hash: 0n,
} satisfies Omit<Params<'messages.getHistory'>, 'peer'>

function whole(answer: messages.Messages): Extract<messages.Messages, { messages: unknown }> {
  assert.ok(answer._ !== 'messages.messagesNotModified')
  return answer
}

let lastRandomId = 1n
/** A random id that no other message of the tests has. */
export function nextRandomId(): bigint {
  lastRandomId += 1n
  return lastRandomId
}

/** Updates in their full form. */
export function fullUpdates(updates: Updates): FullUpdates {
  assert.ok(updates._ === 'updates', updates._)
  return updates
}

/** The one chat of updates. */
export function chatOf(updates: Updates): Chat {
  const { chats } = fullUpdates(updates)
  const [chat] = chats
  assert.ok(chat && chats.length === 1)
  return chat
}

/** The number of all people of the tests: each has a phone number of their own. */
let people = 0

/** People of one server. */
export class GroupPeople {
  readonly server: CablegramServer
  readonly #nodes: readonly CablegramServer[]
  readonly #clients: TelegramClient[] = []

  /** @param others more nodes of the server: sessions are spread over all */
  constructor(server: CablegramServer, ...others: readonly CablegramServer[]) {
    this.server = server
    this.#nodes = [server, ...others]
  }

  /** A new person. */
  async person(name: string): Promise<GroupPerson> {
    const index = ++people
    const [phone, username] = [testPhone(7000 + index), `${name}_${index}_of_groups`]
    await this.server.users.create({ phone, firstName: name, username })
    return await this.signIn(phone, username)
  }

  /** Another session of a person. */
  async again({ username }: GroupPerson): Promise<GroupPerson> {
    const index = Number(username.split('_')[1])
    return await this.signIn(testPhone(7000 + index), username)
  }

  private async signIn(phone: string, username: string): Promise<GroupPerson> {
    const { info } = this.#nodes[this.#clients.length % this.#nodes.length] ?? this.server
    // Races make many calls at once, which a busy machine answers late.
    const client = new TelegramClient(memorySession(), { server: info, pfs: false, timeoutMs: 200_000 })
    this.#clients.push(client)
    const sent = await sendCode(client, info, phone)
    const [entry] = await this.server.codes.list(phone)
    const answer = await client.auth.signIn({ ...sent, phoneCode: entry?.code ?? TEST_CODE })
    assert.ok(answer._ === 'auth.authorization')
    return new GroupPerson(client, answer.user.id, username)
  }

  /** Closes the clients. */
  async close(): Promise<void> {
    for (const client of this.#clients) await client.close()
  }
}
