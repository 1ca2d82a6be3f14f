import type { DatabaseSync } from 'node:sqlite'
import type { Secret } from '../secret.ts'

/** Tables of schema 7 for messages; those of schema 6 have the names `old_…` until their rows are copied. */
const BOXES = `
  -- A box belongs to whoever has messages with ids of their own, and a count of events, pts, from 1: an account, whose
  -- id it has, and in time a channel: −10^12 − its id.
  CREATE TABLE boxes (
    box_id INTEGER PRIMARY KEY,
    pts INTEGER NOT NULL DEFAULT 1,
    last_id INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  INSERT INTO boxes (box_id, pts, last_id) SELECT id, pts, last_message_id FROM users;

  -- A text, once for all boxes that have the message; holders counts those. Sealed: a login code may be in it.
  CREATE TABLE bodies (
    body_id INTEGER PRIMARY KEY AUTOINCREMENT,
    holders INTEGER NOT NULL,
    sealed_body BLOB NOT NULL
  ) STRICT;

  DROP INDEX messages_of_chat;
  DROP INDEX messages_sent_once;
  ALTER TABLE messages RENAME TO old_messages;
  CREATE TABLE messages (
    box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
    id INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    from_id INTEGER NOT NULL,
    is_out INTEGER NOT NULL,
    date_s INTEGER NOT NULL,
    random_id INTEGER NOT NULL,
    pts INTEGER NOT NULL,
    body_id INTEGER NOT NULL,
    PRIMARY KEY (box_id, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX messages_of_chat ON messages (box_id, peer_id, id);
  -- Not unique: a sender who deletes a message may send another one under its random id, and the others keep the first.
  CREATE INDEX messages_sent ON messages (box_id, from_id, random_id);

  ALTER TABLE read_inboxes RENAME TO old_read_inboxes;
  CREATE TABLE read_inboxes (
    box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
    peer_id INTEGER NOT NULL,
    max_id INTEGER NOT NULL,
    PRIMARY KEY (box_id, peer_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO read_inboxes (box_id, peer_id, max_id) SELECT user_id, peer_id, max_id FROM old_read_inboxes;

  -- Events of boxes, for those who were away, without any text of a message. message_id: the new message, or the last
  -- one that was read; detail: JSON; caused_by: the key whose call it was.
  CREATE TABLE box_log (
    box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
    pts INTEGER NOT NULL,
    pts_count INTEGER NOT NULL,
    kind TEXT NOT NULL,
    message_id INTEGER,
    peer_id INTEGER,
    detail TEXT,
    caused_by INTEGER,
    PRIMARY KEY (box_id, pts)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO box_log (box_id, pts, pts_count, kind, message_id, peer_id, detail)
    SELECT user_id, pts, pts_count, event ->> 'kind', coalesce(event ->> 'id', event ->> 'maxId'),
      CAST(event ->> 'peerId' AS INTEGER), coalesce(event -> 'ids', event -> 'unreadCount') FROM update_log;
`

const DROP_OLD = `
  DROP TABLE old_messages;
  DROP TABLE old_read_inboxes;
  DROP TABLE update_log;
  ALTER TABLE users DROP COLUMN pts;
  ALTER TABLE users DROP COLUMN last_message_id;
`

/** A part of migration 7: counters of an account move to its box, texts to bodies, and the log gets columns. */
export function moveToBoxes(db: DatabaseSync, secret: Secret): void {
  db.exec(BOXES)
  copyMessages(db, secret)
  db.exec(DROP_OLD)
}

/** Each text is sealed anew, as that of a sender's random id: several boxes can have it. */
function copyMessages(db: DatabaseSync, secret: Secret): void {
  const insertBody = db.prepare('INSERT INTO bodies (holders, sealed_body) VALUES (1, ?)')
  const insert = db.prepare(
    `INSERT INTO messages (box_id, id, peer_id, from_id, is_out, date_s, random_id, pts, body_id)
     SELECT user_id, id, peer_id, from_id, is_out, date_s, random_id, pts, last_insert_rowid()
     FROM old_messages WHERE user_id = ? AND id = ?`,
  )
  const find = db.prepare(
    'SELECT user_id, id, from_id, random_id, sealed_content FROM old_messages ORDER BY user_id, id',
  )
  find.setReadBigInts(true)
  for (const row of find.iterate()) {
    const { user_id: userId, id, from_id: fromId, random_id: randomId, sealed_content: sealed } = row
    if (typeof userId !== 'bigint' || typeof id !== 'bigint' || !(sealed instanceof Uint8Array)) continue
    const plain = secret.open(sealed, `message ${id} of ${userId}`)
    // A damaged text stays what it is, and whoever reads it is told.
    insertBody.run(plain === undefined ? sealed : secret.seal(plain, `message ${randomId} of ${fromId}`))
    insert.run(userId, id)
  }
}
