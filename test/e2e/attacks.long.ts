/** Plays the attacks of bench/attacks.ts on a small scale: their bounds are counted, not timed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type AttackSize, MEASURED_ATTACKS } from './attacks.ts'
import { startServe } from './serve.ts'

const MIB = 1024 * 1024
/** Memory of a server beyond what an attack makes it hold: garbage that is not collected yet. */
const SLACK_BYTES = 200 * MIB

interface Case {
  readonly name: string
  readonly size: AttackSize
  readonly flags?: readonly string[]
  /** Resident memory above that of an idle server. */
  readonly maxBytes: number
  readonly minClosed?: number
}

const CASES: readonly Case[] = [
  {
    name: 'bodies in chunks of a byte',
    size: { count: 4, bytes: 1_500_000, seed: 1 },
    maxBytes: SLACK_BYTES,
  },
  {
    name: 'numbers of 2 MiB in a key exchange',
    size: { count: 4, bytes: 2 * MIB - 1024, seed: 1 },
    maxBytes: SLACK_BYTES,
    minClosed: 1,
  },
  {
    name: 'WebSockets with unfinished frames',
    size: { count: 60, bytes: 4 * MIB - 4096, seed: 1 },
    maxBytes: 192 * MIB + SLACK_BYTES,
    // 60 × 4 MiB are 240 MiB.
    minClosed: 8,
  },
  {
    name: 'one address that takes every slot',
    size: { count: 60, bytes: 1, seed: 1 },
    flags: ['--max-connections', '40', '--max-strangers', '10'],
    maxBytes: SLACK_BYTES,
    minClosed: 50,
  },
  {
    name: 'dear answers in one msg_container',
    size: { count: 1000, bytes: 0, seed: 1 },
    maxBytes: SLACK_BYTES,
  },
]

async function residentBytes(console: string): Promise<number> {
  const metrics = await (await fetch(`${console}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1] ?? assert.fail('no figure'))
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

for (const { name, size, flags = [], maxBytes, minClosed = 0 } of CASES) {
  test(`a server withstands ${name}`, async () => {
    const serve = await startServe(['--memory', '--port', '0', '--console-port', '0', ...flags])
    const { dcs, publicKeys } = serve.ready
    const [dc, key] = [dcs[0], publicKeys[0]]
    assert.ok(dc && key)
    const client = new TelegramClient(memorySession(), { server: serve.ready })
    try {
      await client.help.getNearestDc({})
      const idleBytes = await residentBytes(serve.ready.console)
      const attack =
        MEASURED_ATTACKS[name]?.({ port: dc.port, ...key }, size) ?? assert.fail('no such attack')
      await attack.begun
      await client.help.getNearestDc({})
      await until(() => attack.result.closedByServer >= minClosed)
      const grownBytes = (await residentBytes(serve.ready.console)) - idleBytes
      assert.ok(grownBytes <= maxBytes, `${Math.round(grownBytes / MIB)} MiB more`)
      const newcomer = new TelegramClient(memorySession(), { server: serve.ready })
      await newcomer.help.getNearestDc({})
      await newcomer.close()
      attack.end()
    } finally {
      await client.close()
      await serve.stop()
    }
  })
}
