import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from '../database/decision.ts'
import { keepKey } from '../rules/accounts/decide-keys.ts'
import { seededRandom } from '../rules/test-world.ts'
import { createLogger } from './logger.ts'
import { openStoreFor } from './open-store.ts'
import { resolveOptions } from './options.ts'

const VARIABLE = 'CABLEGRAM_CHECK_DECISIONS'
const RUNNER = fileURLToPath(new URL('../../../../scripts/test.ts', import.meta.url))
const before = process.env[VARIABLE]
afterEach(() => {
  if (before === undefined) delete process.env[VARIABLE]
  else process.env[VARIABLE] = before
})

const moveKey = sql`UPDATE auth_keys SET dc_id = 9 WHERE auth_key_id = :authKeyId`
const KEY = { authKeyId: 1n, key: new Uint8Array(256), dcId: 2, firstSalt: 0n, createdAtS: 1, isTest: false }

/** Opens a server's store and changes a key there without telling anybody. */
async function changeSilently(): Promise<number> {
  const parts = { random: seededRandom('open store'), logger: createLogger('silent'), onNudges: () => {} }
  const store = await openStoreFor(resolveOptions({ store: 'memory' }), parts)
  try {
    await store.decide(() => keepKey(store.secret, KEY))
    return await store.decide(() => moveKey.run({ authKeyId: 1n }))
  } finally {
    await store.close()
  }
}

test('servers of tests refuse a change of a key that other nodes are not told of', async () => {
  process.env[VARIABLE] = '1'
  await assert.rejects(changeSilently(), { code: 'STORE_FAILED' })
  delete process.env[VARIABLE]
  assert.equal(await changeSilently(), 1, 'other servers do not look')
})

test('the runner of the tests turns the check on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-open-store-'))
  try {
    const file = join(folder, 'one.test.mjs')
    const body = `if (process.env['${VARIABLE}'] !== '1') throw new Error('the check is off')`
    writeFileSync(file, `import { test } from 'node:test'\ntest('the check is on', () => { ${body} })`)
    // A runner inside a test would take itself for a part of the outer one.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, [VARIABLE]: undefined }
    const { status, stdout } = spawnSync(process.execPath, [RUNNER, file], { encoding: 'utf8', env })
    assert.equal(status, 0, stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
