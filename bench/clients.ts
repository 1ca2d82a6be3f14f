/**
 * Measures our client beside mtcute and GramJS on one server: a login, small calls, histories, updates, files, the import, and the
 * size of an installation. Each client is a process of its own on built packages, and they take turns.
 * `npm run bench clients.ts`, or `node bench/clients.ts [ROUNDS] [MIB] [CALLS]`
 */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import { buildPackages } from './build-packages.ts'
import { CLIENT_NAMES, type ClientName } from './client-programs.ts'
import type { ClientsResult, ClientsSetup } from './clients-client.ts'
import { importing, sample } from './fresh-process.ts'
import { sizeOf } from './install-size.ts'
import { median } from './measure.ts'

const [rounds = 5, mib = 32, calls = 2_000] = process.argv.slice(2).map(Number)
const WORK = { calls, pages: calls / 10, updates: calls / 2 } as const
const CODE = '22222'
const MESSAGES = 100

const WORDS: Readonly<Record<keyof ClientsResult, readonly [string, string]>> = {
  signInMs: ['connect and sign in, time', 'ms'],
  loginUs: ['connect and sign in, processor', 'µs'],
  oneUs: ['small call, 1 in flight, processor', 'µs'],
  manyUs: ['small call, 32 in flight, processor', 'µs'],
  pageUs: ['history of 100, processor', 'µs'],
  updatesUs: ['1,000 updates, processor', 'µs'],
}
const PEERS = ['mtcute', 'gramjs'] as const

const here = fileURLToPath(new URL('.', import.meta.url))
const built = buildPackages()
const module = entryOf(`${built}node_modules/@cablegram/client`)
const folder = mkdtempSync(join(tmpdir(), 'cablegram-bench-clients-'))
const server = await startServer({ data: join(folder, 'data') })
const sender = await signUp('+9996620100')
try {
  await measureAll()
} finally {
  await sender.close()
  await server.close()
  rmSync(folder, { recursive: true })
}
measureInstallation()
execFileSync(process.execPath, [`${here}files.ts`, String(mib), String(rounds)], { stdio: 'inherit' })

async function measureAll(): Promise<void> {
  const results = new Map<ClientName, ClientsResult[]>(CLIENT_NAMES.map((name) => [name, []]))
  for (const name of CLIENT_NAMES) await prepare(name)
  for (let round = 0; round < rounds; round++) {
    // Who comes first changes, because the machine does.
    const order = [...CLIENT_NAMES.slice(round % 3), ...CLIENT_NAMES.slice(0, round % 3)]
    for (const name of order) results.get(name)?.push(await measure(name))
  }
  for (const figure of Object.keys(WORDS) as (keyof ClientsResult)[]) {
    const [words, unit] = WORDS[figure]
    const of = (name: ClientName) => median((results.get(name) ?? []).map((each) => each[figure]))
    for (const peer of PEERS) print(words, unit, { ours: of('cablegram'), peer, theirs: of(peer) })
  }
}

/** Makes the account, with a hundred messages to itself. */
async function prepare(name: ClientName): Promise<void> {
  const client = await signUp(phoneOf(name))
  await client.updateProfile({ username: usernameOf(name) })
  for (let count = 0; count < MESSAGES; count++) await client.sendMessage('me', `message ${count}`)
  await client.close()
}

async function measure(name: ClientName): Promise<ClientsResult> {
  const child = fork(new URL('./clients-client.ts', import.meta.url), [name])
  const setup: ClientsSetup = {
    ...WORK,
    ...{ phone: phoneOf(name), code: CODE, server: server.info, path: '', module },
  }
  child.send(setup)
  await once(child, 'message')
  const told = once(child, 'message')
  for (let count = 0; count < WORK.updates; count++)
    await sender.sendMessage(`@${usernameOf(name)}`, `update ${count}`)
  const [result]: [ClientsResult] = (await told) as [ClientsResult]
  if (child.exitCode === null) await once(child, 'exit')
  return result
}

function measureInstallation(): void {
  const modules = { mtcute: '@mtcute/node', gramjs: 'telegram' } as const
  const ours = sample(built, importing('@cablegram/client'))
  const ourSize = sizeOf(`${built}node_modules`, '@cablegram/client')
  for (const peer of PEERS) {
    const theirs = sample(here, importing(modules[peer]))
    print('import, time', 'ms', { ours: ours.ms, peer, theirs: theirs.ms })
    print('memory after the import', 'MB', { ours: ours.mb, peer, theirs: theirs.mb })
    const size = sizeOf(`${here}node_modules`, modules[peer])
    print('installed, with dependencies', 'MB', { ours: ourSize / 1e6, peer, theirs: size / 1e6 })
  }
}

function print(
  words: string,
  unit: string,
  { ours, peer, theirs }: { readonly ours: number; readonly peer: ClientName; readonly theirs: number },
): void {
  const text = (figure: number): string => `${figure.toFixed(figure < 100 ? 1 : 0)} ${unit}`
  console.log(`${words}: cablegram ${text(ours)}, ${peer} ${text(theirs)}: ${(theirs / ours).toFixed(2)}×`)
}

async function signUp(phoneNumber: string): Promise<TelegramClient> {
  const client = new TelegramClient(memorySession(), { server: server.info })
  await client.start({
    phone: async () => phoneNumber,
    code: async () => CODE,
    name: async () => ({ firstName: 'Ada' }),
  })
  return client
}

function phoneOf(name: ClientName): string {
  return `+999662020${CLIENT_NAMES.indexOf(name)}`
}

function usernameOf(name: ClientName): string {
  return `bench_${name}`
}

/** The module that a package's name leads to. */
function entryOf(folderOfPackage: string): string {
  const { exports } = JSON.parse(readFileSync(`${folderOfPackage}/package.json`, 'utf8'))
  const entry = exports['.']
  const file = typeof entry === 'string' ? entry : (entry.default ?? entry.import)
  return pathToFileURL(join(folderOfPackage, file)).href
}
