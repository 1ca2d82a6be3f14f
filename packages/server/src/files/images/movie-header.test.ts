import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceOf } from './byte-window.ts'
import { isSilentMovie, readMovieHeader } from './movie-header.ts'
import { box, film, filmOf, track } from './test-film.ts'

test('reads the sides of a film from its first track with a picture, in both versions', async () => {
  const sides = { width: 640, height: 480 }
  assert.deepEqual(await readMovieHeader(sourceOf(film(640, 480))), sides)
  const sound = track(0, 0)
  for (const version of [0, 1]) {
    const moov = box('moov', sound, track(640, 480, version))
    const before = film(1, 1).subarray(0, 16)
    const late = Buffer.concat([before, box('mdat', Buffer.alloc(70_000)), moov])
    assert.deepEqual(await readMovieHeader(sourceOf(late)), sides)
  }
})

test('finds nothing in what is no film, shows no picture, or lies about its lengths', async () => {
  const whole = film(640, 480)
  const start = whole.subarray(0, 16)
  const endless = Buffer.concat([start, ...Array.from({ length: 300 }, () => box('free'))])
  const huge = Buffer.from(whole)
  huge.writeUInt32BE(0xffff_ffff, 16)
  const none = [Buffer.alloc(0), Buffer.alloc(100), start, Buffer.concat([start, box('moov', track(0, 0))])]
  for (const bytes of [...none, endless, huge, Buffer.from('GIF89a')]) {
    assert.equal(await readMovieHeader(sourceOf(bytes)), undefined)
  }
  for (let length = 0; length < whole.length; length += 1) {
    assert.equal(await readMovieHeader(sourceOf(whole.subarray(0, length))), undefined, String(length))
  }
})

test('tells a film without sound from one with it, and from what is no film', async () => {
  const isSilent = (bytes: Uint8Array) => isSilentMovie(sourceOf(bytes))
  const silent = filmOf('vide', 'text')
  assert.equal(await isSilent(silent), true)
  const boxes = Array.from({ length: 300 }, () => box('free'))
  const crowded = Buffer.concat([silent, ...boxes])
  const others = [filmOf('vide', 'soun'), filmOf('soun'), filmOf('vi'), filmOf(), crowded, Buffer.alloc(0)]
  for (const bytes of [...others, Buffer.from('GIF89a'), film(1, 1)])
    assert.equal(await isSilent(bytes), false)
})
