/** Acts of people whose clients are of different libraries. */
import assert from 'node:assert/strict'
import type { ReadyLine } from '../test/e2e/serve.ts'
import type { ClientProcess } from './client-process.ts'
import type { TalkerProgram } from './talkers.ts'

/** A person with a client. */
export interface Person {
  readonly name: string
  readonly program: TalkerProgram
  client: ClientProcess
  readonly id: number
  readonly phone: string
  readonly username: string
  readonly server: ReadyLine
  /** A folder for the client's files. */
  readonly folder: string
  /** Starts the client's program anew. */
  start(): ClientProcess
}

/** Something that is played by one group of people after the other. */
export interface TalkAct {
  readonly name: string
  /** The number of casts that may play at the same time. Default: 1. */
  readonly atOnce?: number
  casts(people: readonly Person[]): readonly Person[][]
  play(cast: readonly Person[]): Promise<void>
}

/** A whole talk of two people. */
export const WHOLE_TALK: TalkAct = { name: 'talk', casts: pairs, play: writeEditReadDelete }

/** Every pair. */
export const PAIR_ACTS: readonly TalkAct[] = [WHOLE_TALK]

/** Each library with the next one, or the next two. */
export const RING_ACTS: readonly TalkAct[] = [
  { name: 'reply', casts: ringOf(2), play: reply },
  { name: 'forward', casts: ringOf(3), play: forward },
  { name: 'typing', casts: ringOf(2), play: typing },
  { name: 'reaction', casts: ringOf(2), play: reaction },
  { name: 'poll', casts: ringOf(3), play: poll },
  { name: 'group', casts: ringOf(3), play: group },
  { name: 'away', casts: ringOf(2), play: away },
]

const AWAY_MESSAGES = 44
const AWAY_CHANGES = 3

async function writeEditReadDelete(cast: readonly Person[]): Promise<void> {
  const [ann, bob] = two(cast)
  await meet(ann, bob)
  const id = await ann.client.talk('write', bob.id, 'good morning')
  const heard = await bob.client.hears('message', isFrom(ann, 'good morning'))
  await ann.client.talk('edit', bob.id, id, 'good evening')
  await bob.client.hears(
    'edit',
    ({ chat, id, text }) => chat === ann.id && id === heard.id && text === 'good evening',
  )
  await bob.client.talk('read', ann.id)
  await ann.client.hears('read', ({ chat, upTo }) => chat === bob.id && upTo === id)
  await bob.client.talk('write', ann.id, 'and to you')
  await ann.client.hears('message', isFrom(bob, 'and to you'))
  // It hears of its own message only in the difference that it asks for.
  if (bob.program.missesOwnReads)
    await bob.client.hears('message', ({ out, text }) => out && text === 'and to you')
  await ann.client.talk('read', bob.id)
  await bob.client.hears('read', ({ chat }) => chat === ann.id)
  await ann.client.talk('erase', bob.id, id)
  await bob.client.hears('delete', ({ ids }) => ids.includes(heard.id))
  await catchUp(ann, bob)
  await catchUp(bob, ann)
  await expectSameChat(ann, bob)
}

/** A client that misses what its own acts make catches up with the next event. */
async function catchUp(person: Person, other: Person): Promise<void> {
  if (person.program.missesOwnReads === undefined) return
  await other.client.talk('write', person.id, 'good night')
  await person.client.hears('message', isFrom(other, 'good night'))
}

async function reply(cast: readonly Person[]): Promise<void> {
  const [ann, bob] = two(cast)
  await meet(ann, bob)
  await ann.client.talk('write', bob.id, 'where are you?')
  const question = await bob.client.hears('message', isFrom(ann, 'where are you?'))
  await bob.client.talk('write', ann.id, 'here', question.id)
  const answer = await ann.client.hears('message', isFrom(bob, 'here'))
  const asked = (await ann.client.talk('history', bob.id)).find(({ text }) => text === 'where are you?')
  assert.equal(answer.replyTo, asked?.id)
}

async function forward(cast: readonly Person[]): Promise<void> {
  const [ann, bob, cec] = three(cast)
  await meet(ann, bob)
  await meet(bob, cec)
  await ann.client.talk('write', bob.id, 'tell everybody')
  const { id } = await bob.client.hears('message', isFrom(ann, 'tell everybody'))
  await bob.client.talk('forward', ann.id, id, cec.id)
  const heard = await cec.client.hears('message', isFrom(bob, 'tell everybody'))
  assert.equal(heard.isForward, true)
}

async function typing(cast: readonly Person[]): Promise<void> {
  const [ann, bob] = two(cast)
  await meet(ann, bob)
  // TDLib tells only those of its typing whom it takes to be online.
  await bob.client.talk('write', ann.id, 'anybody there?')
  await ann.client.hears('message', isFrom(bob, 'anybody there?'))
  await ann.client.talk('type', bob.id)
  await bob.client.hears('typing', ({ chat }) => chat === ann.id)
}

