/** People of the benchmarks of chats: accounts with names, their signed-in devices, and a server in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import type { ClientKeys } from '@cablegram/mtproto'
import { decode, decodeResult, encodeRequest, type InputPeer } from '@cablegram/tl/api'
import { LoadClient } from './load-client.ts'
import { makeKeysAndAccounts } from './load-keys.ts'
import type { Ready, Usage } from './load-server.ts'

/** Time between two looks of a client at its timers, when it acknowledges what it received. */
const TICK_MS = 50
const PING_MS = 30_000
const CONNECTED_AT_ONCE = 50

const phoneOf = (person: number): string => `999662${String(person).padStart(4, '0')}`
const nameOf = (person: number): string => `bench_${person}`

/** Keys of the devices of each person, the first person first. */
export type PeopleKeys = readonly (readonly ClientKeys[])[]

/** Makes accounts with names in a data folder, and signs in so many devices of each. */
export async function makePeople(folder: string, devices: readonly number[]): Promise<PeopleKeys> {
  const count = devices.reduce((sum, each) => sum + each, 0)
  const keys = await makeKeysAndAccounts(
    folder,
    count,
    devices.map((_, person) => phoneOf(person)),
  )
  const db = new DatabaseSync(`${folder}/cablegram.db`)
  const findId = db.prepare('SELECT id FROM users WHERE phone = ?')
  const name = db.prepare('UPDATE users SET username = ? WHERE id = ?')
  const keepName = db.prepare('INSERT INTO usernames (name, peer_id) VALUES (?, ?)')
  const signIn = db.prepare(
    `INSERT INTO authorizations (auth_key_id, user_id, hash, api_id, ip, created_at_s, active_at_s)
     SELECT ?, ?, abs(random()), 10001, '127.0.0.1', created_at_s, created_at_s FROM auth_keys WHERE auth_key_id = ?`,
  )
  let at = 0
  const people = devices.map((own, person) => {
    const id = Number(findId.get(phoneOf(person))?.['id'])
    name.run(nameOf(person), id)
    keepName.run(nameOf(person), id)
    const keysOfPerson = keys.slice(at, at + own)
    at += own
    for (const { authKey } of keysOfPerson) signIn.run(authKey.id, id, authKey.id)
    return keysOfPerson
  })
  db.close()
  return people
}

/** A running server with connected people. */
export interface ChatServer {
  /** The devices of each person. */
  readonly devices: readonly (readonly Device[])[]
  /** Processor time of the server since its start, in microseconds. */
  cpuUs(): Promise<number>
  close(): Promise<void>
}

/** Starts a server on a data folder and connects everybody's devices. @param profiles folder for a profile of the server */
export async function startChatServer(
  folder: string,
  people: PeopleKeys,
  profiles?: string,
): Promise<ChatServer> {
  const server = fork(fileURLToPath(new URL('./load-server.ts', import.meta.url)), [folder], {
    execArgv: profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`],
  })
  const [ready] = (await once(server, 'message')) as [Ready]
  const devices = people.map((keys) => keys.map((key) => new Device(ready, key, { pingIntervalMs: PING_MS })))
  const all = devices.flat()
  for (let at = 0; at < all.length; at += CONNECTED_AT_ONCE) {
    await Promise.all(all.slice(at, at + CONNECTED_AT_ONCE).map((device) => device.open()))
  }
  const ticking = setInterval(() => {
    for (const device of all) device.wake()
  }, TICK_MS)
  return {
    devices,
    cpuUs: async () => (await usageOf(server)).cpuUs,
    close: async () => {
      clearInterval(ticking)
      for (const device of all) device.close()
      server.disconnect()
      await once(server, 'exit')
    },
  }
}

async function usageOf(server: ChildProcess): Promise<Usage> {
  server.send('usage')
  const [used] = (await once(server, 'message')) as [Usage]
  return used
}

/** A signed-in device that counts the messages that it is told. */
export class Device extends LoadClient {
  /** Bodies of updates, as they came. They are read after the measurement. */
  readonly #updates: Uint8Array[] = []

  protected override onUpdate(body: Uint8Array): void {
    this.#updates.push(body.slice())
  }

  /** The number of new messages that the device was told of since the last call. */
  takeNewMessages(): number {
    const told = this.#updates.splice(0).map((body) => decode('Updates', body))
    return told.flatMap((each) =>
      each._ === 'updates' ? each.updates.filter(({ _ }) => _ === 'updateNewMessage') : [],
    ).length
  }

  /** Finds a person by name. */
  async find(person: number): Promise<Found> {
    const found = decodeResult(
      'contacts.resolveUsername',
      await this.call(encodeRequest({ _: 'contacts.resolveUsername', username: nameOf(person) })),
    )
    const [user] = found.users
    if (user?._ !== 'user') throw new Error(`${nameOf(person)} was not found`)
    const { id: userId, accessHash = 0n } = user
    return { userId, accessHash, peer: { _: 'inputPeerUser', userId, accessHash } }
  }

  /** Sends a text. */
  async send(peer: InputPeer, message: string, randomId: bigint): Promise<void> {
    await this.call(encodeRequest({ _: 'messages.sendMessage', peer, message, randomId }))
  }
}

/** A person, as another one knows them. */
export interface Found {
  readonly userId: bigint
  readonly accessHash: bigint
  readonly peer: InputPeer
}

/** Runs a job so many times, a number of them at once. */
export async function repeat(
  count: number,
  inFlight: number,
  job: (at: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const one = async (): Promise<void> => {
    while (next < count) {
      next += 1
      await job(next - 1)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, one))
}
