import type { DatabaseSync } from 'node:sqlite'
import type { Secret } from '../secret.ts'
import { completeSchema3 } from './complete-schema-3.ts'
import { SCHEMA_3 } from './schema-3.ts'
import { SCHEMA_7 } from './schema-7.ts'
import { moveToBoxes } from './schema-7-boxes.ts'
import { ORIGINS_SCHEMA } from './schema-origins.ts'

/**
 * SQL, or code for what SQL alone cannot say: the code is told which version the folder was of, and gets the secret that
 * its columns are sealed with. Foreign keys are off.
 */
export type Migration = string | ((db: DatabaseSync, from: number, secret: Secret) => void)

const SCHEMAS_1_TO_3: readonly string[] = [
  `
  CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT;

  -- A known text under the secret, so that a wrong secret is noticed at the start.
  CREATE TABLE secret_check (sealed_text BLOB NOT NULL) STRICT;

  CREATE TABLE server_keys (
    id INTEGER PRIMARY KEY,
    sealed_pem BLOB NOT NULL,
    created_at_s INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE apps (
    api_id INTEGER PRIMARY KEY AUTOINCREMENT,
    api_hash TEXT NOT NULL,
    title TEXT NOT NULL,
    published INTEGER NOT NULL DEFAULT 0,
    signup_forbidden INTEGER NOT NULL DEFAULT 0,
    min_layer INTEGER,
    created_at_s INTEGER NOT NULL
  ) STRICT;

  -- AUTOINCREMENT: the id of a deleted account is never given to another.
  CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    access_hash INTEGER NOT NULL,
    phone TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    created_at_s INTEGER NOT NULL
  ) STRICT;

  -- Five digits and more for api_id, seven for users, below 2^31: layers before 133 have 32-bit user ids.
  INSERT INTO sqlite_sequence (name, seq) VALUES ('apps', 10000), ('users', 1000000);

  CREATE TABLE auth_keys (
    auth_key_id INTEGER PRIMARY KEY,
    sealed_key BLOB NOT NULL,
    dc_id INTEGER NOT NULL,
    first_salt INTEGER NOT NULL,
    created_at_s INTEGER NOT NULL,
    client TEXT,
    revoked TEXT
  ) STRICT;

  CREATE TABLE authorizations (
    auth_key_id INTEGER PRIMARY KEY REFERENCES auth_keys ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    hash INTEGER NOT NULL UNIQUE,
    api_id INTEGER NOT NULL,
    ip TEXT NOT NULL,
    created_at_s INTEGER NOT NULL,
    active_at_s INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX authorizations_of_user ON authorizations (user_id);

  -- state: active -> verified -> consumed, or active -> cancelled, replaced or exhausted.
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
    authorization_hash INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX phone_codes_of_key ON phone_codes (auth_key_id, phone);
  CREATE INDEX phone_codes_by_age ON phone_codes (expires_at_ms);

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
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX failures_of_phone ON failures (phone, at_ms);
  CREATE INDEX failures_by_age ON failures (at_ms);

  -- state: pending -> accepted, failed or unknown; the payload goes when it is settled.
  CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    phone_code_hash TEXT NOT NULL,
    sealed_delivery BLOB,
    state TEXT NOT NULL DEFAULT 'pending',
    detail TEXT,
    created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_of_code ON deliveries (phone_code_hash);
  CREATE INDEX deliveries_pending ON deliveries (seq) WHERE state = 'pending';
  CREATE INDEX deliveries_by_age ON deliveries (created_at_ms);

  CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    phone TEXT NOT NULL,
    phone_code_hash TEXT NOT NULL,
    type TEXT NOT NULL,
    sealed_delivery BLOB NOT NULL,
    sent_at_s INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX inbox_of_phone ON inbox (phone, seq);
  `,
  `
  ALTER TABLE auth_keys ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0;

  -- Keys that nobody ever signed in on are thrown away in the end: making them costs a stranger nothing.
  ALTER TABLE auth_keys ADD COLUMN has_signed_in INTEGER NOT NULL DEFAULT 0;
  UPDATE auth_keys SET has_signed_in = 1
    WHERE revoked IS NOT NULL OR auth_key_id IN (SELECT auth_key_id FROM authorizations);
  CREATE INDEX auth_keys_never_signed_in ON auth_keys (created_at_s) WHERE has_signed_in = 0;

  -- The data centre of the first login; NULL: nobody has signed in yet.
  ALTER TABLE users ADD COLUMN home_dc INTEGER;
  UPDATE users SET home_dc = (
    SELECT k.dc_id FROM authorizations a JOIN auth_keys k ON k.auth_key_id = a.auth_key_id
    WHERE a.user_id = users.id ORDER BY a.created_at_s LIMIT 1
  );

  -- Of a login that was brought from another data centre: the login it came from, and ends with.
  ALTER TABLE authorizations ADD COLUMN home_hash INTEGER REFERENCES authorizations (hash) ON DELETE CASCADE;
  CREATE INDEX authorizations_imported ON authorizations (home_hash) WHERE home_hash IS NOT NULL;

  CREATE TABLE exported_authorizations (
    digest BLOB PRIMARY KEY,
    home_hash INTEGER NOT NULL REFERENCES authorizations (hash) ON DELETE CASCADE,
    dc_id INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX exported_authorizations_of_login ON exported_authorizations (home_hash, expires_at_ms);
  CREATE INDEX exported_authorizations_by_age ON exported_authorizations (expires_at_ms);
  `,
  SCHEMA_3,
]

/**
 * Migrations of folders to the baseline of `../schema.ts`, one per version; those after it are there. Never edit one that
 * has landed. Columns that need the secret are named `sealed_…`.
 */
export const MIGRATIONS: readonly Migration[] = [
  ...SCHEMAS_1_TO_3,
  // Folders of earlier versions, and new ones, have the whole of schema 3 from the migration before this one.
  (db, from) => {
    if (from === 3) completeSchema3(db, SCHEMAS_1_TO_3)
  },
  `
  -- Requests that were granted, by key and SHA-256, for when they come again because their answer was lost. Without an
  -- outcome: the code was sent again, and nobody has been told.
  CREATE TABLE granted_requests (
    auth_key_id INTEGER NOT NULL REFERENCES auth_keys ON DELETE CASCADE,
    digest BLOB NOT NULL,
    sealed_outcome BLOB,
    forget_at_ms INTEGER NOT NULL,
    PRIMARY KEY (auth_key_id, digest)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX granted_requests_by_age ON granted_requests (forget_at_ms);

  -- A login that has ended, or goes on otherwise, is granted to nobody again.
  CREATE TRIGGER granted_login_ended AFTER DELETE ON authorizations BEGIN
    DELETE FROM granted_requests WHERE auth_key_id = old.auth_key_id;
  END;
  CREATE TRIGGER granted_half_login_ended AFTER DELETE ON pending_logins BEGIN
    DELETE FROM granted_requests WHERE auth_key_id = old.auth_key_id;
  END;
  CREATE TRIGGER granted_half_login_replaced AFTER UPDATE OF hash ON pending_logins BEGIN
    DELETE FROM granted_requests WHERE auth_key_id = old.auth_key_id;
  END;
  `,
  ORIGINS_SCHEMA,
  (db, _from, secret) => {
    db.exec(SCHEMA_7)
    moveToBoxes(db, secret)
  },
]
