import assert from 'node:assert/strict'
import crypto, { type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { KEYS, sharing } from './server-keys.ts'

test('servers get a few keys in turn, the next process gets the same, and other keys are new', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-keys-'))
  try {
    let made = 0
    const makeNew = () => {
      made += 1
      return crypto.generateKeyPairSync('rsa', { modulusLength: 512 })
    }
    const text = ({ privateKey, publicKey }: Record<'privateKey' | 'publicKey', KeyObject>) => {
      assert.ok(crypto.createPublicKey(privateKey).equals(publicKey))
      return String(publicKey.export({ type: 'pkcs1', format: 'pem' }))
    }
    const draw = (make: ReturnType<typeof sharing>, count: number) =>
      Array.from({ length: count }, () => text(make('rsa', { modulusLength: 2048 })))
    const make = sharing(makeNew, folder)
    const twice = draw(make, 2 * KEYS)
    assert.equal(new Set(twice).size, KEYS)
    assert.deepEqual(twice.slice(KEYS), twice.slice(0, KEYS))
    writeFileSync(join(folder, '0.pem'), 'cut')
    const [first, ...rest] = draw(sharing(makeNew, folder), KEYS)
    assert.notEqual(first, twice[0])
    assert.deepEqual(rest, twice.slice(1, KEYS))
    assert.equal(made, KEYS + 1)
    for (const other of [make('rsa', { modulusLength: 4096 }), make('ec', {})]) text(other)
    assert.equal(made, KEYS + 3)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
