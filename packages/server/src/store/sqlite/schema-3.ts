/** From the first login to the whole one: what every way in and every rule of it needs. */
export const SCHEMA_3 = `
  -- Two-step verification. A row is an account with a password.
  CREATE TABLE passwords (
    user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE
  ) STRICT;

  -- Keys whose first factor was right, of accounts with a password: they may do nothing yet but give it.
  CREATE TABLE pending_logins (
    auth_key_id INTEGER PRIMARY KEY REFERENCES auth_keys ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    hash INTEGER NOT NULL,
    api_id INTEGER NOT NULL,
    ip TEXT NOT NULL,
    since_s INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX pending_logins_of_user ON pending_logins (user_id);
`
