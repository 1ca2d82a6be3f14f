/** One client of the benchmark of clients: signs in, calls, reads a history and hears of messages. */
import { once } from 'node:events'
import { CLIENTS, type ClientName, type ClientSetup } from './client-programs.ts'

/** Everything that a client is told. */
export interface ClientsSetup extends ClientSetup {
  readonly calls: number
  readonly pages: number
  /** Messages that others send, once it says that it listens. */
  readonly updates: number
}

/** Processor time of one run, in microseconds, but for `signInMs`, which is by the clock. */
export interface ClientsResult {
  readonly signInMs: number
  readonly loginUs: number
  readonly oneUs: number
  readonly manyUs: number
  readonly pageUs: number
  readonly updatesUs: number
}

/** Calls in flight. */
const MANY = 32
const WARM_UP = 200

const [name = ''] = process.argv.slice(2)
const [setup]: [ClientsSetup] = (await once(process, 'message')) as [ClientsSetup]
const { calls, pages, updates } = setup
const signIn = await CLIENTS[name as ClientName](setup)

const begunMs = performance.now()
const [client, loginUs] = await measured(signIn)
const signInMs = performance.now() - begunMs
await inFlight(1, WARM_UP, () => client.call())
await inFlight(MANY, WARM_UP, () => client.call())
const [, oneUs] = await measured(() => inFlight(1, calls, () => client.call()))
const [, manyUs] = await measured(() => inFlight(MANY, calls, () => client.call()))
const page = async (): Promise<void> => {
  const { messages } = await client.page()
  if (messages.length !== 100) throw new Error(`${name} read ${messages.length} messages`)
}
await inFlight(1, pages / 10, page)
const [, pageUs] = await measured(() => inFlight(1, pages, page))
const [, updatesUs] = await measured(listen)
const result: ClientsResult = {
  signInMs,
  loginUs,
  oneUs: oneUs / calls,
  manyUs: manyUs / calls,
  pageUs: pageUs / pages,
  updatesUs: (updatesUs / updates) * 1_000,
}
process.send?.(result)
await client.close()
process.exit()

/** Listens until all messages are here. */
async function listen(): Promise<void> {
  let heard = 0
  let onAll = (): void => undefined
  const all = new Promise<void>((resolve) => {
    onAll = resolve
  })
  await client.onMessage(() => {
    heard += 1
    if (heard === updates) onAll()
  })
  process.send?.('listening')
  await all
}

async function inFlight(atOnce: number, count: number, call: () => Promise<unknown>): Promise<void> {
  let left = count
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await call()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

async function measured<Result>(act: () => Promise<Result>): Promise<[Result, number]> {
  const before = process.cpuUsage()
  const result = await act()
  const { user, system } = process.cpuUsage(before)
  return [result, user + system]
}
