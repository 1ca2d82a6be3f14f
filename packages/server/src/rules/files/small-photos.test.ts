import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision, Row } from '../../database/decision.ts'
import { withoutLongs } from '../messages/body-json.ts'
import type { Photo } from '../messages/words.ts'
import { keepMedia } from './decide-media.ts'
import { findSmallPhotos } from './small-photos.ts'
import { createScene, noting } from './test-files.ts'

const BLOB = { digest: new Uint8Array(32), name: '0'.repeat(32), size: 1 }
const FILM = { width: 1, height: 1, bytes: 1, at: 0 }
const still: Photo = { kind: 'photo', photoId: 1n, madeAtS: 1, dcId: 2, sizes: [], stripped: 'AQID' }

test('photos in small are read with one statement, and not again', async () => {
  const { world, id: ownerId } = await createScene()
  const { store, settings } = world.rules
  const { secret } = store
  await store.decide(function* () {
    for (const media of [still, { ...still, photoId: 2n, film: FILM }])
      yield* keepMedia({ secret, settings }, { media, ownerId, blob: BLOB, thumb: undefined })
  })
  const statements = new Set<string>()
  const find = (photoIds: readonly bigint[]) =>
    store.look(noting(() => findSmallPhotos(secret, photoIds), statements))
  const first = await find([1n, 2n, 1n, 99n])
  assert.deepEqual([...first].sort(), [
    [1n, { stripped: 'AQID' }],
    [2n, { stripped: 'AQID', isMoving: true }],
  ])
  assert.equal(statements.size, 1)
  statements.clear()
  assert.deepEqual(await find([1n, 2n]), first)
  assert.equal(statements.size, 0)
})

test('of the photos that were found, the newest 4,096 are kept', async () => {
  const { secret } = (await createScene()).world.rules.store
  const rowOf = (id: bigint): Row => {
    const plain = Buffer.from(withoutLongs({ ...still, photoId: id }))
    return { media_id: id, sealed_media: secret.seal(plain, `media ${id}`) }
  }
  const ids = Array.from({ length: 4097 }, (_, n) => BigInt(n + 1))
  /** Answers a decision that asks once. @returns whether it has asked */
  const asks = (photoIds: readonly bigint[]): boolean => {
    const decision: Decision<unknown> = findSmallPhotos(secret, photoIds)
    return decision.next().done !== true && decision.next(photoIds.map(rowOf)).done === true
  }
  assert.ok(asks(ids.slice(0, 2)) && !asks(ids.slice(0, 2)))
  assert.ok(asks(ids))
  assert.ok(!asks(ids.slice(1)))
  assert.ok(asks(ids.slice(0, 1)), 'the oldest one has made room')
})
