/** Servers for the benchmarks of growth: one node on SQLite, or several on PostgreSQL, a process each. */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { ServerOptions } from '@cablegram/server'
import { openPostgresStore, openStore, type Store } from '../packages/server/src/database/index.ts'
import { addKeysAndAccounts } from './load-keys.ts'
import type { Ready, Usage } from './load-server.ts'
import { logIn } from './log-in.ts'

/** Test numbers, whose codes are known: there are ten thousand of them in a data centre. */
export const phoneOf = (login: number): string => `999662${String(login).padStart(4, '0')}`

const AT_ONCE = 64

/** A running server. */
export interface Whole {
  /** Signs in the next people, 64 at a time, at one node after the other. @returns seconds that it took */
  logIn(people: number): Promise<number>
  /** Processor time of all nodes since their start, in microseconds. */
  cpuUs(): Promise<number>
  close(): Promise<void>
}

/** Options of a server. */
export interface WholeOptions {
  readonly nodes: number
  /** Accounts with a key each. */
  readonly people: number
  /** Undefined: SQLite, in a folder. */
  readonly postgres?: string | undefined
  readonly redis?: string | undefined
  /** Folder for profiles of the nodes. */
  readonly profiles?: string | undefined
  /** Folder of the data that is there already. */
  readonly folder?: string | undefined
  /** The number of the first person. */
  readonly first?: number | undefined
}

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

/** Opens the store of a folder or of a database, as a node does. */
export async function openStoreOf(folder: string, url?: string): Promise<Store> {
  if (url === undefined) return openStore({ data: folder, random })
  return await openPostgresStore({ url, secretFile: secretIn(folder), random, nowMs: Date.now })
}

function secretIn(folder: string): string {
  return `${folder}/secret.key`
}

/** Makes the accounts, and starts the nodes. */
export async function startWhole(wanted: WholeOptions): Promise<Whole> {
  const { nodes, people, postgres, redis, profiles, first = 0 } = wanted
  const folder = wanted.folder ?? mkdtempSync(`${tmpdir()}/cablegram-growth-`)
  const store = await openStoreOf(folder, postgres)
  const phones = Array.from({ length: people }, (_, at) => phoneOf(first + at))
  const keys = await addKeysAndAccounts(store, people, phones)
  await store.close()
  const options: ServerOptions =
    postgres === undefined ? { data: folder } : { store: postgres, secretFile: secretIn(folder), bus: redis }
  const started = await Promise.all(Array.from({ length: nodes }, () => startNode(options, profiles)))
  let next = 0
  return {
    async logIn(count) {
      const startedMs = performance.now()
      const to = next + count
      const person = async (): Promise<void> => {
        while (next < to) {
          const login = next++
          const node = started[login % nodes]
          if (node !== undefined) await logIn(node.ready, phoneOf(first + login), keys[login])
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, person))
      return (performance.now() - startedMs) / 1000
    },
    async cpuUs() {
      const usages = await Promise.all(started.map((node) => node.usage()))
      return usages.reduce((sum, { cpuUs }) => sum + cpuUs, 0)
    },
    async close() {
      await Promise.all(started.map((node) => node.close()))
      if (wanted.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Node {
  readonly ready: Ready
  usage(): Promise<Usage>
  close(): Promise<void>
}

async function startNode(options: ServerOptions, profiles: string | undefined): Promise<Node> {
  const server = fork(
    fileURLToPath(new URL('./load-server.ts', import.meta.url)),
    ['', '0', JSON.stringify(options)],
    {
      execArgv: [
        '--expose-gc',
        ...(profiles === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profiles]),
      ],
    },
  )
  const [ready] = (await once(server, 'message')) as [Ready]
  return {
    ready,
    async usage() {
      server.send('usage')
      const [used] = await once(server, 'message')
      return used as Usage
    },
    async close() {
      server.disconnect()
      await once(server, 'exit')
    },
  }
}
