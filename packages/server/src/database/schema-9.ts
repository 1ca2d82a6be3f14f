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

-- is_protected: what this box writes in a private chat may not be forwarded or saved by the other.
ALTER TABLE dialogs ADD COLUMN is_protected INTEGER NOT NULL DEFAULT 0;
`
