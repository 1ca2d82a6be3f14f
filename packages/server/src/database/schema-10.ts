/** Migration 10: numbers and indexes that keep work from growing with chats and boxes. */
export const SCHEMA_10 = `
-- message_count: the messages that the box has of the chat.
ALTER TABLE dialogs ADD COLUMN message_count INTEGER NOT NULL DEFAULT 0;
UPDATE dialogs SET message_count = (
  SELECT count(*) FROM messages m WHERE m.box_id = dialogs.box_id AND m.peer_id = dialogs.peer_id);

-- What an account has written itself, for the chats that it writes to most.
CREATE INDEX messages_written ON messages (box_id, id, peer_id, date_s) WHERE is_out = 1 AND kind <> 'service';

-- Queues that wait until the other one is online.
CREATE INDEX scheduled_for_online ON scheduled (peer_id, box_id) WHERE due_at_s = 2147483646;
`
