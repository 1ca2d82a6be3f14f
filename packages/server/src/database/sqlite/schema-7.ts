/**
 * Migration 7: what makes the decisions portable. The decisions themselves do what the triggers did, because other engines
 * have none like them.
 */
export const SCHEMA_7 = `
  DROP TRIGGER future_token_ended;
  DROP TRIGGER signed_out;
  DROP TRIGGER signed_in;
  DROP TRIGGER granted_login_ended;
  DROP TRIGGER granted_half_login_ended;
  DROP TRIGGER granted_half_login_replaced;

  -- Names are told apart without regard to capitals, on every engine.
  DROP INDEX users_by_username;
  CREATE UNIQUE INDEX users_by_username ON users (lower(username)) WHERE username IS NOT NULL;

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

  -- Accounts that cannot accept a token, because its client has them already.
  CREATE TABLE login_token_exceptions (
    digest BLOB NOT NULL REFERENCES login_tokens ON DELETE CASCADE,
    user_id INTEGER NOT NULL,
    PRIMARY KEY (digest, user_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO login_token_exceptions (digest, user_id)
    SELECT DISTINCT digest, value FROM login_tokens, json_each(except_ids);
  ALTER TABLE login_tokens DROP COLUMN except_ids;

  -- The time until which a pending delivery belongs to the node that is sending it.
  ALTER TABLE deliveries ADD COLUMN claimed_until_ms INTEGER NOT NULL DEFAULT 0;
  DROP INDEX deliveries_pending;
  CREATE INDEX deliveries_pending ON deliveries (claimed_until_ms) WHERE state = 'pending';
`
