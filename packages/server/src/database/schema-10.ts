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
`
