import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { plansOnSqlite } from '../../database/contract/test-statements.ts'
import { sql } from '../../database/decision.ts'
import { testBytes } from '../../files/test-bytes.ts'
import { signedIn } from '../test-world.ts'
import { digestOf } from './assemble.ts'
import { findSeenDocuments } from './decide-media.ts'
import { documentByHash } from './find-by-hash.ts'
import { createScene, documentOf, KIB, noting, send } from './test-files.ts'

const COUNT = 500
/** Documents of others, with smaller ids than any that is made here, and photos. */
const insertOthers = sql`
  INSERT INTO media (media_id, kind, owner_id, digest, size, sealed_media, at_s)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${COUNT})
  SELECT -9223372036854775807 + i, CASE WHEN i < 300 THEN 'photo' ELSE 'document' END, 1, :digest, 1, x'00', 1 FROM n`

test('somebody finds their own document, however many others have sent the same bytes', async () => {
  const scene = await createScene()
  const { rules, store } = scene.world
  const bytes = testBytes(9)
  const sha256 = Uint8Array.from(createHash('sha256').update(bytes).digest())
  const digest = digestOf(rules, sha256)
  await store.decide(() => insertOthers.send({ digest }))
  const { fileId, parts } = await send(scene, bytes, KIB)
  const { documentId } = await documentOf(scene, fileId, parts)
  const facts = { sha256, size: 9n, mime: 'text/plain' }
  assert.equal((await documentByHash(rules, scene.caller, facts))?.documentId, documentId)
  const stranger = await signedIn(scene.world, '9996621235')
  assert.equal(await documentByHash(rules, stranger.caller, facts), undefined)
})

test('a search by bytes begins with own documents, and looks at a hundred of others', async () => {
  const { world, id } = await createScene()
  const { store } = world
  const texts = new Set<string>()
  await store.look(noting(() => findSeenDocuments(store.secret, new Uint8Array(32), id), texts))
  const [own = '', seen = ''] = plansOnSqlite([...texts])
  assert.equal(own, 'SEARCH media USING INDEX media_of_owner (owner_id=? AND digest=? AND kind=?)')
  assert.match(seen, /SEARCH media USING INDEX media_of_blob \(digest=\? AND kind=\?\)/)
  assert.doesNotMatch(seen, /TEMP B-TREE|SCAN (?!m$|b$)/m)
  assert.match([...texts][1] ?? '', /ORDER BY media_id LIMIT 100\) AS m\s+WHERE EXISTS/)
})
