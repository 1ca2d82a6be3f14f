/**
 * Measures what people do in chats, over loopback, by the processor time of the server, which is a process of its own: private
 * texts that are pushed to two devices, texts in a group of 200 of which 50 are online, a page of a history, and a difference.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { decodeResult, encodeRequest, type InputPeer } from '@cablegram/tl/api'
import { type ChatServer, type Device, makePeople, repeat, startChatServer } from './chat-people.ts'

const PAIRS = 8
const MEMBERS = 200
const ONLINE = 50
const TEXTS = 4_000
const GROUP_TEXTS = 300
const READS = 2_000
const PAGE = 100
const WAIT_MS = 50

/** Pairs come first: a sender with one device, a recipient with two. Then the members of the group, some of them online. */
const DEVICES = [
  ...Array.from({ length: PAIRS }, () => [1, 2]).flat(),
  ...Array.from({ length: MEMBERS }, (_, member) => (member < ONLINE ? 1 : 0)),
]
const FIRST_MEMBER = PAIRS * 2

const parts = (process.env['CHATS_PARTS'] ?? 'private,group,reads').split(',')
const profiles = process.env['CHATS_PROFILES']
const folder = mkdtempSync(`${tmpdir()}/cablegram-chats-`)
try {
  const people = await makePeople(folder, DEVICES)
  const server = await startChatServer(folder, people, profiles)
  await measureYardstick(server)
  // The reads are of what the private texts leave.
  if (parts.includes('private') || parts.includes('reads')) await measurePrivate(server)
  if (parts.includes('group')) await measureGroup(server)
  if (parts.includes('reads')) await measureReads(server)
  await server.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function deviceOf({ devices }: ChatServer, person: number, device = 0): Device {
  const found = devices[person]?.[device]
  if (found === undefined) throw new Error(`person ${person} has no device ${device}`)
  return found
}

/** Processor time of the server for each of so many jobs; some run before that. */
async function costOf(
  server: ChatServer,
  {
    count,
    inFlight,
    settled,
  }: { count: number; inFlight: number; settled?: (jobs: number) => Promise<void> },
  job: (at: number) => Promise<unknown>,
): Promise<number> {
  const warmUp = Math.ceil(count / 4)
  await repeat(warmUp, inFlight, job)
  await settled?.(warmUp)
  const before = await server.cpuUs()
  await repeat(count, inFlight, (at) => job(at + warmUp))
  await settled?.(count)
  return ((await server.cpuUs()) - before) / count
}

function report(name: string, costUs: number, aimPerS: number): void {
  const perS = 1e6 / costUs
  console.log(
    `${name}, for a second of the server's processor time: cablegram ${perS.toFixed(0)}, aim ${aimPerS}: ${(perS / aimPerS).toFixed(2)}×`,
  )
  console.log(`… processor time of one: cablegram ${costUs.toFixed(0)} µs`)
}

/** A call that asks for nothing: its cost tells how busy the machine is. */
async function measureYardstick(server: ChatServer): Promise<void> {
  const device = deviceOf(server, 0)
  const nothing = encodeRequest({ _: 'help.getNearestDc' })
  const cost = await costOf(server, { count: 20_000, inFlight: 16 }, () => device.call(nothing))
  console.log(`help.getNearestDc, to compare machines: cablegram ${cost.toFixed(0)} µs`)
}

/** Waits until devices were told of so many messages. */
async function told(devices: readonly Device[], messages: number): Promise<void> {
  let heard = 0
  while (heard < messages) {
    heard += devices.reduce((sum, device) => sum + device.takeNewMessages(), 0)
    if (heard < messages) await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
  }
}

async function measurePrivate(server: ChatServer): Promise<void> {
  const pairs = await Promise.all(
    Array.from({ length: PAIRS }, async (_, pair) => {
      const sender = deviceOf(server, pair * 2)
      const { peer } = await sender.find(pair * 2 + 1)
      return { sender, peer, heard: [0, 1].map((device) => deviceOf(server, pair * 2 + 1, device)) }
    }),
  )
  const devices = pairs.flatMap(({ heard }) => heard)
  const settled = async (texts: number): Promise<void> => await told(devices, texts * 2)
  const cost = await costOf(server, { count: TEXTS, inFlight: PAIRS * 2, settled }, async (at) => {
    const { sender, peer } = pairs[at % PAIRS] ?? {}
    if (sender && peer)
      await sender.send(peer, `a private text of usual length, number ${at}`, BigInt(at + 1))
  })
  report('private texts, pushed to two devices', cost, 1500)
}

async function measureGroup(server: ChatServer): Promise<void> {
  const sender = deviceOf(server, FIRST_MEMBER)
  const others = await Promise.all(
    Array.from({ length: MEMBERS - 1 }, (_, at) => sender.find(FIRST_MEMBER + 1 + at)),
  )
  const users = others.map(({ userId, accessHash }) => ({ _: 'inputUser', userId, accessHash }) as const)
  const answer = await sender.call(encodeRequest({ _: 'messages.createChat', users, title: 'Two hundred' }))
  const { updates } = decodeResult('messages.createChat', answer)
  const [chat] = updates._ === 'updates' ? updates.chats : []
  if (chat?._ !== 'chat' || chat.participantsCount !== MEMBERS) throw new Error('the group is not whole')
  const peer: InputPeer = { _: 'inputPeerChat', chatId: chat.id }
  const online = Array.from({ length: ONLINE - 1 }, (_, at) => deviceOf(server, FIRST_MEMBER + 1 + at))
  await told(online, ONLINE - 1)
  const settled = async (texts: number): Promise<void> => await told(online, texts * (ONLINE - 1))
  const cost = await costOf(server, { count: GROUP_TEXTS, inFlight: 4, settled }, (at) =>
    sender.send(peer, `a text in a group, number ${at}`, BigInt(at + 1)),
  )
  report('texts in a group of 200, 50 online', cost, 60)
}

async function measureReads(server: ChatServer): Promise<void> {
  const reader = deviceOf(server, 0)
  const { peer } = await reader.find(1)
  const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: PAGE, maxId: 0, minId: 0, hash: 0n }
  const askHistory = encodeRequest({ _: 'messages.getHistory', peer, ...page })
  const history = decodeResult('messages.getHistory', await reader.call(askHistory))
  if (history._ !== 'messages.messagesSlice' || history.messages.length !== PAGE) throw new Error('no page')
  const historyCost = await costOf(server, { count: READS, inFlight: 16 }, () => reader.call(askHistory))
  report(`pages of ${PAGE} messages of a history`, historyCost, 1500)

  const state = decodeResult('updates.getState', await reader.call(encodeRequest({ _: 'updates.getState' })))
  const { date, qts } = state
  const askDifference = encodeRequest({ _: 'updates.getDifference', pts: state.pts - PAGE, date, qts })
  const difference = decodeResult('updates.getDifference', await reader.call(askDifference))
  if (difference._ !== 'updates.difference' || difference.newMessages.length !== PAGE)
    throw new Error('no difference')
  const differenceCost = await costOf(server, { count: READS, inFlight: 16 }, () =>
    reader.call(askDifference),
  )
  report(`differences of ${PAGE} events`, differenceCost, 1000)
}
