/** The parts of a chat simulation that outlive the server's process: the store, the accounts, and the keys of their devices. */
import type { AuthKey, Random } from '@cablegram/mtproto'
import { makeAuthKey } from '@cablegram/mtproto/crypto'
import type { Rng } from '@cablegram/mtproto/testing'
import type { Nudge } from '../../../packages/server/src/bus/nudge.ts'
import { CHANNELS } from '../../../packages/server/src/courier/index.ts'
import type { Store } from '../../../packages/server/src/database/store.ts'
import type { Caller } from '../../../packages/server/src/ground/caller.ts'
import type { Settings } from '../../../packages/server/src/ground/settings.ts'
import { keepMadeKey, requireUserId } from '../../../packages/server/src/rules/accounts/keys.ts'
import { createWorld, seededRandom, type World } from '../../../packages/server/src/rules/test-world.ts'

/** Somebody with an account, and the keys of their devices. */
export interface Person {
  readonly userId: bigint
  readonly devices: readonly Device[]
}

/** A key that is signed in. */
export interface Device {
  readonly key: AuthKey
  readonly caller: Caller
}

/** Options of the parts that stay. */
export interface ChatWorldOptions {
  readonly people: number
  readonly devicesEach: number
  readonly settings?: Partial<Settings>
  readonly openStore?: (onNudges: (nudges: readonly Nudge[]) => void) => Promise<Store>
}

/** The store with the people in it. */
export interface ChatWorld {
  readonly world: World
  readonly people: readonly Person[]
}

/** Makes the people, on a clock that stands still. */
export async function createChatWorld(options: ChatWorldOptions): Promise<ChatWorld> {
  const { people: count, devicesEach, settings, openStore } = options
  const world = await createWorld({ ...(settings && { settings }), ...(openStore && { openStore }) })
  const random = seededRandom('devices')
  const people: Person[] = []
  for (let index = 1; index <= count; index++) {
    const devices: Device[] = []
    for (let device = 0; device < devicesEach; device++) {
      devices.push(await signIn(world, random, `999662${String(index).padStart(4, '0')}`))
    }
    const [first] = devices
    if (first === undefined) throw new Error('everybody has a device')
    people.push({ userId: requireUserId(first.caller.state), devices })
  }
  return { world, people }
}

async function signIn(world: World, random: Random, phone: string): Promise<Device> {
  const key = makeAuthKey(random(256))
  const createdAtS = Math.floor(world.clock.nowMs() / 1000)
  await keepMadeKey(world.rules, { authKey: key, firstSalt: 1n, createdAtS, dcId: 2, isTest: false })
  const caller: Caller = {
    authKeyId: key.id,
    dcId: 2,
    ip: '127.0.0.1',
    layer: 228,
    channels: new Set(CHANNELS),
    apiId: world.app.apiId,
    appVersion: '1.0',
    state: { at: 'anonymous' },
    digest: () => random(32),
  }
  await world.signIn(caller, phone)
  return { key, caller: await world.again(caller) }
}

/** Settings that clients notice: usual ones, or others that they have to bear. */
export function chatSettingsOf(rng: Rng): Partial<Settings> {
  return {
    shortUpdates: rng.pick(['never', 'never', 'like-telegram'] as const),
    differencePts: rng.pick(['telegram', 'telegram', 'zero', 'own'] as const),
    maxDifference: rng.pick([100, 100, 3]),
    maxQueuedPushes: rng.pick([1_000, 1_000, 4]),
  }
}
