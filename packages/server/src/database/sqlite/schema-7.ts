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
`
