// Own process: it measures the heap.
// Long form: the numbers that the documentation names, with --full.
/**
 * The memory of a client that runs for long. The client's server is in the same process, so what both keep counts.
 * `npm run test:long -- --full test/memory/client.test.ts` runs 100,000 updates, 10,000 calls and a million peers.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { User } from '@cablegram/tl/api'
import { type SessionStorage, TelegramClient } from '../../packages/client/src/index.ts'
import { PeerBook } from '../../packages/client/src/peers/book.ts'
import { accountState } from '../../packages/client/src/storage/account-state.ts'
import { memoryState } from '../../packages/client/src/storage/memory-state.ts'
import { effort, isLong } from '../effort.ts'
import { signedInSession } from '../simulation/client/signed-in-session.ts'
import { heapMib } from './heap.ts'
import { PushingServer, USER_ID } from './pushing-server.ts'

const UPDATES: number = effort(1_000, 10_000, 100_000)
const CALLS: number = UPDATES / 10
const MOST_GROWTH_MIB = 5
const PEERS: number = effort(20_000, 100_000, 1_000_000)
/** Peers that the state keeps: in the short form a fiftieth of the usual number, within as much less. */
const KEPT_PEERS: number | undefined = isLong ? undefined : 1_000
const MOST_PEERS_MIB: number = isLong ? 64 : 6
/** Updates, and calls, before the first measurement: tables have their sizes, and code is compiled. */
const WARM_UP: number = effort(1_000, 2_000)
/** Those on their way at once. */
const BATCH = 100
/** People who write. */
const PEOPLE = 50n

test(`the heap after ${UPDATES} updates and ${CALLS} calls is within ${MOST_GROWTH_MIB} MiB of that before`, async (t) => {
  const server = new PushingServer()
  const client = new TelegramClient(storageOf(server), {
    server: server.info,
    // The server makes no keys.
    pfs: false,
    platform: { dial: server.dial },
  })
  let told = 0
  let isUpToDate = false
  client.on('message', () => {
    told += 1
  })
  client.on('connection', ({ state }) => {
    isUpToDate ||= state === 'upToDate'
  })
  await client.connect()
  while (!isUpToDate) await wait(1)

  const exchange = async (updates: number, calls: number): Promise<void> => {
    const untilTold = told + updates
    for (let pushed = 0; pushed < updates; pushed += BATCH) {
      const begun = told
      for (let index = 0; index < BATCH; index++) server.pushMessage(2n + (BigInt(index) % PEOPLE))
      const called = Array.from({ length: (BATCH * calls) / updates }, () => client.help.getNearestDc())
      await Promise.all(called)
      while (told < begun + BATCH) await wait(1)
    }
    assert.equal(told, untilTold)
  }
  await exchange(WARM_UP, WARM_UP)
  const beforeMib = await heapMib()
  await exchange(UPDATES, CALLS)
  const grownMib = (await heapMib()) - beforeMib
  t.diagnostic(`heap ${beforeMib.toFixed(1)} MiB, and ${grownMib.toFixed(2)} MiB more afterwards`)
  await client.close()
  assert.ok(grownMib <= MOST_GROWTH_MIB, `the heap has grown by ${grownMib.toFixed(1)} MiB`)
})

test(`${PEERS} peers that were seen cost at most ${MOST_PEERS_MIB} MiB, with all state in memory`, async (t) => {
  const beforeMib = await heapMib()
  const book = new PeerBook({
    state: accountState(memoryState(), async () => USER_ID),
    clock: { nowMs: () => Date.now(), after: (ms, action) => cancelOf(setTimeout(action, ms)) },
    userId: () => USER_ID,
    isOpen: () => true,
    maxPeers: KEPT_PEERS,
    onError: (error) => assert.fail(String(error)),
  })
  const atOnce = 500
  for (let first = 1; first <= PEERS; first += atOnce) {
    book.remember({ users: Array.from({ length: atOnce }, (_, index) => userOf(BigInt(first + index))) })
    await book.save()
  }
  const costMib = (await heapMib()) - beforeMib
  t.diagnostic(`${costMib.toFixed(1)} MiB`)
  assert.equal((await book.byId(BigInt(PEERS)))?.id, BigInt(PEERS))
  await book.close()
  assert.ok(costMib <= MOST_PEERS_MIB, `they cost ${costMib.toFixed(1)} MiB`)
})

function userOf(id: bigint): User {
  return {
    _: 'user',
    id,
    accessHash: id * 7_919n,
    firstName: `First name of ${id}`,
    lastName: 'Last name',
    username: `name_${id}`,
  }
}

function cancelOf(timer: NodeJS.Timeout): () => void {
  return () => clearTimeout(timer)
}

function storageOf({ info, authKey }: PushingServer): SessionStorage {
  const text = signedInSession(info, { userId: USER_ID, dcId: 2, authKey })
  return {
    name: 'the session',
    state: memoryState(),
    open: async () => text,
    write: async () => undefined,
    close: async () => undefined,
  }
}
