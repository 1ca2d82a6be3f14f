import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, inflateSync } from 'node:zlib'
import { sourceOf } from '../images/byte-window.ts'
import { readImageHeader } from '../images/image-header.ts'
import { drawBackground } from './draw-background.ts'

test('draws a square PNG of one colour, or of colours that run into each other', async () => {
  const picture = Buffer.from(drawBackground(161, [0xff0000, 0x0000ff]))
  assert.deepEqual(await readImageHeader(sourceOf(picture)), { kind: 'png', width: 161, height: 161 })
  const length = picture.readUInt32BE(33)
  const body = picture.subarray(41, 41 + length)
  assert.equal(picture.readUInt32BE(41 + length), crc32(picture.subarray(37, 41 + length)))
  const rows = inflateSync(body)
  const rowBytes = 1 + 3 * 161
  assert.equal(rows.length, 161 * rowBytes)
  const colour = (row: number) => rows.subarray(row * rowBytes + 1, row * rowBytes + 4).toString('hex')
  assert.deepEqual([colour(0), colour(80), colour(160)], ['ff0000', '800080', '0000ff'])
  const plain = Buffer.from(drawBackground(160, [0x010203]))
  const plainRows = inflateSync(plain.subarray(41, 41 + plain.readUInt32BE(33)))
  assert.equal(plainRows.subarray(1 + 3 * 159, 1 + 3 * 160).toString('hex'), '010203')
})
