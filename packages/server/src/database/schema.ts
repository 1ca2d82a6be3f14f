/**
 * The schema, one text for every engine. It is written in SQLite's SQL; {@link postgresText} has the replacements that
 * PostgreSQL needs. A new database begins with this text. Columns that need the secret are named `sealed_…`.
 */

import { SCHEMA_8 } from './schema-8.ts'
import { SCHEMA_9 } from './schema-9.ts'
import { SCHEMA_10 } from './schema-10.ts'
import { SCHEMA_11 } from './schema-11.ts'
import { SCHEMA_12 } from './schema-12.ts'

/** The version of {@link BASELINE}. SQLite folders of earlier versions reach it by migrations of their own. */
export const BASELINE_VERSION = 7

/** The tables of {@link BASELINE_VERSION}. */
export const BASELINE = `
CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;

-- A known text under the secret, so that a wrong secret is noticed at the start.
CREATE TABLE secret_check (sealed_text BLOB NOT NULL) STRICT;

CREATE TABLE server_keys (
  id INTEGER PRIMARY KEY,
  sealed_pem BLOB NOT NULL,
  created_at_s INTEGER NOT NULL
) STRICT;

-- Ids have five digits or more.
CREATE TABLE apps (
  api_id INTEGER PRIMARY KEY AUTOINCREMENT,
  api_hash TEXT NOT NULL,
  title TEXT NOT NULL,
  published INTEGER NOT NULL DEFAULT 0,
  signup_forbidden INTEGER NOT NULL DEFAULT 0,
  min_layer INTEGER,
  created_at_s INTEGER NOT NULL,
  min_app_version TEXT NOT NULL DEFAULT ''
) STRICT;

-- The id of a deleted account is never given again. Ids have seven digits and stay below 2^31: layers before 133 have
-- 32-bit user ids. home_dc: the data centre of the first login. A bot has no number: its phone is its name after an @.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  access_hash INTEGER NOT NULL,
  phone TEXT NOT NULL UNIQUE,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  created_at_s INTEGER NOT NULL,
  home_dc INTEGER,
  authorization_ttl_days INTEGER NOT NULL DEFAULT 183,
  is_bot INTEGER NOT NULL DEFAULT 0,
  username TEXT
) STRICT;
CREATE UNIQUE INDEX users_by_username ON users (lower(username)) WHERE username IS NOT NULL;

-- Keys that nobody has signed in on, and keys that nobody is signed in on any more, are deleted when they are old.
CREATE TABLE auth_keys (
  auth_key_id INTEGER PRIMARY KEY,
  sealed_key BLOB NOT NULL,
  dc_id INTEGER NOT NULL,
  first_salt INTEGER NOT NULL,
  created_at_s INTEGER NOT NULL,
  client TEXT,
  revoked TEXT,
  is_test INTEGER NOT NULL DEFAULT 0,
  has_signed_in INTEGER NOT NULL DEFAULT 0,
  used_at_s INTEGER NOT NULL DEFAULT 0,
  signed_out INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX auth_keys_never_signed_in ON auth_keys (created_at_s) WHERE has_signed_in = 0;
CREATE INDEX auth_keys_signed_out ON auth_keys (used_at_s) WHERE signed_out = 1;

-- home_hash: the login in another data centre that this one came from and ends with.
CREATE TABLE authorizations (
  auth_key_id INTEGER PRIMARY KEY REFERENCES auth_keys ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  hash INTEGER NOT NULL UNIQUE,
  api_id INTEGER NOT NULL,
  ip TEXT NOT NULL,
  created_at_s INTEGER NOT NULL,
  active_at_s INTEGER NOT NULL,
  home_hash INTEGER REFERENCES authorizations (hash) ON DELETE CASCADE,
  unconfirmed INTEGER NOT NULL DEFAULT 0,
  encrypted_requests_disabled INTEGER NOT NULL DEFAULT 0,
  call_requests_disabled INTEGER NOT NULL DEFAULT 0,
  is_bot INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX authorizations_of_user ON authorizations (user_id);
CREATE INDEX authorizations_imported ON authorizations (home_hash) WHERE home_hash IS NOT NULL;
CREATE INDEX authorizations_by_activity ON authorizations (active_at_s);

-- state: active -> verified -> consumed, or active -> cancelled, replaced or exhausted. sealed_code holds one code of each
-- form, digest the keyed hashes of those sent so far.
CREATE TABLE phone_codes (
  phone_code_hash TEXT PRIMARY KEY,
  phone TEXT NOT NULL,
  api_id INTEGER NOT NULL,
  auth_key_id INTEGER NOT NULL,
  dc_id INTEGER NOT NULL,
  sealed_code BLOB NOT NULL,
  digest BLOB NOT NULL,
  channel TEXT NOT NULL,
  step INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'active',
  sent_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  decided_at_ms INTEGER,
  signed_up INTEGER NOT NULL DEFAULT 0,
  authorization_hash INTEGER,
  chain TEXT NOT NULL DEFAULT '',
  email TEXT,
  withheld INTEGER NOT NULL DEFAULT 0,
  resends INTEGER NOT NULL DEFAULT 0,
  proven_email TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX phone_codes_of_key ON phone_codes (auth_key_id, phone);
CREATE INDEX phone_codes_by_age ON phone_codes (expires_at_ms);
CREATE INDEX phone_codes_alive ON phone_codes (phone) WHERE state = 'active';

CREATE TABLE sends (
  scope TEXT NOT NULL,
  subject TEXT NOT NULL,
  phone TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sends_of_subject ON sends (scope, subject, at_ms, phone);
CREATE INDEX sends_by_age ON sends (at_ms);

CREATE TABLE failures (
  id INTEGER PRIMARY KEY,
  phone TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL DEFAULT 'code',
  network TEXT NOT NULL DEFAULT '',
  is_known INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX failures_of_phone ON failures (phone, at_ms);
CREATE INDEX failures_by_age ON failures (at_ms);
CREATE INDEX failures_of_network ON failures (network, at_ms);

-- state: pending -> accepted, failed or unknown; the payload goes when it is settled. claimed_until_ms: until then a pending
-- delivery belongs to the node that is sending it.
CREATE TABLE deliveries (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  phone_code_hash TEXT NOT NULL,
  sealed_delivery BLOB,
  state TEXT NOT NULL DEFAULT 'pending',
  detail TEXT,
  created_at_ms INTEGER NOT NULL,
  expires_at_s INTEGER NOT NULL DEFAULT 0,
  claimed_until_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX deliveries_of_code ON deliveries (phone_code_hash);
CREATE INDEX deliveries_pending ON deliveries (claimed_until_ms) WHERE state = 'pending';
CREATE INDEX deliveries_by_age ON deliveries (created_at_ms);

CREATE TABLE inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  phone TEXT NOT NULL,
  phone_code_hash TEXT NOT NULL,
  type TEXT NOT NULL,
  sealed_delivery BLOB NOT NULL,
  sent_at_s INTEGER NOT NULL,
  expires_at_s INTEGER NOT NULL DEFAULT 0,
  ended_as TEXT
) STRICT;
CREATE INDEX inbox_of_phone ON inbox (phone, seq);

CREATE TABLE exported_authorizations (
  digest BLOB PRIMARY KEY,
  home_hash INTEGER NOT NULL REFERENCES authorizations (hash) ON DELETE CASCADE,
  dc_id INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX exported_authorizations_of_login ON exported_authorizations (home_hash, expires_at_ms);
CREATE INDEX exported_authorizations_by_age ON exported_authorizations (expires_at_ms);

-- Two-step verification. A row is an account with a password: salts, verifier, hint and recovery address are sealed
-- together, and each change of the password gives it another password_id. strikes: how often it was locked in a row.
CREATE TABLE passwords (
  user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  password_id INTEGER NOT NULL,
  sealed_password BLOB NOT NULL,
  strikes INTEGER NOT NULL DEFAULT 0,
  locked_until_ms INTEGER NOT NULL DEFAULT 0,
  reset_at_ms INTEGER,
  reset_retry_at_ms INTEGER,
  delete_at_ms INTEGER
) STRICT;

-- The SRP question that a key was asked last. state: open -> right or wrong, by one proof.
CREATE TABLE password_questions (
  auth_key_id INTEGER PRIMARY KEY REFERENCES auth_keys ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  srp_id INTEGER NOT NULL,
  password_id INTEGER NOT NULL,
  sealed_question BLOB NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'open',
  proof_digest BLOB,
  decided_at_ms INTEGER
) STRICT;
CREATE INDEX password_questions_of_user ON password_questions (user_id);

CREATE TABLE password_codes (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  sealed_change BLOB NOT NULL,
  digest BLOB NOT NULL,
  state TEXT NOT NULL DEFAULT 'active',
  attempts INTEGER NOT NULL DEFAULT 0,
  sent_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  kept_until_ms INTEGER NOT NULL,
  used_by INTEGER,
  used_at_ms INTEGER,
  PRIMARY KEY (user_id, purpose)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending_logins (
  auth_key_id INTEGER PRIMARY KEY REFERENCES auth_keys ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  hash INTEGER NOT NULL,
  api_id INTEGER NOT NULL,
  ip TEXT NOT NULL,
  since_s INTEGER NOT NULL,
  confirmed INTEGER NOT NULL DEFAULT 0,
  login_email TEXT
) STRICT;
CREATE INDEX pending_logins_of_user ON pending_logins (user_id);

-- QR codes. A spent one stays known for its repeats.
CREATE TABLE login_tokens (
  digest BLOB PRIMARY KEY,
  auth_key_id INTEGER NOT NULL REFERENCES auth_keys ON DELETE CASCADE,
  api_id INTEGER NOT NULL,
  ip TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting',
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  user_id INTEGER REFERENCES users ON DELETE CASCADE,
  hash INTEGER,
  home_dc INTEGER,
  move_digest BLOB UNIQUE,
  confirmed INTEGER NOT NULL DEFAULT 0,
  used_by INTEGER,
  used_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX login_tokens_of_key ON login_tokens (auth_key_id, created_at_ms);
CREATE INDEX login_tokens_of_user ON login_tokens (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX login_tokens_by_age ON login_tokens (expires_at_ms);

-- Accounts that cannot accept a token, because its client has them already.
CREATE TABLE login_token_exceptions (
  digest BLOB NOT NULL REFERENCES login_tokens ON DELETE CASCADE,
  user_id INTEGER NOT NULL,
  PRIMARY KEY (digest, user_id)
) STRICT, WITHOUT ROWID;

-- A replaced token stays known: it has expired, and one that never was is invalid.
CREATE TABLE bot_tokens (
  digest BLOB PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  revoked INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX bot_tokens_of_bot ON bot_tokens (user_id);

CREATE TABLE web_tokens (
  digest BLOB PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX web_tokens_by_age ON web_tokens (expires_at_ms);

CREATE TABLE passkeys (
  id TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  public_key BLOB NOT NULL,
  sign_count INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_at_s INTEGER NOT NULL,
  used_at_s INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_of_user ON passkeys (user_id);

-- One of each purpose for a key; user_id only if a passkey is to be registered.
CREATE TABLE passkey_challenges (
  auth_key_id INTEGER NOT NULL REFERENCES auth_keys ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  digest BLOB NOT NULL,
  user_id INTEGER REFERENCES users ON DELETE CASCADE,
  api_id INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  PRIMARY KEY (auth_key_id, purpose)
) STRICT, WITHOUT ROWID;

-- Future auth tokens. A spent one stays known for its repeats: by which key, and as which login. login_hash: the login
-- that it was given to and ends with.
CREATE TABLE future_tokens (
  digest BLOB NOT NULL UNIQUE,
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  phone TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  login_hash INTEGER,
  used_by INTEGER,
  used_at_ms INTEGER,
  hash INTEGER
) STRICT;
CREATE INDEX future_tokens_of_login ON future_tokens (login_hash) WHERE login_hash IS NOT NULL;
CREATE INDEX future_tokens_of_user ON future_tokens (user_id);
CREATE INDEX future_tokens_by_age ON future_tokens (expires_at_ms);

-- Rules of the operator for numbers that begin with these digits.
CREATE TABLE phone_rules (
  digits TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  dc INTEGER,
  channels TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE network_rules (
  network TEXT PRIMARY KEY,
  dc INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Terms of service that an account has accepted.
CREATE TABLE accepted_terms (
  user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  terms_id TEXT NOT NULL,
  at_s INTEGER NOT NULL
) STRICT;

-- reset_at_ms: the address is taken off then.
CREATE TABLE login_emails (
  user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  email TEXT NOT NULL,
  reset_at_ms INTEGER
) STRICT;

-- Codes that prove an address, one of each purpose for a key. state: active -> exhausted or used.
CREATE TABLE email_codes (
  auth_key_id INTEGER NOT NULL REFERENCES auth_keys ON DELETE CASCADE,
  purpose TEXT NOT NULL,
  subject TEXT NOT NULL,
  email TEXT NOT NULL,
  digest BLOB NOT NULL,
  delivery_id TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'active',
  sent_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  decided_at_ms INTEGER,
  PRIMARY KEY (auth_key_id, purpose)
) STRICT, WITHOUT ROWID;

-- The audit trail. The account of an entry may be long gone.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  action TEXT NOT NULL,
  phone TEXT,
  user_id INTEGER,
  ip TEXT,
  api_id INTEGER,
  detail TEXT
) STRICT;
CREATE INDEX audit_of_phone ON audit (phone, id) WHERE phone IS NOT NULL;
CREATE INDEX audit_of_user ON audit (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_by_age ON audit (at_ms);
CREATE INDEX audit_refused ON audit (id) WHERE action = 'refused';
CREATE INDEX audit_others ON audit (id) WHERE action <> 'refused';

-- Granted requests, by key and SHA-256, for repeats after a lost answer. Without an outcome: the code was sent again, and
-- nobody has been told.
CREATE TABLE granted_requests (
  auth_key_id INTEGER NOT NULL REFERENCES auth_keys ON DELETE CASCADE,
  digest BLOB NOT NULL,
  sealed_outcome BLOB,
  forget_at_ms INTEGER NOT NULL,
  PRIMARY KEY (auth_key_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX granted_requests_by_age ON granted_requests (forget_at_ms);

-- origin: 'key ' and the id of a permanent key, or a network.
CREATE TABLE known_logins (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  origin TEXT NOT NULL,
  at_s INTEGER NOT NULL,
  PRIMARY KEY (user_id, origin)
) STRICT, WITHOUT ROWID;

-- Counters of message ids and of events. box_id: of an account, its id.
CREATE TABLE boxes (
  box_id INTEGER PRIMARY KEY,
  pts INTEGER NOT NULL DEFAULT 1,
  last_id INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Texts and media, stored once; holders: the number of message rows that point there.
CREATE TABLE bodies (
  body_id INTEGER PRIMARY KEY AUTOINCREMENT,
  holders INTEGER NOT NULL,
  sealed_body BLOB NOT NULL
) STRICT;

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

CREATE TABLE read_inboxes (
  box_id INTEGER NOT NULL REFERENCES boxes ON DELETE CASCADE,
  peer_id INTEGER NOT NULL,
  max_id INTEGER NOT NULL,
  PRIMARY KEY (box_id, peer_id)
) STRICT, WITHOUT ROWID;

-- Events of a box, for sessions that were away.
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

-- Nodes of a server that has several. options: JSON, what must be the same for all. A node that does not beat is gone.
CREATE TABLE nodes (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  version TEXT NOT NULL,
  options TEXT NOT NULL,
  beat_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Faults of a server that has several nodes; times_left: NULL: any number of requests.
CREATE TABLE faults (
  id INTEGER PRIMARY KEY,
  fault TEXT NOT NULL,
  times_left INTEGER
) STRICT;

-- The test clock of a server that has several nodes: one row, once it was moved.
CREATE TABLE test_clock (
  id INTEGER PRIMARY KEY,
  ahead_ms INTEGER NOT NULL
) STRICT;
`

