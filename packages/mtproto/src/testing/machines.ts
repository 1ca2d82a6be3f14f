import { createClientMachine } from '../client-machine.ts'
import { makeAuthKey } from '../crypto/index.ts'
import type {
  AuthKey,
  ClientInput,
  ClientOutput,
  ServerInput,
  ServerKey,
  ServerOutput,
  SizedMachine,
} from '../machine.ts'
import { createServerMachine } from '../server-machine.ts'
import { INIT_PREFIX } from './calls.ts'
import { Rng } from './rng.ts'
import { RSA_KEY, SERVER_KEYS } from './rsa-key.ts'
import type { Scenario } from './scenario.ts'

const START_MS = 1_750_000_000_000

/** When a simulation begins. */
export function startOf({ startMs = START_MS }: Scenario): number {
  return startMs
}

const SHARED_KEY: AuthKey = makeAuthKey(new Uint8Array(256).map((_, i) => (i * 7 + 3) & 0xff))

/** The key that clients of a simulation begin with, unless they make their own. */
export function sharedKeyOf(scenario: Scenario): ServerKey {
  const createdAtS = startOf(scenario) / 1000 - 86_400
  return { authKey: SHARED_KEY, expiresAtS: undefined, firstSalt: 1n, createdAtS, dcId: 2 }
}

/** A client machine of a simulation; the same one for the same scenario. */
export function makeClient(scenario: Scenario, index: number): SizedMachine<ClientInput, ClientOutput> {
  return createClientMachine({
    random: new Rng(Math.imul(scenario.seed, 31) + 1000 + index).bytes,
    framing: scenario.framing ?? 'intermediate',
    serverKeys: SERVER_KEYS,
    dcId: 2,
    initPrefix: INIT_PREFIX,
    keys: scenario.makesKey
      ? undefined
      : { authKey: SHARED_KEY, timeOffsetMs: scenario.timeOffsetMs ?? 0, salts: [] },
    pfs: scenario.pfs,
    limits: { maxExchangeFailures: 1000, ...scenario.limits },
  })
}

/** A server machine of a simulation; the same one for the same scenario. */
export function makeServer(scenario: Scenario, life: number): SizedMachine<ServerInput, ServerOutput> {
  return createServerMachine({
    random: new Rng(Math.imul(scenario.seed, 37) + 2000 + life).bytes,
    rsaKeys: [RSA_KEY],
    saltSecret: new Uint8Array(32).fill(7),
    offloadsExchanges: scenario.offloads,
    limits: scenario.serverLimits ?? {},
  })
}
