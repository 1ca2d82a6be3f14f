import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { writeNew } from './download.ts'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-download-'))
after(() => rmSync(folder, { recursive: true }))

const broken = () =>
  new Readable({
    read: (): never => {
      throw new Error('the connection was lost')
    },
  })

test('an answer that breaks leaves no new file', async () => {
  const path = join(folder, 'new')
  await assert.rejects(writeNew(broken(), path), /was not written: Error: the connection was lost/)
  assert.equal(existsSync(path), false)
})

test('an answer that breaks leaves a file that was there before', async () => {
  const path = join(folder, 'old')
  writeFileSync(path, 'precious')
  await assert.rejects(writeNew(broken(), path), /there is a file .* already/)
  assert.equal(readFileSync(path, 'utf8'), 'precious')
})