async function reaction(cast: readonly Person[]): Promise<void> {
  const [ann, bob] = two(cast)
  await meet(ann, bob)
  const id = await ann.client.talk('write', bob.id, 'I have passed')
  const heard = await bob.client.hears('message', isFrom(ann, 'I have passed'))
  await bob.client.talk('react', ann.id, heard.id, '👍')
  await ann.client.hears('reaction', (each) => each.chat === bob.id && each.id === id && each.emoji === '👍')
}

/** Three people vote in the poll of one, and those before the last see that all have. */
async function poll(cast: readonly Person[]): Promise<void> {
  const [ann, bob, cec] = three(cast)
  const chat = await newGroup(cast, 'elections')
  const own = await ann.client.talk('poll', chat, 'which day?', ['Monday', 'Tuesday'])
  await ann.client.talk('vote', chat, own, 0)
  for (const { client } of [bob, cec]) {
    const { id } = await client.hears('message', (each) => each.chat === chat && each.text === 'which day?')
    await client.talk('vote', chat, id, 1)
  }
  for (const { client } of [ann, bob]) await client.hears('votes', ({ voters }) => voters === cast.length)
}

async function group(cast: readonly Person[]): Promise<void> {
  const [ann, bob, cec] = three(cast)
  const chat = await newGroup(cast, 'holidays')
  for (const speaker of [ann, bob, cec]) {
    const text = `${speaker.username} comes along`
    await speaker.client.talk('write', chat, text)
    for (const each of [ann, bob, cec]) {
      if (each === speaker) continue
      await each.client.hears('message', (heard) => heard.chat === chat && heard.text === text)
    }
  }
  const [first = [], ...others] = await Promise.all(
    [ann, bob, cec].map(({ client }) => textsOf(client, chat)),
  )
  for (const texts of others) assert.deepEqual(texts, first)
}

/** A group that the first one makes. */
async function newGroup(cast: readonly Person[], title: string): Promise<number> {
  const [ann, bob, cec] = three(cast)
  await meet(ann, bob)
  await meet(ann, cec)
  const chat = await ann.client.talk('makeGroup', title, [bob.id, cec.id])
  for (const { client } of [bob, cec]) await client.hears('message', (each) => each.chat === chat)
  return chat
}

/** One is away while the other writes, edits and deletes, and then sees the same chat. */
async function away(cast: readonly Person[]): Promise<void> {
  const [ann, bob] = two(cast)
  await meet(ann, bob)
  const session = await bob.client.session()
  await bob.client.close()
  const ids: number[] = []
  for (let i = 0; i < AWAY_MESSAGES; i++) ids.push(await ann.client.talk('write', bob.id, `news ${i}`))
  for (const id of ids.slice(0, AWAY_CHANGES)) await ann.client.talk('edit', bob.id, id, `newer ${id}`)
  for (const id of ids.slice(-AWAY_CHANGES)) await ann.client.talk('erase', bob.id, id)
  bob.client = bob.start()
  await bob.client.open(bob.server, session)
  await bob.client.me()
  await meet(ann, bob)
  await expectSameChat(ann, bob)
  await ann.client.talk('write', bob.id, 'welcome back')
  await bob.client.hears('message', isFrom(ann, 'welcome back'))
}

/** Each finds the other: one by username, the other by the contact's number. */
export async function meet(ann: Person, bob: Person): Promise<void> {
  assert.equal(await ann.client.talk('find', bob.username), bob.id)
  assert.equal(await bob.client.talk('addContact', ann.phone, ann.name), ann.id)
}

async function expectSameChat(ann: Person, bob: Person): Promise<void> {
  assert.deepEqual(await textsOf(ann.client, bob.id), await textsOf(bob.client, ann.id))
}

async function textsOf(client: ClientProcess, chat: number): Promise<string[]> {
  return (await client.talk('history', chat)).map(({ text }) => text)
}

export function isFrom(
  { id }: Person,
  text: string,
): (heard: { chat: number; out: boolean; text: string }) => boolean {
  return (heard) => heard.chat === id && !heard.out && heard.text === text
}

/** Every two people, the second of each pair being another library's. */
function pairs(people: readonly Person[]): Person[][] {
  return people.flatMap((ann, index) => people.slice(index + 1).map((bob) => [ann, bob]))
}

/** The first with the second, the third with the fourth, and so on; one who is left over with the first. */
export function inTwos(people: readonly Person[]): Person[][] {
  return ringOf(2)(people).filter((_, index) => index % 2 === 0)
}

export function ringOf(count: number): (people: readonly Person[]) => Person[][] {
  return (people) => {
    if (people.length < count) return []
    return people.map((_, index) => [...people, ...people].slice(index, index + count))
  }
}

export function two([ann, bob]: readonly Person[]): [Person, Person] {
  if (ann === undefined || bob === undefined) throw new Error('this takes two people')
  return [ann, bob]
}

function three([ann, bob, cec]: readonly Person[]): [Person, Person, Person] {
  if (cec === undefined) throw new Error('this takes three people')
  return [...two([ann as Person, bob as Person]), cec]
}
