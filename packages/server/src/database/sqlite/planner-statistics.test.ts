import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { loadStatements } from '../contract/test-statements.ts'
import { BASELINE, MIGRATIONS_AFTER_BASELINE } from '../schema.ts'
import { tellPlanner } from './planner-statistics.ts'

function newDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  for (const text of [BASELINE, ...MIGRATIONS_AFTER_BASELINE]) db.exec(text)
  db.exec('INSERT INTO schema_version (version) VALUES (1)')
  return db
}

const ANY_CHAT = '(CAST(:peerId AS BIGINT) = 0 OR m.peer_id = :peerId)'
/** All messages of a box, or of everybody. */
const WHOLE = /^SEARCH (?:m|messages) USING PRIMARY KEY \(box_id=\?\)$|^SCAN (?:m|messages) USING/m

test('messages of one chat, of one body or of one poll are read by their index, not all of a box', async () => {
  const db = newDatabase()
  tellPlanner(db)
  const narrow = (await loadStatements()).filter(({ text }) =>
    /\bmessages\b[\s\S]*(?:peer_id = :peerId|body_id = :bodyId|poll_id = :pollId)/.test(
      text.replaceAll(ANY_CHAT, ''),
    ),
  )
  assert.ok(narrow.length > 30)
  for (const { text, sqlite } of narrow) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sqlite}`).all()
    assert.doesNotMatch(plan.map(({ detail }) => detail).join('\n'), WHOLE, text)
  }
})

test('what the planner knows already is not written again', () => {
  const db = newDatabase()
  tellPlanner(db)
  db.exec('PRAGMA query_only = ON')
  tellPlanner(db)
})
