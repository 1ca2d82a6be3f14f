import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { findKeyRecord } from '../../rules/accounts/decide-keys.ts'
import { findUserByPhone } from '../../rules/accounts/decide-users.ts'
import { signInWithCode } from '../../rules/logins/sign-in.ts'
import { eventsAfter } from '../../rules/messages/decide-box-log.ts'
import { createWorld, seededRandom } from '../../rules/test-world.ts'
import { openStore } from '../index.ts'
import type { Store } from '../store.ts'

/**
 * A process that writes as fast as it can, eight at once, and prints the number of each acknowledged write.
 */
const writer = (prepare: string, write: string): string => `
  import(${JSON.stringify(import.meta.resolve('../index.ts'))}).then(async ({ openStore }) => {
    const store = openStore({ data: process.argv[1], random: (n) => crypto.getRandomValues(new Uint8Array(n)) })
    ${prepare}
    for (let id = 1n; ; id += 8n) {
      await Promise.all(Array.from({ length: 8 }, async (_, i) => {
        const n = id + BigInt(i)
        process.stdout.write(await (${write})(n) + '\\n')
      }))
    }
  })`

const KEYS = writer(
  `const key = new Uint8Array(256)
   const { keepKey } = await import(${JSON.stringify(import.meta.resolve('../../rules/accounts/decide-keys.ts'))})`,
  `async (authKeyId) => {
    await store.decide(() => keepKey(store.secret, { authKeyId, key, dcId: 2, firstSalt: 0n, createdAtS: 1, isTest: false }))
    return authKeyId
  }`,
)

const MESSAGES = writer(
  `const user = { accessHash: 1n, phone: '9996621234', firstName: 'Ada', lastName: '', createdAtS: 1 }
   const { createUser } = await import(${JSON.stringify(import.meta.resolve('../../rules/accounts/decide-users.ts'))})
   const { id: userId } = await store.decide(() => createUser(user))
   const { appendMessage } = await import(${JSON.stringify(import.meta.resolve('../../rules/messages/decide-append-message.ts'))})
   const box = { boxId: userId, keptMessages: 10000, keptEvents: 10000 }`,
  `async (randomId) => {
    const message = { peerId: 777000n, fromId: 777000n, isOut: false, dateS: 1, text: 'hi', entities: [], randomId }
    return (await store.decide(() => appendMessage(store.secret, box, message))).event.pts
  }`,
)

test('a store killed while writing has every acknowledged write', async () => {
  await killed(KEYS, async (store, acknowledged) => {
    for (const id of acknowledged)
      assert.ok(await store.look(() => findKeyRecord(store.secret, id)), `key ${id} was acknowledged`)
  })
})

test('a store killed during a chat has every acknowledged message and a log without gaps', async () => {
  await killed(MESSAGES, async (store, acknowledged) => {
    const userId = (await store.look(() => findUserByPhone('9996621234')))?.id ?? 0n
    const log = await store.look(() => eventsAfter(store.secret, userId, 1, 10_000))
    assert.ok(log.kind === 'events')
    assert.deepEqual(
      log.events.map((event) => [event.pts, event.kind === 'newMessage' && event.message.id]),
      log.events.map((_, index) => [index + 2, index + 1]),
    )
    assert.equal(log.events.length + 1, log.pts)
    for (const pts of acknowledged) assert.ok(pts <= BigInt(log.pts), `pts ${pts} was acknowledged`)
  })
})

/** Three times: the acknowledged messages before SIGKILL, and what a new server finds. */
async function killed(
  program: string,
  check: (store: Store, acknowledged: bigint[]) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-kill-'))
  for (let round = 0; round < 3; round++) {
    const data = join(folder, String(round))
    const acknowledged = await runAndKill(program, data, 100 + round * 37)
    const store = openStore({ data, random: seededRandom('kill') })
    await check(store, acknowledged)
    await store.close()
    const db = new DatabaseSync(join(data, 'cablegram.db'))
    assert.equal(db.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
    db.close()
  }
}

/** @returns the numbers that were acknowledged before SIGKILL */
async function runAndKill(program: string, data: string, afterLines: number): Promise<bigint[]> {
  const child = spawn(process.execPath, ['-e', program, data], { stdio: ['ignore', 'pipe', 'inherit'] })
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

test('a code committed before a crash is delivered after it, once and under the same id', async () => {
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
  await after.rules.recover(true)
  const [entry, ...others] = await after.inbox.list()
  assert.equal(entry?.id, ids[0])
  assert.deepEqual(others, [])
  await after.rules.recover(true)
  assert.equal((await after.inbox.list()).length, 1)
  const held = { phoneNumber: '+9996621234', phoneCodeHash: entry?.phoneCodeHash ?? '' }
  const outcome = await signInWithCode(after.rules, caller, { ...held, phoneCode: '22222' })
  assert.equal(outcome.kind, 'signUpRequired')
  await after.store.close()
})
