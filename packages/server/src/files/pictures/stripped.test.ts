import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { stripJpeg } from './stripped.ts'

/** A JPEG of 40 by 30 pixels, as libvips writes it with the options of files.md section 3. */
const SMALL = Buffer.from(
  '/9j/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6/+b9//j/2wBD' +
    'ASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAeACgD' +
    'ASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEG' +
    'E1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4' +
    'eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6' +
    '/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEI' +
    'FEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaH' +
    'iImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIR' +
    'AxEAPwCgEHenBfQVMFHYU4IfSu2cjOEyHY1OEfqamEfqaUIPSuOcjrhMhCD0oqyEPYUVyOep0qYBD6U4R+pqYJnvTggrvnI8GEyE' +
    'IKcEPYVKAB0FOC5rinI64TIghoqfYO9FcrlqdKnof//Z',
  'base64',
)

test('a stripped size has the sides and the scan, and nothing that clients add', () => {
  const stripped = stripJpeg(SMALL)
  assert.ok(stripped)
  assert.deepEqual([...stripped.subarray(0, 3)], [1, 30, 40])
  const scan = SMALL.indexOf(Buffer.from('ffda', 'hex')) + 2 + 12
  assert.deepEqual(Buffer.from(stripped.subarray(3)), SMALL.subarray(scan, -2))
  // Clients add 623 bytes: these, with the JFIF segment.
  assert.equal(scan + 18, 623)
  assert.equal(SMALL.readUInt16BE(163 - 18), 30)
  assert.equal(
    createHash('sha256').update(stripped).digest('hex'),
    '8f536eebfe8d0a17c32e7a5980aa1a78a6f710e1d7692a1ea6dde76177bdd555',
  )
})

test('nothing is stripped of a JPEG with other tables, of a larger one, or of none', () => {
  const other = Buffer.from(SMALL)
  other[10] = 99
  const large = Buffer.from(SMALL)
  large.writeUInt16BE(41, 163 - 18)
  const cut = SMALL.subarray(0, 300)
  const endless = Buffer.from('ffd8ffe0ffff', 'hex')
  for (const jpeg of [other, large, cut, endless, new Uint8Array(), Buffer.from('GIF89a')]) {
    assert.equal(stripJpeg(jpeg), undefined)
  }
})
