/** Migration 10: numbers and indexes that keep work from growing with chats and boxes. */
export const SCHEMA_10 = `
-- message_count: the messages that the box has of the chat.
ALTER TABLE dialogs ADD COLUMN message_count INTEGER NOT NULL DEFAULT 0;
UPDATE dialogs SET message_count = (
  SELECT count(*) FROM messages m WHERE m.box_id = dialogs.box_id AND m.peer_id = dialogs.peer_id);

-- seal_id: a number that differs with each sealing; 0: of before there were any.
ALTER TABLE bodies ADD COLUMN seal_id INTEGER NOT NULL DEFAULT 0;

-- What an account has written itself, for the chats that it writes to most.
CREATE INDEX messages_written ON messages (box_id, id, peer_id, date_s) WHERE is_out = 1 AND kind <> 'service';

-- Histories that boxes lose, a part at a time, whatever happens to the server meanwhile. up_to_id: newer messages stay.
CREATE TABLE forgotten_chats (
  box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
  peer_id INTEGER NOT NULL,
  up_to_id INTEGER NOT NULL,
  PRIMARY KEY (box_id, peer_id)
) STRICT, WITHOUT ROWID;

-- set_at_s: when the password was set; 0: before this was kept.
ALTER TABLE passwords ADD COLUMN set_at_s INTEGER NOT NULL DEFAULT 0;

-- Polls of an account that goes.
CREATE INDEX polls_of_creator ON polls (creator_id);

-- Queues that wait until the other one is online.
CREATE INDEX scheduled_for_online ON scheduled (peer_id, box_id) WHERE due_at_s = 2147483646;

-- Parts that an account has sent of a file. name: in the store of files. part_bytes: the longest part. total_parts: −1 until
-- it is known. digest: of the blob that they were put together to; then nothing is in flight any more.
CREATE TABLE uploads (
  owner_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  file_id INTEGER NOT NULL,
  name TEXT NOT NULL UNIQUE,
  total_parts INTEGER NOT NULL DEFAULT -1,
  part_bytes INTEGER NOT NULL DEFAULT 0,
  part_count INTEGER NOT NULL DEFAULT 0,
  byte_count INTEGER NOT NULL DEFAULT 0,
  used_at_s INTEGER NOT NULL,
  digest BLOB,
  PRIMARY KEY (owner_id, file_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_in_flight ON uploads (owner_id, part_count, byte_count) WHERE digest IS NULL;
CREATE INDEX uploads_by_age ON uploads (used_at_s);
CREATE INDEX uploads_of_blob ON uploads (digest) WHERE digest IS NOT NULL;
CREATE TABLE upload_parts (
  name TEXT NOT NULL REFERENCES uploads (name) ON DELETE CASCADE,
  part INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (name, part)
) STRICT, WITHOUT ROWID;

-- Bytes in the store of files. digest: an HMAC of their SHA-256. name: in the store.
CREATE TABLE blobs (
  digest BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  at_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Photos and documents; they never change. kind: photo or document. Of a preview, thumb_digest has the bytes. unused_at_s: when
-- the sweep first saw that no message has it; NULL: one has it, or the sweep has not looked.
CREATE TABLE media (
  media_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  owner_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  thumb_digest BLOB,
  size INTEGER NOT NULL,
  sealed_media BLOB NOT NULL,
  at_s INTEGER NOT NULL,
  unused_at_s INTEGER
) STRICT;
CREATE INDEX media_of_blob ON media (digest);
CREATE INDEX media_of_thumb ON media (thumb_digest) WHERE thumb_digest IS NOT NULL;

-- Bytes of all files that an account has sent and that are kept; owner_id 0: bytes of all blobs.
CREATE TABLE file_totals (
  owner_id INTEGER PRIMARY KEY,
  bytes INTEGER NOT NULL
) STRICT;

-- media_id: of the photo or document; 0: none.
ALTER TABLE bodies ADD COLUMN media_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE scheduled ADD COLUMN media_id INTEGER NOT NULL DEFAULT 0;
CREATE INDEX bodies_with_media ON bodies (media_id) WHERE media_id <> 0;
CREATE INDEX scheduled_with_media ON scheduled (media_id) WHERE media_id <> 0;
`
