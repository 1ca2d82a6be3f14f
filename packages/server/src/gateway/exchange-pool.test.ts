import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, describe, it } from 'node:test'
import type { ExchangeResult, ExchangeTask } from '@cablegram/mtproto'
import { encryptRsaPad, exportRsaPublicKey, openRsaBlock, parseRsaPublicKey } from '@cablegram/mtproto/crypto'
import { importRsaPrivateKey } from '@cablegram/mtproto/private-keys'
import { pino } from 'pino'
import { TEST_RSA_KEY_PEM } from '../start/test-rsa-key.ts'
import { createExchangePool, type ExchangePoolOptions } from './exchange-pool.ts'

const random = (length: number) => new Uint8Array(randomBytes(length))
const privateKey = importRsaPrivateKey(TEST_RSA_KEY_PEM)
const publicKey = parseRsaPublicKey(exportRsaPublicKey(privateKey))
const DATA = new Uint8Array(40).fill(5)

type ExchangePool = ReturnType<typeof createExchangePool>

const pools: ExchangePool[] = []
after(() => Promise.all(pools.map((pool) => pool.close())))

/** On a clock that stands still: after the first few tasks, threads do everything. */
function poolOf(options: Partial<ExchangePoolOptions> = {}): ExchangePool {
  const pool = createExchangePool({
    threads: 1,
    rsaKeys: [privateKey],
    privatePems: [TEST_RSA_KEY_PEM],
    random,
    nowMs: () => 5000,
    logger: pino({ level: 'silent' }),
    ...options,
  })
  pools.push(pool)
  return pool
}

function openTask(): ExchangeTask {
  return { kind: 'openParams', rsaKey: 0, encryptedData: encryptRsaPad(publicKey, DATA, random) }
}

function isOpened(result: ExchangeResult | undefined): boolean {
  assert.ok(result?.kind === 'openParams' && result.dh && result.block)
  assert.equal(result.dh.gA.length, 256)
  assert.deepEqual([...(openRsaBlock(result.block)?.data.subarray(0, DATA.length) ?? [])], [...DATA])
  return true
}

describe('exchange pool', () => {
  it('gives both ends of an exchange the same key, here and in threads', async () => {
    for (const threads of [0, 2]) {
      const pool = poolOf({ threads })
      const opened = await Promise.all(Array.from({ length: 24 }, () => pool.do(openTask())))
      assert.ok(opened.every(isOpened))
      const [one, two] = opened.slice(-2)
      assert.ok(one?.kind === 'openParams' && two?.kind === 'openParams' && one.dh && two.dh)
      assert.notDeepEqual(one.dh, two.dh)
      const ends = [
        { a: one.dh.a, gB: two.dh.gA },
        { a: two.dh.a, gB: one.dh.gA },
      ]
      const [left, right] = await Promise.all(ends.map((end) => pool.do({ kind: 'makeKey', ...end })))
      assert.ok(left?.kind === 'makeKey' && left.key.length === 256)
      assert.deepEqual(left, right)
    }
  })

  it('leaves the main thread responsive under load', async () => {
    const pool = poolOf()
    const done = Promise.all(Array.from({ length: 64 }, () => pool.do(openTask())))
    let isDone = false
    done.then(() => {
      isDone = true
    })
    let turns = 0
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve))
      turns++
    }
    assert.ok(turns > 64, `${turns} turns of the event loop`)
    assert.ok((await done).every(isOpened))
  })

  it('drops waiting tasks when it closes, and reports what threads cannot compute', async () => {
    const pool = poolOf()
    for (let i = 0; i < 8; i++) await pool.do(openTask())
    assert.equal(await pool.do({ kind: 'makeKey', a: random(256), gB: new Uint8Array(256) }), undefined)
    assert.ok(isOpened(await pool.do(openTask())))
    const waiting = Array.from({ length: 50 }, () => pool.do(openTask()))
    await pool.close()
    const results = await Promise.all(waiting)
    assert.ok(results.includes(undefined))
  })

  it('does the work of a thread that died for a minute, then starts another one', async () => {
    let nowMs = 5_000
    const pool = poolOf({ privatePems: ['no key'], nowMs: () => nowMs })
    for (const _ of ['first', 'second']) {
      for (let i = 0; i < 8; i++) assert.ok(isOpened(await pool.do(openTask())))
      assert.equal(await pool.do(openTask()), undefined)
      for (let i = 0; i < 12; i++) assert.ok(isOpened(await pool.do(openTask())))
      nowMs += 61_000
    }
  })
})
