import assert from 'node:assert/strict'
import { test } from 'node:test'
import { int } from '../../database/columns.ts'
import { plansOnSqlite } from '../../database/contract/test-statements.ts'
import { sql } from '../../database/decision.ts'
import { sweepFiles } from './sweep.ts'
import { createScene, noting } from './test-files.ts'

const PAGES = 3
const MANY = 200 * PAGES + 50
const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})`
const digest = "CAST(printf('%032d', i) AS BLOB)"
const manyBlobs = sql`
  INSERT INTO blobs (digest, name, size, at_s) ${numbers} SELECT ${digest}, printf('%032d', i), 1, 1 FROM n`
const inMessages = sql`
  INSERT INTO bodies (holders, sealed_body, media_id) ${numbers} SELECT 1, x'00', i FROM n WHERE i % 100 <> 0`
const manyMedia = sql`
  INSERT INTO media (media_id, kind, owner_id, digest, size, sealed_media, at_s) ${numbers}
  SELECT i, 'document', 1, ${digest}, 1, x'00', 1 FROM n WHERE i % 100 <> 0`
const countBlobs = sql`SELECT count(*) AS blobs FROM blobs`

test('the sweep reads the blobs in pages, and no decision waits for those in use', async () => {
  const { rules, store } = (await createScene()).world
  await store.decide(function* () {
    yield* manyBlobs.send()
    yield* manyMedia.send()
    yield* inMessages.send()
  })
  const decided = new Set<string>()
  const looked = new Set<string>()
  let looksAtBlobs = 0
  let turns = 0
  let turn = setImmediate(function next() {
    turns++
    turn = setImmediate(next)
  })
  const noted: typeof store = {
    ...store,
    decide: (run) => store.decide(noting(run, decided)),
    look(run) {
      const texts = new Set<string>()
      return store.look(noting(run, texts)).finally(() => {
        for (const text of texts) looked.add(text)
        if ([...texts].some((text) => text.includes('FROM blobs WHERE digest >'))) looksAtBlobs++
      })
    },
  }
  const before = turns
  await sweepFiles({ ...rules, store: noted })
  clearImmediate(turn)
  const row = await store.look(() => countBlobs.row())
  assert.equal(int(row ?? {}, 'blobs'), MANY - Math.floor(MANY / 100))
  assert.equal(looksAtBlobs, PAGES + 1)
  assert.ok(turns - before > PAGES, 'others have their turns between the pages')
  const listing = (texts: ReadonlySet<string>) =>
    [...texts].filter((text) => /^\s*SELECT digest FROM blobs/.test(text))
  assert.deepEqual(listing(decided), [], 'only blobs that may go are locked')
  assert.equal(listing(looked).length, 2)
  for (const plan of plansOnSqlite(listing(looked)))
    assert.match(plan, /SEARCH blobs USING PRIMARY KEY \(digest>/)
})
