/**
 * Our client through other people's proxies: `node interop/proxies.ts`. The proxies know only Telegram's own addresses, so all of it
 * happens in a network namespace that has nothing but loopback, and there our server listens on one of those addresses.
 * What cannot be run here is skipped, says why, and is counted apart.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type ClientOptions, memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import { signUp, testPhone } from '../test/e2e/logins.ts'
import type { ReadyLine } from '../test/e2e/serve.ts'
import { namespaceCommand } from './namespace.ts'
import { pythonOf } from './talkers.ts'

/** Telegram's data centre 2: proxies for Telegram have its address built in. */
const DC2 = '149.154.167.51'
const PACKAGES = ['mtprotoproxy==1.0.6', 'pycryptodome==3.23.0', 'pproxy==2.7.9']
const SECRET = '00112233445566778899aabbccddeeff'
const DOMAIN = Buffer.from('www.example.org').toString('hex')
const PORTS = { mtproxy: 8443, socks: 1080, login: 1081, http: 8080 }
const CONNECT_WITHIN_MS = 60_000

type Way = Pick<ClientOptions, 'mtproxy' | 'proxy'>

const WAYS: readonly (readonly [name: string, way: Way])[] = [
  ['mtprotoproxy, plain', { mtproxy: mtproxy(SECRET) }],
  ['mtprotoproxy, dd', { mtproxy: mtproxy(`dd${SECRET}`) }],
  ['mtprotoproxy, ee', { mtproxy: mtproxy(`ee${SECRET}${DOMAIN}`) }],
  ['pproxy, SOCKS5', { proxy: `socks5://127.0.0.1:${PORTS.socks}` }],
  ['pproxy, SOCKS5 with a login', { proxy: `socks5://ada:secret@127.0.0.1:${PORTS.login}` }],
  ['pproxy, HTTP CONNECT', { proxy: `http://127.0.0.1:${PORTS.http}` }],
  [
    'pproxy, SOCKS5, then mtprotoproxy, ee',
    { proxy: `socks5://127.0.0.1:${PORTS.socks}`, mtproxy: mtproxy(`ee${SECRET}${DOMAIN}`) },
  ],
]

function mtproxy(secret: string): string {
  return `tg://proxy?server=127.0.0.1&port=${PORTS.mtproxy}&secret=${secret}`
}

function main(): Promise<number> | number {
  if (process.argv.includes('--inside')) return playAll()
  const why = whyNot()
  if (why !== undefined) {
    for (const [name] of WAYS) console.log(`SKIP  ${name}: ${why}`)
    console.log(`0 passed, 0 failed, ${WAYS.length} skipped`)
    return 0
  }
  const [program, ...args] = namespaceCommand()
  const self = [...process.execArgv, fileURLToPath(import.meta.url), '--inside']
  return spawnSync(program, [...args, process.execPath, ...self], { stdio: 'inherit' }).status ?? 1
}

/** Installs the proxies; returns why they cannot run here. */
function whyNot(): string | undefined {
  try {
    namespaceCommand()
    pythonOf(PACKAGES)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

async function playAll(): Promise<number> {
  const { status, stderr } = spawnSync('ip', ['address', 'add', `${DC2}/32`, 'dev', 'lo'], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the address of a data centre cannot be added: ${stderr}`)
  const folder = await mkdtemp(join(tmpdir(), 'cablegram-proxies-'))
  await using server = await startServer({ store: 'memory', host: DC2, port: 443 })
  const proxies = [await startMtprotoproxy(folder), startPproxy()]
  let failed = 0
  try {
    await Promise.all(Object.values(PORTS).map(listens))
    for (const [index, [name, way]] of WAYS.entries()) {
      const error = await play(way, JSON.parse(JSON.stringify({ event: 'ready', ...server.info })), index)
      if (error !== undefined) failed += 1
      console.log(error === undefined ? `pass  ${name}` : `FAIL  ${name}: ${error}`)
    }
  } finally {
    for (const proxy of proxies) proxy.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
  console.log(`${WAYS.length - failed} passed, ${failed} failed, 0 skipped`)
  return failed === 0 ? 0 : 1
}

/** Signs a user up, sends a message and a file. */
async function play(way: Way, ready: ReadyLine, index: number): Promise<string | undefined> {
  const client = new TelegramClient(memorySession(), { ...way, server: ready })
  try {
    await signUp(client, ready, testPhone(index))
    await client.sendMessage('me', `through ${index}`)
    const file = await client.uploadFile(new Uint8Array(300_000))
    if (file._ !== 'inputFile') return `the upload has become ${file._}`
    return undefined
  } catch (error) {
    return String(error)
  } finally {
    await client.close()
  }
}

async function startMtprotoproxy(folder: string) {
  const config = join(folder, 'config.py')
  const lines = [
    `PORT = ${PORTS.mtproxy}`,
    `USERS = {"tg": "${SECRET}"}`,
    'PREFER_IPV6 = False',
    'MASK = False',
    'TLS_DOMAIN = "www.example.org"',
  ]
  await writeFile(config, lines.join('\n'))
  const launcher = fileURLToPath(new URL('servers/mtprotoproxy.py', import.meta.url))
  return startPython([launcher, join(dirname(pythonOf(PACKAGES)), 'mtprotoproxy.py'), config])
}

function startPproxy() {
  const listen = (uri: string) => ['-l', uri]
  return startPython([
    ...['-m', 'pproxy'],
    ...listen(`socks5://127.0.0.1:${PORTS.socks}`),
    ...listen(`socks5://127.0.0.1:${PORTS.login}/#ada:secret`),
    ...listen(`http://127.0.0.1:${PORTS.http}`),
  ])
}

function startPython(args: readonly string[]) {
  const child = spawn(pythonOf(PACKAGES), args, { stdio: ['ignore', 'ignore', 'inherit'] })
  child.on('error', (error) => console.error(error))
  return child
}

/** Waits until somebody listens on a port. */
async function listens(port: number): Promise<void> {
  const until = Date.now() + CONNECT_WITHIN_MS
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    if (Date.now() > until) throw new Error(`nobody listens on port ${port}`)
    await sleep(100)
  }
}

process.exitCode = await main()
