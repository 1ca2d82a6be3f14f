/** Migration 9: what people see of each other's reading, notes, ranks and reports, besides the tables of migration 8. */
export const SCHEMA_9 = `
-- When a box was read up to a message, for as long as anybody may ask.
CREATE TABLE reads (
  box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
  peer_id INTEGER NOT NULL,
  max_id INTEGER NOT NULL,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (box_id, peer_id, max_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reads_by_age ON reads (at_s);

-- A note about a contact that only its author sees, with its formatting.
ALTER TABLE contacts ADD COLUMN sealed_note BLOB;

-- Chats whose past counts no more towards the people and chats that are used most.
CREATE TABLE top_peer_resets (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  category TEXT NOT NULL,
  peer_id INTEGER NOT NULL,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (user_id, category, peer_id)
) STRICT, WITHOUT ROWID;

-- The word that a member of a group has beside the name.
ALTER TABLE chat_members ADD COLUMN rank TEXT NOT NULL DEFAULT '';

-- last_scheduled_id: the last id given in the queue of messages that wait for their time.
ALTER TABLE dialogs ADD COLUMN last_scheduled_id INTEGER NOT NULL DEFAULT 0;

-- has_unread_votes: of a poll whose author has not seen the newest votes.
ALTER TABLE messages ADD COLUMN has_unread_votes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_voted ON messages (box_id, peer_id, id) WHERE has_unread_votes = 1;
CREATE INDEX reactions_of_user ON reactions (user_id, body_id);

-- What was in Saved Messages before it had chats inside is the owner's own.
UPDATE messages SET saved_peer_id = box_id WHERE peer_id = box_id AND saved_peer_id = 0;

-- Chats inside Saved Messages that are pinned; the highest place comes first.
CREATE TABLE saved_pins (
  box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
  peer_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (box_id, peer_id)
) STRICT, WITHOUT ROWID;
`
