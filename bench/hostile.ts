/**
 * Measures what others notice of hostile clients: people sign in one after the other, first undisturbed,
 * then beside each kind of attack in its own process. Prints the logins per second, also relative to the
 * undisturbed run, and the server's memory.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { ATTACKS } from '../test/e2e/hostile-clients.ts'
import { beginAttack } from '../test/e2e/hostile-process.ts'
import { makeKeysAndAccounts } from './load-keys.ts'
import type { Ready, Usage } from './load-server.ts'
import { logIn } from './log-in.ts'

const SIZE = 64
const AT_ONCE = 4
const FOR_MS = 4_000
const PHONES = Array.from({ length: 10_000 }, (_, phone) => `999662${String(phone).padStart(4, '0')}`)
const MAX_LOGINS = 20_000
const MEGABYTE = 1e6

const folder = mkdtempSync(`${tmpdir()}/cablegram-hostile-`)
try {
  mkdirSync(`${folder}/data`)
  const keys = await makeKeysAndAccounts(`${folder}/data`, MAX_LOGINS, PHONES)
  const server = fork(fileURLToPath(new URL('./load-server.ts', import.meta.url)), [`${folder}/data`, '1'], {
    execArgv: ['--expose-gc'],
  })
  const [ready] = (await once(server, 'message')) as [Ready]
  const usage = async (): Promise<Usage> => {
    server.send('usage')
    return ((await once(server, 'message')) as [Usage])[0]
  }
  let next = 0
  /** Logins per second. */
  const peopleSignIn = async (): Promise<number> => {
    const [from, beganMs] = [next, performance.now()]
    const person = async (): Promise<void> => {
      while (performance.now() - beganMs < FOR_MS && next < MAX_LOGINS) {
        const login = next++
        await logIn(ready, PHONES[login % PHONES.length] ?? '', keys[login])
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, person))
    return ((next - from) * 1000) / (performance.now() - beganMs)
  }

  await peopleSignIn()
  const inPeace = await peopleSignIn()
  const memory = async (): Promise<string> => `${((await usage()).rssBytes / MEGABYTE).toFixed(0)} MB`
  console.log(`resident memory of the server, in peace: cablegram ${await memory()}`)
  for (const { name } of ATTACKS) {
    const end = await beginAttack(name, ready, SIZE)
    const perS = await peopleSignIn()
    const during = await memory()
    const struck = await end()
    console.log(
      `logins beside ${SIZE} × ${name}: cablegram ${perS.toFixed(0)}/s, peace ${inPeace.toFixed(0)}/s: ${(inPeace / perS).toFixed(2)}×`,
    )
    console.log(
      `… struck ${struck} times; resident memory then, and after: cablegram ${during} / ${await memory()}`,
    )
  }
  server.disconnect()
  await once(server, 'exit')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
