/**
 * Migration 8: people, chats and what is said in them. A peer's id is positive for a user, negative for a basic group, and
 * −10^12 − its id for a channel; the box of an account has the account's id, and that of a channel the channel's peer id.
 */
export const SCHEMA_8 = `
-- last_seen_at_s: 0: never. last_online_until_s: the account counts as online until then.
ALTER TABLE users ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN last_seen_at_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN online_until_s INTEGER NOT NULL DEFAULT 0;

-- Names of users, and later of channels, in lower case: one space for all.
CREATE TABLE usernames (
  name TEXT PRIMARY KEY,
  peer_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX usernames_of_peer ON usernames (peer_id);
INSERT INTO usernames (name, peer_id) SELECT lower(username), id FROM users WHERE username IS NOT NULL;

-- A number in somebody's address book. contact_id: the account with the number, 0 if there is none; a contact that was added
-- without a number has its id as phone, after an @.
CREATE TABLE contacts (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  phone TEXT NOT NULL,
  contact_id INTEGER NOT NULL DEFAULT 0,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  added_at_s INTEGER NOT NULL,
  PRIMARY KEY (user_id, phone)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX contacts_of_user ON contacts (user_id, contact_id) WHERE contact_id > 0;
CREATE INDEX contacts_who_have ON contacts (contact_id, user_id) WHERE contact_id > 0;
CREATE INDEX contacts_by_phone ON contacts (phone) WHERE contact_id = 0;

CREATE TABLE blocks (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  peer_id INTEGER NOT NULL,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (user_id, peer_id)
) STRICT, WITHOUT ROWID;

-- A key without a row has its default. rules: JSON.
CREATE TABLE privacy (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  key TEXT NOT NULL,
  rules TEXT NOT NULL,
  PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

-- What an account has set besides; a name without a row has its default.
CREATE TABLE account_settings (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;

-- side_seq: the last number in side_log. last_date_s: the date of the newest message; no later one has an earlier date.
ALTER TABLE boxes ADD COLUMN side_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE boxes ADD COLUMN last_date_s INTEGER NOT NULL DEFAULT 0;
UPDATE boxes SET last_date_s = coalesce((SELECT max(m.date_s) FROM messages m WHERE m.box_id = boxes.box_id), 0);

-- poll_id: 0: the body has no poll. has_reactions: rows of reactions point here.
ALTER TABLE bodies ADD COLUMN edited_at_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bodies ADD COLUMN poll_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bodies ADD COLUMN has_reactions INTEGER NOT NULL DEFAULT 0;
CREATE INDEX bodies_with_poll ON bodies (poll_id) WHERE poll_id > 0;

-- kind: what searches ask for: text, link, service, poll, …; reply_to_id: the id, in this box, of the message replied to;
-- saved_peer_id: the chat of Saved Messages; has_unread_content: not listened to, or not seen as a mention.
ALTER TABLE messages ADD COLUMN kind TEXT NOT NULL DEFAULT 'text';
ALTER TABLE messages ADD COLUMN reply_to_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN saved_peer_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN is_mentioned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN has_unread_content INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN has_unread_reactions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_of_body ON messages (body_id, box_id);
CREATE INDEX messages_pinned ON messages (box_id, peer_id, id) WHERE is_pinned = 1;
CREATE INDEX messages_mentioned ON messages (box_id, peer_id, id) WHERE is_mentioned = 1 AND has_unread_content = 1;
CREATE INDEX messages_reacted ON messages (box_id, peer_id, id) WHERE has_unread_reactions = 1;
CREATE INDEX messages_of_kind ON messages (box_id, peer_id, kind, id) WHERE kind <> 'text';
CREATE INDEX messages_saved ON messages (box_id, saved_peer_id, id) WHERE saved_peer_id <> 0;

-- Random ids of the messages that a box has sent, kept for a day after that. The message may be gone by then.
CREATE TABLE sent_messages (
  box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
  from_id INTEGER NOT NULL,
  random_id INTEGER NOT NULL,
  peer_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  pts INTEGER NOT NULL,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (box_id, from_id, random_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_messages_by_age ON sent_messages (at_s);
INSERT INTO sent_messages (box_id, from_id, random_id, peer_id, id, pts, at_s)
  SELECT m.box_id, m.from_id, m.random_id, m.peer_id, m.id, m.pts, m.date_s FROM messages m
  WHERE m.id = (SELECT max(s.id) FROM messages s
    WHERE s.box_id = m.box_id AND s.from_id = m.from_id AND s.random_id = m.random_id);
DROP INDEX messages_sent;

-- Chats of a box. top_id: the newest message; 0: none, and the chat is in no list. folder_id: 1 is the archive.
-- pinned_place: 0: not pinned; the highest comes first. mute_until_s, is_silent, shows_previews: NULL: the default of its kind.
CREATE TABLE dialogs (
  box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
  peer_id INTEGER NOT NULL,
  top_id INTEGER NOT NULL DEFAULT 0,
  top_date_s INTEGER NOT NULL DEFAULT 0,
  read_inbox_max_id INTEGER NOT NULL DEFAULT 0,
  read_outbox_max_id INTEGER NOT NULL DEFAULT 0,
  is_marked_unread INTEGER NOT NULL DEFAULT 0,
  folder_id INTEGER NOT NULL DEFAULT 0,
  pinned_place INTEGER NOT NULL DEFAULT 0,
  sealed_draft BLOB,
  draft_at_s INTEGER NOT NULL DEFAULT 0,
  mute_until_s INTEGER,
  is_silent INTEGER,
  shows_previews INTEGER,
  is_bar_hidden INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (box_id, peer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dialogs_by_date ON dialogs (box_id, folder_id, top_date_s, top_id) WHERE top_id > 0;
CREATE INDEX dialogs_pinned ON dialogs (box_id, folder_id, pinned_place) WHERE pinned_place > 0;
CREATE INDEX dialogs_drafts ON dialogs (box_id) WHERE draft_at_s > 0;
INSERT INTO dialogs (box_id, peer_id, top_id, top_date_s, read_inbox_max_id)
  SELECT m.box_id, m.peer_id, m.id, m.date_s, coalesce(r.max_id, 0) FROM messages m
  LEFT JOIN read_inboxes r ON r.box_id = m.box_id AND r.peer_id = m.peer_id
  WHERE m.id = (SELECT max(t.id) FROM messages t WHERE t.box_id = m.box_id AND t.peer_id = m.peer_id);
INSERT INTO dialogs (box_id, peer_id, read_inbox_max_id)
  SELECT r.box_id, r.peer_id, r.max_id FROM read_inboxes r
  WHERE NOT EXISTS (SELECT 1 FROM dialogs d WHERE d.box_id = r.box_id AND d.peer_id = r.peer_id);
DROP TABLE read_inboxes;

-- Changes of a box that have no pts: the newest of each kind about each subject, for sessions that were away.
CREATE TABLE side_log (
  box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
  kind TEXT NOT NULL,
  subject INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at_s INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  caused_by INTEGER,
  PRIMARY KEY (box_id, kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX side_log_in_order ON side_log (box_id, seq);

-- Basic groups. default_rights: the bits of what members must not do. version grows with members, admins and these rights.
CREATE TABLE chats (
  chat_id INTEGER PRIMARY KEY AUTOINCREMENT,
  creator_id INTEGER NOT NULL,
  title TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT '',
  version INTEGER NOT NULL DEFAULT 1,
  default_rights INTEGER NOT NULL DEFAULT 0,
  created_at_s INTEGER NOT NULL,
  is_deactivated INTEGER NOT NULL DEFAULT 0,
  is_protected INTEGER NOT NULL DEFAULT 0,
  reactions TEXT NOT NULL DEFAULT 'all',
  migrated_to INTEGER NOT NULL DEFAULT 0
) STRICT;

-- role: creator, admin, member; left and kicked: of those who were members.
CREATE TABLE chat_members (
  chat_id INTEGER NOT NULL REFERENCES chats ON DELETE CASCADE,
  user_id INTEGER NOT NULL,
  role TEXT NOT NULL,
  inviter_id INTEGER NOT NULL,
  joined_at_s INTEGER NOT NULL,
  PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_members_of_user ON chat_members (user_id, chat_id);

-- peer_id: of the group, or later of the channel.
CREATE TABLE invites (
  hash TEXT PRIMARY KEY,
  peer_id INTEGER NOT NULL,
  admin_id INTEGER NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  created_at_s INTEGER NOT NULL,
  expires_at_s INTEGER NOT NULL DEFAULT 0,
  usage_limit INTEGER NOT NULL DEFAULT 0,
  uses INTEGER NOT NULL DEFAULT 0,
  needs_request INTEGER NOT NULL DEFAULT 0,
  is_permanent INTEGER NOT NULL DEFAULT 0,
  is_revoked INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX invites_of_admin ON invites (peer_id, admin_id, created_at_s);

-- Joins by a link; state: requested, joined.
CREATE TABLE invite_uses (
  peer_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  hash TEXT NOT NULL,
  state TEXT NOT NULL,
  approved_by INTEGER NOT NULL DEFAULT 0,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (peer_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invite_uses_of_link ON invite_uses (hash, state, at_s);
CREATE INDEX invite_uses_of_peer ON invite_uses (peer_id, state, at_s);

-- place: the order of one person's reactions to a message.
CREATE TABLE reactions (
  body_id INTEGER NOT NULL REFERENCES bodies ON DELETE CASCADE,
  user_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  reaction TEXT NOT NULL,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (body_id, user_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX reactions_in_order ON reactions (body_id, at_s);

CREATE TABLE polls (
  poll_id INTEGER PRIMARY KEY,
  creator_id INTEGER NOT NULL,
  sealed_poll BLOB NOT NULL,
  closes_at_s INTEGER NOT NULL DEFAULT 0,
  is_closed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX polls_to_close ON polls (closes_at_s) WHERE is_closed = 0 AND closes_at_s > 0;

CREATE TABLE votes (
  poll_id INTEGER NOT NULL REFERENCES polls ON DELETE CASCADE,
  user_id INTEGER NOT NULL,
  option INTEGER NOT NULL,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (poll_id, user_id, option)
) STRICT, WITHOUT ROWID;
CREATE INDEX votes_of_option ON votes (poll_id, option, at_s);

-- Messages that wait for their time; due_at_s 2147483646: until the other one is online.
CREATE TABLE scheduled (
  box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
  peer_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  random_id INTEGER NOT NULL,
  due_at_s INTEGER NOT NULL,
  sealed_message BLOB NOT NULL,
  edited_at_s INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (box_id, peer_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX scheduled_by_time ON scheduled (due_at_s);

-- filter: JSON.
CREATE TABLE dialog_filters (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  filter TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

-- Notification settings for kinds of chats: users, groups, channels.
CREATE TABLE notify_defaults (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  kind TEXT NOT NULL,
  mute_until_s INTEGER,
  is_silent INTEGER,
  shows_previews INTEGER,
  PRIMARY KEY (user_id, kind)
) STRICT, WITHOUT ROWID;

-- reads_all: the bot sees every message of its groups. info_version grows with commands and description.
CREATE TABLE bots (
  user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  owner_id INTEGER NOT NULL DEFAULT 0,
  description TEXT NOT NULL DEFAULT '',
  reads_all INTEGER NOT NULL DEFAULT 0,
  joins_groups INTEGER NOT NULL DEFAULT 1,
  info_version INTEGER NOT NULL DEFAULT 1,
  qts INTEGER NOT NULL DEFAULT 1
) STRICT;
INSERT INTO bots (user_id) SELECT id FROM users WHERE is_bot = 1;

-- scope: JSON of the bot command scope. commands: JSON.
CREATE TABLE bot_commands (
  bot_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  scope TEXT NOT NULL,
  lang_code TEXT NOT NULL,
  commands TEXT NOT NULL,
  PRIMARY KEY (bot_id, scope, lang_code)
) STRICT, WITHOUT ROWID;

-- Presses of buttons that wait for the bot's answer.
CREATE TABLE bot_queries (
  query_id INTEGER PRIMARY KEY,
  bot_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  user_id INTEGER NOT NULL,
  sealed_query BLOB NOT NULL,
  sealed_answer BLOB,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX bot_queries_of_bot ON bot_queries (bot_id, at_ms);
CREATE INDEX bot_queries_by_age ON bot_queries (at_ms);

-- Events of a bot that have a qts, for sessions that were away.
CREATE TABLE qts_log (
  owner_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  qts INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (owner_id, qts)
) STRICT, WITHOUT ROWID;
CREATE INDEX qts_log_by_age ON qts_log (at_s);
`
