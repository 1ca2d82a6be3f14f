/** From the first login to the whole one: what every way in and every rule of it needs. */
export const SCHEMA_3 = `
  -- Two-step verification. A row is an account with a password: salts, verifier, hint and recovery address are sealed
  -- together, and whatever changes the password gives it another password_id. strikes: how often it was locked in a row.
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

  -- The SRP question a key was asked last. state: open -> right or wrong, by one proof.
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

  -- Codes that went to an e-mail address: to recover a password, or to confirm an address, with the change that waits
  -- for that, until kept_until_ms. One of each for an account. state: active -> used or cancelled.
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

  -- Wrong passwords count with wrong codes, and on their own, too.
  ALTER TABLE failures ADD COLUMN kind TEXT NOT NULL DEFAULT 'code';

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

  -- Tokens: QR codes, bots, web tokens, passkeys; and what a login's owner says of it.
  ALTER TABLE authorizations ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE authorizations ADD COLUMN encrypted_requests_disabled INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE authorizations ADD COLUMN call_requests_disabled INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE authorizations ADD COLUMN is_bot INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE pending_logins ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE users ADD COLUMN authorization_ttl_days INTEGER NOT NULL DEFAULT 183;

  -- state: waiting -> replaced, or waiting -> accepted -> (moved ->) used. The hash is that of the login to come.
  CREATE TABLE login_tokens (
    digest BLOB PRIMARY KEY,
    auth_key_id INTEGER NOT NULL REFERENCES auth_keys ON DELETE CASCADE,
    api_id INTEGER NOT NULL,
    ip TEXT NOT NULL,
    except_ids TEXT NOT NULL,
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

  -- A bot has no number, and the column has to hold something that is nobody else's: its name, after an @.
  ALTER TABLE users ADD COLUMN is_bot INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE users ADD COLUMN username TEXT;
  CREATE UNIQUE INDEX users_by_username ON users (username COLLATE NOCASE) WHERE username IS NOT NULL;

  -- A token that was replaced stays known: it has expired, where one that never was is invalid.
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

  -- One of each kind for a key; user_id only where one is to be registered.
  CREATE TABLE passkey_challenges (
    auth_key_id INTEGER NOT NULL REFERENCES auth_keys ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    digest BLOB NOT NULL,
    user_id INTEGER REFERENCES users ON DELETE CASCADE,
    api_id INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (auth_key_id, purpose)
  ) STRICT, WITHOUT ROWID;

  -- Future auth tokens. A spent one stays known for its repeats: by which key, and as which login. login_hash: of the
  -- login that it was given to and ends with.
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
  CREATE TRIGGER future_token_ended AFTER DELETE ON authorizations BEGIN
    DELETE FROM future_tokens WHERE login_hash = old.hash AND used_by IS NULL;
  END;
  CREATE INDEX future_tokens_of_user ON future_tokens (user_id);
  CREATE INDEX future_tokens_by_age ON future_tokens (expires_at_ms);
  -- End of tokens.

  -- Channels: how a code is sent first, and then when it is asked for again; codes on their way are sent anew.
  -- sealed_code holds one code of each form, digest the keyed hashes of those sent so far.
  UPDATE phone_codes SET state = 'replaced' WHERE state = 'active';
  ALTER TABLE phone_codes ADD COLUMN chain TEXT NOT NULL DEFAULT '';
  ALTER TABLE phone_codes ADD COLUMN email TEXT;
  ALTER TABLE phone_codes ADD COLUMN withheld INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE phone_codes ADD COLUMN resends INTEGER NOT NULL DEFAULT 0;

  -- Deliveries that belong to no phone code have none to live and to end with.
  ALTER TABLE deliveries ADD COLUMN expires_at_s INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE inbox ADD COLUMN expires_at_s INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE inbox ADD COLUMN ended_as TEXT;

  -- What the operator says of the numbers that begin with some digits.
  CREATE TABLE phone_rules (
    digits TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    dc INTEGER,
    channels TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE network_rules (network TEXT PRIMARY KEY, dc INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  -- End of channels.
  -- Terms of service that an account has accepted, and the floor below which clients of an app may not sign in.
  CREATE TABLE accepted_terms (
    user_id INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    terms_id TEXT NOT NULL,
    at_s INTEGER NOT NULL
  ) STRICT;
  ALTER TABLE apps ADD COLUMN min_app_version TEXT NOT NULL DEFAULT '';

  -- Messages: each account has a box with its own ids and its own count of what happened there, pts, from 1.
  ALTER TABLE users ADD COLUMN pts INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE users ADD COLUMN last_message_id INTEGER NOT NULL DEFAULT 0;

  -- Sealed: a login code may be in it.
  CREATE TABLE messages (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    id INTEGER NOT NULL,
    peer_id INTEGER NOT NULL,
    from_id INTEGER NOT NULL,
    is_out INTEGER NOT NULL,
    date_s INTEGER NOT NULL,
    random_id INTEGER NOT NULL,
    pts INTEGER NOT NULL,
    sealed_content BLOB NOT NULL,
    PRIMARY KEY (user_id, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX messages_of_chat ON messages (user_id, peer_id, id);
  CREATE UNIQUE INDEX messages_sent_once ON messages (user_id, from_id, random_id);

  CREATE TABLE read_inboxes (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    peer_id INTEGER NOT NULL,
    max_id INTEGER NOT NULL,
    PRIMARY KEY (user_id, peer_id)
  ) STRICT, WITHOUT ROWID;

  -- What happened, for those who were away; event is JSON without any text of a message.
  CREATE TABLE update_log (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    pts INTEGER NOT NULL,
    pts_count INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (user_id, pts)
  ) STRICT, WITHOUT ROWID;

  -- The live codes of an account, for when they have got into the wrong hands.
  CREATE INDEX phone_codes_alive ON phone_codes (phone) WHERE state = 'active';
  -- End of messages.

  -- Login e-mail. reset_at_ms: asked to be taken off, and is by then.
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

  -- An address proven in a login is the account's once that is signed in.
  ALTER TABLE phone_codes ADD COLUMN proven_email TEXT;
  ALTER TABLE pending_logins ADD COLUMN login_email TEXT;

  -- The audit trail. Whom an entry is about may be long gone.
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

  -- Keys that nobody is signed in on any more are thrown away once they have not been used for long. However a login
  -- ends or begins, its row goes or comes.
  ALTER TABLE auth_keys ADD COLUMN used_at_s INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE auth_keys ADD COLUMN signed_out INTEGER NOT NULL DEFAULT 0;
  UPDATE auth_keys SET used_at_s = unixepoch(),
    signed_out = has_signed_in = 1 AND auth_key_id NOT IN (SELECT auth_key_id FROM authorizations);
  CREATE INDEX auth_keys_signed_out ON auth_keys (used_at_s) WHERE signed_out = 1;
  CREATE INDEX authorizations_by_activity ON authorizations (active_at_s);
  CREATE TRIGGER signed_out AFTER DELETE ON authorizations BEGIN
    UPDATE auth_keys SET signed_out = 1 WHERE auth_key_id = old.auth_key_id;
  END;
  CREATE TRIGGER signed_in AFTER INSERT ON authorizations BEGIN
    UPDATE auth_keys SET signed_out = 0 WHERE auth_key_id = new.auth_key_id;
  END;
`
