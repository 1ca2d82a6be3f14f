import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '../database/errors.ts'
import { createSecret } from '../database/secret.ts'
import { seededRandom } from '../rules/test-world.ts'
import { openFolderFiles } from './folder.ts'
import { tellTrouble } from './tell-trouble.ts'
import { testBytes } from './test-bytes.ts'
import { TestDisk } from './test-disk.ts'

test('a full disk is told once, again after ten minutes, and no longer once there is room', async () => {
  const disk = new TestDisk()
  const random = seededRandom('trouble')
  const secret = createSecret(new Uint8Array(32), random)
  const folder = await openFolderFiles({ folder: '/files', secret, random, nowMs: () => 0, disk })
  const told: string[] = []
  let nowMs = 0
  const tell = ({ code }: StoreError): void => void told.push(code)
  const files = tellTrouble(folder, { nowMs: () => nowMs, tell })
  const keep = () => files.put([testBytes(9)])
  const keepPart = () => files.parts.put(files.parts.newName(), 0, testBytes(9))
  disk.fullAfter(0)
  for (const each of [keep, keepPart, keep]) await assert.rejects(each, { code: 'STORE_FULL' })
  assert.deepEqual(told, ['STORE_FULL'])
  nowMs = 600_000
  for (const each of [keepPart, keepPart]) await assert.rejects(each, { code: 'STORE_FULL' })
  assert.equal(told.length, 2)
  nowMs = 1_200_000
  disk.makeRoom()
  await keep()
  await keepPart()
  const broken = async function* () {
    yield testBytes(1)
    throw new StoreError('STORE_FAILED', 'a piece is missing')
  }
  await assert.rejects(files.put(broken()), { code: 'STORE_FAILED' })
  assert.equal(told.length, 2, 'other failures are told by the call that met them')
})
