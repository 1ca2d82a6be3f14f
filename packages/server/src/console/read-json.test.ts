import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FileBodies, withJson } from './read-json.ts'

const KIB = 1024

/** A body of pieces of zeros, and how many of them were asked for. */
function bodyOf(pieces: number, bytes: number) {
  let asked = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(stream) {
        if (asked === pieces) return stream.close()
        asked += 1
        stream.enqueue(new Uint8Array(bytes))
      },
    },
    { highWaterMark: 0 },
  )
  return { body, asked: () => asked }
}

const tooLarge = { status: 413, code: 'BODY_TOO_LARGE' }
const run = async (): Promise<never> => assert.fail('the body was taken')

test('a body that is too large is refused once its client has written all of it', async () => {
  for (const fileBodies of [undefined, new FileBodies()]) {
    const { body, asked } = bodyOf(30, KIB * KIB)
    await assert.rejects(withJson(body, run, fileBodies), tooLarge)
    assert.equal(asked(), 30)
  }
})

test('a body that has no end is refused nevertheless', async () => {
  const { body, asked } = bodyOf(Number.POSITIVE_INFINITY, KIB * KIB)
  await assert.rejects(withJson(body, run), tooLarge)
  assert.equal(asked(), 33)
})

test('a body that is refused gives its room back while it is read to its end', async () => {
  const fileBodies = new FileBodies()
  const refused = Array.from({ length: 4 }, () => bodyOf(30, KIB * KIB).body)
  const outcomes = refused.map((body) => assert.rejects(withJson(body, run, fileBodies), tooLarge))
  const { body } = bodyOf(30, KIB * KIB)
  await assert.rejects(withJson(body, run, fileBodies), tooLarge)
  await Promise.all(outcomes)
  await fileBodies.enter()
})
