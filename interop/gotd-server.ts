/**
 * Our client against a server that others wrote, gotd's tgtest: `node interop/gotd-server.ts`. The client makes a key,
 * asks for the configuration, makes a call, and is told an update. Where there is no Go, it is skipped, says so, and is counted apart.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ClientOptions, memorySession, type ServerInfo, TelegramClient } from '@cablegram/client'
import { missing } from './install.ts'
import { buildGo } from './talkers.ts'

const PROGRAM = '.go/tgtest'
const TIMEOUT_MS = 60_000
const APP = { apiId: 1, apiHash: '0123456789abcdef0123456789abcdef' }

/** The line of the program: the same server on two ports. */
interface Servers {
  readonly plain: ServerInfo
  readonly obfuscated: ServerInfo
}

/** One way to the server. */
interface Way {
  readonly name: string
  readonly to: keyof Servers
  readonly framing: NonNullable<ClientOptions['framing']>
}

/** No padded one: tgtest cuts off at most three bytes of padding, and ends the connection if there are more. */
const WAYS: readonly Way[] = [
  { name: 'abridged', to: 'plain', framing: 'abridged' },
  { name: 'intermediate', to: 'plain', framing: 'intermediate' },
  { name: 'full', to: 'plain', framing: 'full' },
  { name: 'obfuscated', to: 'obfuscated', framing: 'intermediate' },
]

async function main(): Promise<number> {
  const why = missing('go')
  if (why !== undefined) {
    console.log(`SKIP  tgtest: ${why}\n0 passed, 0 failed, ${WAYS.length} skipped`)
    return 0
  }
  buildGo('servers/tgtest', PROGRAM)
  const program = startProgram()
  let failed = 0
  try {
    const servers = await firstLine(program)
    for (const way of WAYS) {
      const error = await play(servers[way.to], way).catch(String)
      if (error !== undefined) failed += 1
      console.log(error === undefined ? `pass  tgtest, ${way.name}` : `FAIL  tgtest, ${way.name}: ${error}`)
    }
  } finally {
    program.stdin.end()
  }
  console.log(`${WAYS.length - failed} passed, ${failed} failed, 0 skipped`)
  return failed === 0 ? 0 : 1
}

function startProgram() {
  return spawn(fileURLToPath(new URL(PROGRAM, import.meta.url)), { stdio: ['pipe', 'pipe', 'inherit'] })
}

async function firstLine(program: ReturnType<typeof startProgram>): Promise<Servers> {
  const ended = once(program, 'exit').then(([code]) => {
    throw new Error(`tgtest ended with ${code}`)
  })
  const [line] = (await Promise.race([once(createInterface(program.stdout), 'line'), ended])) as [string]
  return JSON.parse(line) as Servers
}

async function play(server: ServerInfo, { framing, to }: Way): Promise<undefined> {
  const client = new TelegramClient(memorySession(), {
    ...APP,
    framing,
    obfuscated: to === 'obfuscated',
    server,
    // tgtest does not know auth.bindTempAuthKey.
    pfs: false,
    timeoutMs: TIMEOUT_MS,
  })
  try {
    const updated = new Promise<void>((resolve) => {
      client.onUpdate((update) => {
        // It says of each new session that it begins after the first call, so that updatesTooLong may come first.
        if (update._ === 'updates' && update.updates[0]?._ === 'updateConfig') resolve()
      })
    })
    const config = await client.help.getConfig()
    assert.equal(config.dcOptions[0]?.port, server.dcs[0]?.port)
    assert.equal((await client.help.getNearestDc()).country, 'DE')
    const late = once(AbortSignal.timeout(TIMEOUT_MS), 'abort').then(() => assert.fail('no update'))
    await Promise.race([updated, late])
  } finally {
    await client.close()
  }
}

process.exitCode = await main()
