import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSettings } from '../ground/settings.ts'
import { TempKeys } from '../rules/accounts/temp-keys.ts'
import { createWorld, START_MS } from '../rules/test-world.ts'
import { createKeyPort } from './key-port.ts'

const NOW_S = START_MS / 1000

test('a permanent key is destroyed once, with the temporary keys bound to it', async () => {
  const { rules, caller } = await createWorld()
  const settings = createSettings('box', {})
  const tempKeys = new TempKeys({ ...rules, settings })
  const forgotten: bigint[] = []
  const port = createKeyPort(
    { ...rules, tempKeys },
    { isAlone: true, onKept: () => {}, onForgotten: (id) => forgotten.push(id) },
  )
  const permAuthKeyId = (await caller()).authKeyId
  const others = (await caller()).authKeyId
  for (const [tempAuthKeyId, speaksFor] of [
    [100n, permAuthKeyId],
    [101n, permAuthKeyId],
    [102n, others],
  ] as const) {
    const authKey = { id: tempAuthKeyId, key: new Uint8Array(256) }
    const expiresAtS = NOW_S + 3600
    tempKeys.keep({ authKey, expiresAtS, firstSalt: 0n, createdAtS: NOW_S }, { dcId: 2, isTest: false })
    const said = { msgId: 4n, nonce: 5n, tempAuthKeyId, permAuthKeyId: speaksFor, expiresAtS, nowS: NOW_S }
    await tempKeys.bind({ ...said, sessionId: 6n, inner: { ...said, seqNo: 0, tempSessionId: 6n } })
  }

  assert.equal(await port.destroy(permAuthKeyId), true)
  assert.equal(await port.find(permAuthKeyId), undefined)
  assert.deepEqual(forgotten, [100n, 101n])
  assert.equal(await port.find(100n), undefined)
  assert.equal(await port.destroy(permAuthKeyId), false)

  assert.equal(await port.destroy(102n), true, 'a temporary one by itself')
  assert.equal(await port.destroy(102n), false)
  assert.notEqual(await port.find(others), undefined)
})
