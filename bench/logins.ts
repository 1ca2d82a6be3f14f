/**
 * Measures durable logins over loopback from many connections. Each connects, asks for a code and signs in
 * with it, under a key made beforehand or on the way. The server is a separate process, whose processor
 * time counts: how many logins one core does per second, and where that second goes.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { makeKeysAndAccounts } from './load-keys.ts'
import type { Ready, Usage } from './load-server.ts'
import { logIn } from './log-in.ts'
import { sharesOf } from './profile.ts'

const AT_ONCE = 64
const KEPT_KEYS = { name: 'keys made beforehand', logins: 3_000, aimPerS: 500 }
const NEW_KEYS = { name: 'keys made on the way', logins: 600, aimPerS: 150 }
const WARM_UP = 200
const phoneOf = (login: number): string => `999662${String(login).padStart(4, '0')}`

for (const kind of [KEPT_KEYS, NEW_KEYS]) {
  // The cost of the profiler must not be in the figures.
  const { cpuUs, perS } = await measure(kind)
  const perCoreS = 1e6 / cpuUs
  console.log(
    `logins for a second of the server's processor time, ${kind.name}: cablegram ${perCoreS.toFixed(0)}, aim ${kind.aimPerS}: ${(perCoreS / kind.aimPerS).toFixed(2)}×`,
  )
  console.log(`… by the clock, the clients on the other core: cablegram ${perS.toFixed(0)} a second`)
  const { shares } = await measure({ ...kind, isProfiled: true })
  for (const [part, share] of Object.entries(shares)) {
    const ms = (cpuUs * share) / 1000
    console.log(`… of a login's ${(cpuUs / 1000).toFixed(2)} ms, ${part}: cablegram ${ms.toFixed(2)} ms`)
  }
}

interface Kind {
  readonly name: string
  readonly logins: number
  readonly isProfiled?: boolean
}

interface Measured {
  /** Processor time of the server for one login. */
  readonly cpuUs: number
  readonly perS: number
  /** Empty without a profile. */
  readonly shares: Readonly<Record<string, number>>
}

async function measure(kind: Kind): Promise<Measured> {
  const folder = mkdtempSync(`${tmpdir()}/cablegram-logins-`)
  try {
    return await measureIn(folder, kind)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureIn(folder: string, { name, logins, isProfiled = false }: Kind): Promise<Measured> {
  const phones = Array.from({ length: logins + WARM_UP }, (_, login) => phoneOf(login))
  const [data, profiles] = [`${folder}/data`, `${folder}/profiles`]
  mkdirSync(data)
  const keys = await makeKeysAndAccounts(data, name === KEPT_KEYS.name ? phones.length : 0, phones)
  const server = fork(fileURLToPath(new URL('./load-server.ts', import.meta.url)), [data, '0'], {
    execArgv: ['--expose-gc', ...(isProfiled ? ['--cpu-prof', '--cpu-prof-dir', profiles] : [])],
  })
  const [ready] = (await once(server, 'message')) as [Ready]
  const usage = async (): Promise<Usage> => {
    server.send('usage')
    const [used] = await once(server, 'message')
    return used as Usage
  }
  const logInAll = async (from: number, to: number): Promise<void> => {
    let next = from
    const person = async (): Promise<void> => {
      while (next < to) {
        const login = next++
        await logIn(ready, phoneOf(login), keys[login])
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, person))
  }
  await logInAll(0, WARM_UP)
  const before = await usage()
  const startedMs = performance.now()
  await logInAll(WARM_UP, WARM_UP + logins)
  const tookS = (performance.now() - startedMs) / 1000
  const cpuUs = ((await usage()).cpuUs - before.cpuUs) / logins
  server.disconnect()
  await once(server, 'exit')
  return { cpuUs, perS: logins / tookS, shares: isProfiled ? sharesOf(profiles) : {} }
}
