/** Wrong guesses by the network they came from, and the origins that have signed in to each account. */
export const ORIGINS_SCHEMA = `
  ALTER TABLE failures ADD COLUMN network TEXT NOT NULL DEFAULT '';
  ALTER TABLE failures ADD COLUMN is_known INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX failures_of_network ON failures (network, at_ms);

  -- origin: 'key ' and the id of a permanent key, or a network.
  CREATE TABLE known_logins (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    origin TEXT NOT NULL,
    at_s INTEGER NOT NULL,
    PRIMARY KEY (user_id, origin)
  ) STRICT, WITHOUT ROWID;

  -- Networks of IPv6 are known from the next login on.
  INSERT INTO known_logins (user_id, origin, at_s)
    SELECT user_id, 'key ' || auth_key_id, created_at_s FROM authorizations;
  INSERT INTO known_logins (user_id, origin, at_s)
    SELECT user_id, ip, max(created_at_s) FROM authorizations GROUP BY user_id, ip;
`
