import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FoundFiles } from './found-files.ts'
import type { PlainPlace } from './words.ts'

const place = (mediaId: bigint, letter = ''): PlainPlace => ({ of: 'document', mediaId, letter })
const at = (name: string) => ({ name, start: 0, size: 1, madeAtS: 1, dcId: 2 })

test('a file is found for ten seconds, under its kind, id and letter, and not after the clock was set back', () => {
  const found = new FoundFiles()
  found.keep(place(1n), at('one'), 5000)
  assert.equal(found.find(place(1n), 14_999)?.name, 'one')
  assert.equal(found.find(place(1n, 'm'), 5000), undefined)
  assert.equal(found.find({ ...place(1n), of: 'photo' }, 5000), undefined)
  assert.equal(found.find(place(1n), 15_000), undefined)
  assert.equal(found.find(place(1n), 5000), undefined, 'it is forgotten')
  found.keep(place(1n), at('one'), 5000)
  assert.equal(found.find(place(1n), 4999), undefined)
})

test('of many files those that were found last are remembered', () => {
  const found = new FoundFiles()
  for (let n = 0n; n <= 512n; n++) found.keep(place(n), at(`${n}`), 0)
  assert.equal(found.find(place(0n), 0), undefined)
  assert.equal(found.find(place(1n), 0)?.name, '1')
  assert.equal(found.find(place(512n), 0)?.name, '512')
  found.forget(place(1n))
  assert.equal(found.find(place(1n), 0), undefined)
})
