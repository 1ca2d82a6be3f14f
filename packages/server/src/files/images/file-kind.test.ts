import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FileKind, kindOf, MIME_TYPES } from './file-kind.ts'

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

const BEGINNINGS: Readonly<Record<FileKind, readonly string[]>> = {
  jpeg: ['\xff\xd8\xff\xe0', '\xff\xd8\xff\xdb'],
  png: ['\x89PNG\r\n\x1a\n'],
  gif: ['GIF87a', 'GIF89a'],
  webp: ['RIFF\x10\0\0\0WEBPVP8 '],
  pdf: ['%PDF-1.7'],
  mp3: ['ID3\x04', '\xff\xfb\x90', '\xff\xf3\x40', '\xff\xe2\x40'],
  mp4: ['\0\0\0\x18ftypisom', '\0\0\0\x18ftypmp42', '\0\0\0\x18ftypM4A ', '\0\0\0\x18ftyp3gp5'],
  mov: ['\0\0\0\x14ftypqt  '],
  unknown: [
    '',
    'GIF88a',
    '\xff\xd8',
    'RIFF\x10\0\0\0WAVEfmt ',
    '\0\0\0\x18ftypavif',
    '\0\0\0\x18ftypheic',
    '\x1f\x8b\x08',
    'PK\x03\x04',
    // AAC in ADTS, a reserved version, a free and a forbidden bit rate, a reserved sampling rate.
    '\xff\xf1\x50',
    '\xff\xeb\x90',
    '\xff\xfb\x00',
    '\xff\xfb\xf0',
    '\xff\xfb\x9c',
  ],
}

for (const [kind, beginnings] of Object.entries(BEGINNINGS))
  test(`first bytes of ${kind}`, () => {
    for (const beginning of beginnings)
      assert.equal(kindOf(latin1(beginning)), kind, JSON.stringify(beginning))
  })

test('each kind has its MIME type', () => {
  assert.deepEqual(Object.keys(MIME_TYPES).sort(), Object.keys(BEGINNINGS).sort())
  assert.equal(MIME_TYPES[kindOf(latin1('GIF89a'))], 'image/gif')
})
