/** Properties of groups: whatever people do, all boxes of a group have the same contents, and nobody sees what came after they went. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Caller } from '../../ground/caller.ts'
import { sendText } from '../chats/send-message.ts'
import { eventsAfter } from '../messages/decide-box-log.ts'
import { historyOf } from '../messages/messages.ts'
import type { Message } from '../messages/words.ts'
import { createWorld, type World } from '../test-world.ts'
import { membersIn } from './full-groups.ts'
import { addToGroup, createGroup, editTitle, removeFromGroup } from './groups.ts'
import { exportInvite } from './invites.ts'
import { importInvite } from './joins.ts'

const PEOPLE = 5
const ALL = { offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 }

type Act =
  | { readonly kind: 'send' | 'rename' | 'leave' | 'comeBack' | 'join'; readonly who: number }
  | { readonly kind: 'add' | 'remove'; readonly who: number; readonly whom: number }

const person = fc.nat(PEOPLE - 1)
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), who: person }) },
    fc.record({ kind: fc.constantFrom('rename', 'leave', 'comeBack', 'join'), who: person }),
    fc.record({ kind: fc.constantFrom('add', 'remove'), who: person, whom: person }),
  ),
  { minLength: 1, maxLength: 25 },
)

interface Person {
  readonly id: bigint
  readonly caller: Caller
}

/** A group of the first three, a link to it, and what each of them should have. */
class Club {
  readonly world: World
  readonly people: readonly Person[]
  readonly chatId: bigint
  readonly hash: string
  readonly expected: string[][]
  version = 1
  #count = 0n

  private constructor(world: World, people: readonly Person[], chatId: bigint, hash: string) {
    this.world = world
    this.people = people
    this.chatId = chatId
    this.hash = hash
    this.expected = people.map((_, index) => (index < 3 ? ['chatCreate'] : []))
  }

  static async make(): Promise<Club> {
    const world = await createWorld()
    const people: Person[] = []
    for (let index = 0; index < PEOPLE; index++) {
      const caller = await world.caller()
      await world.signIn(caller, `999662${4000 + index}`)
      const again = await world.again(caller)
      assert.ok(again.state.at === 'authorized')
      people.push({ id: again.state.userId, caller: again })
    }
    const [first, second, third] = people
    assert.ok(first && second && third)
    const { rules } = world
    const { chatId } = await createGroup(rules, first.caller, {
      title: 'Club',
      userIds: [second.id, third.id],
    })
    const options = { title: '', expiresAtS: 0, usageLimit: 0, needsRequest: false }
    const { hash } = await exportInvite(rules, first.caller, chatId, options, false)
    return new Club(world, people, chatId, hash)
  }

  /** Tries an act; those that are refused change nothing. */
  async act(act: Act): Promise<void> {
    const { id } = this.#person(act.who)
    const before = await this.#members()
    this.#count += 1n
    const text = `${act.kind} ${this.#count}`
    const done = await this.#call(act, text).then(
      () => true,
      (error: unknown) => this.#refused(error),
    )
    if (act.kind === 'send') assert.equal(done, before.has(id), 'members write, and nobody else')
    if (!done) return
    const after = await this.#members()
    const content = named(act, text)
    for (const [index, each] of this.people.entries())
      if (before.has(each.id) || after.has(each.id)) this.expected[index]?.push(content)
    if (act.kind !== 'send' && act.kind !== 'rename') this.version += 1
  }

  async #call(act: Act, text: string): Promise<unknown> {
    const { rules } = this.world
    const { caller, id } = this.#person(act.who)
    switch (act.kind) {
      case 'send':
        return await sendText(rules, caller, {
          peerId: -this.chatId,
          content: { text, entities: [] },
          randomId: this.#count,
        })
      case 'rename':
        return await editTitle(rules, caller, this.chatId, text)
      case 'leave':
        return await removeFromGroup(rules, caller, this.chatId, id, false)
      case 'comeBack':
        return await addToGroup(rules, caller, this.chatId, id, 0)
      case 'join':
        return await importInvite(rules, caller, this.hash)
      case 'add':
        return await addToGroup(rules, caller, this.chatId, this.#person(act.whom).id, 0)
      case 'remove':
        return await removeFromGroup(rules, caller, this.chatId, this.#person(act.whom).id, false)
    }
  }

  #refused(error: unknown): false {
    assert.ok(error instanceof Error && /^[A-Z_]+$/.test(error.message), String(error))
    return false
  }

  #person(index: number): Person {
    const found = this.people[index]
    assert.ok(found)
    return found
  }

  async #members(): Promise<ReadonlySet<bigint>> {
    const list = await membersIn(this.world.rules, this.chatId)
    return new Set(list?.members.map(({ userId }) => userId))
  }

  async check(): Promise<void> {
    const { rules, store } = this.world
    for (const [index, { caller, id }] of this.people.entries()) {
      const { messages } = await historyOf(rules, caller, { ...ALL, peerId: -this.chatId })
      assert.deepEqual(messages.toReversed().map(contentOf), this.expected[index], `person ${index}`)
      const slice = await store.look(() => eventsAfter(store.secret, id, 1, 1000))
      assert.ok(slice.kind === 'events')
      assert.deepEqual(
        slice.events.map(({ pts }) => pts),
        Array.from({ length: slice.pts - 1 }, (_, at) => at + 2),
        'the log has no hole',
      )
      const dates = messages.map(({ dateS }) => dateS)
      assert.deepEqual(
        dates,
        dates.toSorted((one, other) => other - one),
      )
    }
    assert.equal((await membersIn(rules, this.chatId))?.version, this.version)
    await store.close()
  }
}

/** An act by what the message about it says. */
function named(act: Act, text: string): string {
  if (act.kind === 'send' || act.kind === 'rename') return text
  if ('whom' in act && act.who === act.whom) return act.kind === 'add' ? 'comeBack' : 'leave'
  return act.kind
}

/** A message by what the model knows of it: a text, a title, or how people came and went. */
function contentOf({ text, action, fromId }: Message): string {
  if (action === undefined) return text
  switch (action.kind) {
    case 'chatEditTitle':
      return action.title
    case 'chatAddUser':
      return action.userIds.includes(fromId) ? 'comeBack' : 'add'
    case 'chatDeleteUser':
      return action.userId === fromId ? 'leave' : 'remove'
    case 'chatJoinedByLink':
      return 'join'
    default:
      return action.kind
  }
}

test('all boxes of a group have the same contents, and none from after their owner went', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      const club = await Club.make()
      for (const act of list) await club.act(act)
      await club.check()
    }),
    { numRuns: 12, seed: 11 },
  )
})
