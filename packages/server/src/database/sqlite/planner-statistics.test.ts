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

/** Statements, by a piece of their texts, that would read whole boxes without an index, and that index. */
const BOUNDED: readonly (readonly [text: RegExp, index: string])[] = [
  [/min\(f\.saved_peer_id\)/, 'COVERING INDEX messages_saved (box_id=? AND saved_peer_id>?)'],
  [/max\(s\.id\) FROM messages s/, 'COVERING INDEX messages_saved (box_id=? AND saved_peer_id=?)'],
  [/is_out = 1 AND kind <> 'service' ORDER BY id DESC LIMIT/, 'INDEX messages_written (box_id=?)'],
  [/s\.peer_id = :userId AND s\.due_at_s/, 'INDEX scheduled_for_online (peer_id=? AND box_id>?)'],
  [/SELECT message_count FROM dialogs/, 'PRIMARY KEY (box_id=? AND peer_id=?)'],
  [/m\.id <= :firstId/, 'INDEX messages_of_chat (box_id=? AND peer_id=? AND id<?)'],
  [
    /DELETE FROM side_log WHERE box_id = :boxId AND seq IN/,
    'COVERING INDEX side_log_in_order (box_id=? AND seq<?)',
  ],
]

test('Saved Messages, what somebody has written, and queues for one person are read by an index', async () => {
  const db = newDatabase()
  tellPlanner(db)
  const statements = await loadStatements()
  for (const [pattern, index] of BOUNDED) {
    const found = statements.filter(({ text }) => pattern.test(text))
    assert.ok(found.length > 0, String(pattern))
    for (const { sqlite } of found) {
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${sqlite}`).all()
      const details = plan.map(({ detail }) => detail).join('\n')
      assert.ok(details.includes(index), `${index} is not in\n${details}`)
      assert.doesNotMatch(details, WHOLE)
    }
  }
})

test('what the planner knows already is not written again', () => {
  const db = newDatabase()
  tellPlanner(db)
  db.exec('PRAGMA query_only = ON')
  tellPlanner(db)
})
