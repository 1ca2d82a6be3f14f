import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createWorld, seededRandom } from '../../domain/test-world.ts'
import { openStore } from '../index.ts'

/** Keeps keys as fast as it can, many at once, and says which of them it was told are kept. */
const WRITER = `
  import(${JSON.stringify(import.meta.resolve('../index.ts'))}).then(async ({ openStore }) => {
    const store = openStore({ data: process.argv[1], random: (n) => crypto.getRandomValues(new Uint8Array(n)) })
    const key = new Uint8Array(256)
    for (let id = 1n; ; id += 8n) {
      await Promise.all(Array.from({ length: 8 }, async (_, i) => {
        const authKeyId = id + BigInt(i)
        await store.keys.keep({ authKeyId, key, dcId: 2, firstSalt: 0n, createdAtS: 1, isTest: false })
        process.stdout.write(authKeyId + '\\n')
      }))
    }
  })`

test('killed in the middle of writing, it has every write it acknowledged', async () => {
  const data = mkdtempSync(join(tmpdir(), 'cablegram-kill-'))
  for (let round = 0; round < 3; round++) {
    const acknowledged = await runAndKill(join(data, String(round)), 100 + round * 37)
    const store = openStore({ data: join(data, String(round)), random: seededRandom('kill') })
    for (const id of acknowledged) assert.ok(await store.keys.find(id), `key ${id} was acknowledged`)
    await store.close()
    const db = new DatabaseSync(join(data, String(round), 'cablegram.db'))
    assert.equal(db.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
    db.close()
  }
})

/** @returns the ids that were acknowledged before SIGKILL */
async function runAndKill(data: string, afterLines: number): Promise<bigint[]> {
  const child = spawn(process.execPath, ['-e', WRITER, data], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const ended = new Promise((resolve) => child.once('close', resolve))
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    if (lines.length === afterLines) child.kill('SIGKILL')
  })
  await ended
  assert.ok(lines.length >= afterLines)
  return lines.map(BigInt)
}

test('a code committed before a crash is delivered after it, under the same id and once', async () => {
  const data = mkdtempSync(join(tmpdir(), 'cablegram-outbox-'))
  const ids: string[] = []
  const courier = {
    send({ id }: { id: string }): Promise<never> {
      ids.push(id)
      return new Promise(() => {})
    },
  }
  const before = await createWorld({ data, courier, settings: { courierTimeoutMs: 1 } })
  const caller = await before.caller()
  await assert.rejects(before.sendCode(caller, '+9996621234'), { message: 'No workers running' })
  await before.store.close()

  const after = await createWorld({ data })
  await after.domain.recover()
  const [entry, ...others] = await after.inbox.list()
  assert.equal(entry?.id, ids[0])
  assert.deepEqual(others, [])
  await after.domain.recover()
  assert.equal((await after.inbox.list()).length, 1)
  const held = { phoneNumber: '+9996621234', phoneCodeHash: entry?.phoneCodeHash ?? '' }
  const outcome = await after.domain.login.signIn(caller, { ...held, phoneCode: '22222' })
  assert.equal(outcome.kind, 'signUpRequired')
  await after.store.close()
})
