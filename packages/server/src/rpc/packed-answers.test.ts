import assert from 'node:assert/strict'
import { it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { TlReader } from '@cablegram/tl'
import { PackedAnswers } from './packed-answers.ts'

it('encodes and packs an answer once for each layer', () => {
  const answers = new PackedAnswers()
  const written: number[] = []
  const ask = (answer: object, layer: number) =>
    answers.get(answer, layer, () => {
      written.push(layer)
      return new Uint8Array(4000).fill(layer)
    })
  const [one, other] = [{}, {}]
  const first = ask(one, 228)
  for (let count = 0; count < 1000; count++) assert.equal(ask(one, 228), first)
  ask(one, 131)
  ask(other, 228)
  assert.deepEqual(written, [228, 131, 228])
  const reader = new TlReader(first)
  assert.equal(reader.uint(), 0x3072cfa1)
  assert.deepEqual(gunzipSync(reader.bytes()), Buffer.alloc(4000, 228))
})

it('keeps a short answer unpacked in its own memory', () => {
  const scratch = new Uint8Array(8)
  const answer = new PackedAnswers().get({}, 228, () => scratch)
  scratch.fill(1)
  assert.deepEqual([...answer], [0, 0, 0, 0, 0, 0, 0, 0])
})