/** The last id that is not given to anybody, by table. */
export const LAST_RESERVED_IDS: Readonly<Record<string, { readonly column: string; readonly id: number }>> = {
  apps: { column: 'api_id', id: 10_000 },
  users: { column: 'id', id: 1_000_000 },
}

/** Migrations after the baseline, one per version, for every engine. Never edit one that has landed: add the next. */
export const MIGRATIONS_AFTER_BASELINE: readonly string[] = [
  SCHEMA_8,
  SCHEMA_9,
  SCHEMA_10,
  SCHEMA_11,
  SCHEMA_12,
]

/** The schema that this program reads and writes. A database with a higher one is left alone. */
export const SCHEMA_VERSION: number = BASELINE_VERSION + MIGRATIONS_AFTER_BASELINE.length

const FOR_POSTGRES: readonly (readonly [RegExp, string])[] = [
  // Ids that the engine gives.
  [/\b(\w+) INTEGER PRIMARY KEY AUTOINCREMENT\b/g, '$1 BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY'],
  [/\b(id|seq) INTEGER PRIMARY KEY\b/g, '$1 BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY'],
  [/\bINTEGER\b/g, 'BIGINT'],
  [/\bBLOB\b/g, 'BYTEA'],
  // Bytes decide the order of texts, as in SQLite.
  [/\bTEXT\b/g, 'TEXT COLLATE "C"'],
  [/\) STRICT(, WITHOUT ROWID)?;/g, ');'],
]

/** The text of a schema or migration as PostgreSQL takes it. */
export function postgresText(text: string): string {
  return FOR_POSTGRES.reduce((changed, [from, to]) => changed.replace(from, to), text)
}

const TABLE = /CREATE TABLE (\w+) \(([^;]*?)\);/g
const DROPPED = /DROP TABLE (\w+);/g
const GIVEN_ID = /\b(\w+) BIGINT GENERATED BY DEFAULT/

const ALL_TEXTS = [BASELINE, ...MIGRATIONS_AFTER_BASELINE].join('\n')
const dropped = new Set([...ALL_TEXTS.matchAll(DROPPED)].map(([, name]) => name))

/** The tables of this version, those that others refer to first, with the column whose ids the engine gives. */
export const TABLES: readonly { readonly name: string; readonly idColumn: string | undefined }[] = [
  ...postgresText(ALL_TEXTS).matchAll(TABLE),
]
  .map(([, name = '', columns = '']) => ({ name, idColumn: GIVEN_ID.exec(columns)?.[1] }))
  .filter(({ name }) => !dropped.has(name))
