import assert from 'node:assert/strict'
import { createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createSecret, makeSecretFile, readSecretFile, SEAL_BYTES, type SecretFiles } from './secret.ts'

const folder = fs.mkdtempSync(join(tmpdir(), 'cablegram-secret-'))
after(() => fs.rmSync(folder, { recursive: true }))

let folders = 0
function newFile(): string {
  folders += 1
  const path = join(folder, String(folders))
  fs.mkdirSync(path)
  return join(path, 'secret.key')
}

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`${code}: as this file system does`), { code })
  }
}

/** Makes fsync fail for folders, the only files opened for reading. */
function withFolderSync(code: string): Partial<SecretFiles> {
  const folders = new Set<number>()
  return {
    openSync(path, flags, mode) {
      const file = fs.openSync(path, flags, mode)
      if (flags === 'r') folders.add(file)
      return file
    },
    fsyncSync: (file) => (folders.has(file) ? failing(code)() : fs.fsyncSync(file)),
  }
}

for (const [what, part] of [
  ['links are refused (EPERM)', { linkSync: failing('EPERM') }],
  ['links are refused (EACCES)', { linkSync: failing('EACCES') }],
  ['links are refused (ENOTSUP)', { linkSync: failing('ENOTSUP') }],
  ['links are not supported (ENOSYS)', { linkSync: failing('ENOSYS') }],
  ['folders cannot be made durable (EINVAL)', withFolderSync('EINVAL')],
] as const) {
  test(`a secret file is made although ${what}, without scraps`, () => {
    const file = newFile()
    const bytes = makeSecretFile(file, (length) => randomBytes(length), { ...fs, ...part })
    assert.deepEqual(Buffer.from(readSecretFile(file) ?? []), Buffer.from(bytes))
    assert.deepEqual(fs.readdirSync(join(file, '..')), ['secret.key'])
    assert.equal(fs.statSync(file).mode & 0o077, 0)
  })
}

for (const [what, part] of [
  ['the disk is full', { writeSync: failing('ENOSPC') }],
  ['the disk accepts only a part', { writeSync: () => 5 }],
  ['the disk fails', { fsyncSync: failing('EIO') }],
  ['the file appeared meanwhile', { linkSync: failing('EEXIST') }],
] as const) {
  test(`a secret file that cannot be made names the cause and leaves no scraps: ${what}`, () => {
    const file = newFile()
    const random = (length: number) => randomBytes(length)
    assert.throws(() => makeSecretFile(file, random, { ...fs, ...part }), {
      code: 'SECRET_UNWRITABLE',
      message: /cannot be made \(.*(?:ENOSPC|a part|EIO|EEXIST)/,
    })
    assert.deepEqual(fs.readdirSync(join(file, '..')), [])
  })
}

const secret = createSecret(randomBytes(32), (length) => randomBytes(length))

// Ciphers take pieces of 16,384 bytes.
for (const length of [0, 1, 16_383, 16_384, 16_385, 131_072, 524_288]) {
  test(`${length} bytes that were sealed open, in memory of their own`, () => {
    const plain = randomBytes(length)
    const sealed = secret.seal(plain, 'here')
    assert.equal(sealed.length, length + SEAL_BYTES)
    const opened = secret.open(sealed, 'here')
    assert.deepEqual(Buffer.from(opened ?? []), plain)
    assert.equal(opened?.buffer.byteLength, length)
  })
}

test('sealed bytes are AES-256-GCM in one piece: iv, ciphertext, tag', () => {
  const plain = randomBytes(40_000)
  const sealed = secret.seal(plain, 'here')
  const decipher = createDecipheriv('aes-256-gcm', secret.derive('sealing'), sealed.subarray(0, 12))
    .setAAD(Buffer.from('here'))
    .setAuthTag(sealed.subarray(-16))
  const opened = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
  assert.deepEqual(opened, plain)
})

test('sealed bytes do not open once a byte is another, the end is missing, or the context is another', () => {
  const sealed = secret.seal(randomBytes(20_000), 'here')
  const opens = (bytes: Uint8Array, context: string): boolean => secret.open(bytes, context) !== undefined
  assert.ok(opens(sealed, 'here'))
  assert.ok(!opens(sealed, 'there'))
  for (const end of [0, 12, 27, 28, 16_412, sealed.length - 1])
    assert.ok(!opens(sealed.subarray(0, end), 'here'))
  for (const at of [0, 11, 12, 17_000, sealed.length - 1]) {
    const changed = Uint8Array.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.ok(!opens(changed, 'here'))
  }
})

test('MACs are made with the key of their purpose: hashes that clients keep stay the same', () => {
  const secret = createSecret(randomBytes(32), randomBytes)
  const made = secret.startMac('one').update('text').digest('hex')
  assert.equal(made, createHmac('sha256', secret.derive('one')).update('text').digest('hex'))
  assert.notEqual(secret.startMac('other').update('text').digest('hex'), made)
})
