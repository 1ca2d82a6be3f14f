import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makeSecretFile, readSecretFile, type SecretFiles } from './secret.ts'

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
