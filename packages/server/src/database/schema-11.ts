/** Migration 11: photos of people and groups. */
export const SCHEMA_11 = `
-- Photos that an account shows: the one of the highest place, and to those who may not see it the fallback of the highest.
CREATE TABLE profile_photos (
  user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  photo_id INTEGER NOT NULL,
  dc_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  is_fallback INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, photo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_photos_by_place ON profile_photos (user_id, is_fallback, place);
CREATE INDEX profile_photos_of_media ON profile_photos (photo_id);

-- The photos shown now, as profile_photos has them; 0: none.
ALTER TABLE users ADD COLUMN photo_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN photo_dc_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN fallback_photo_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN fallback_dc_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN photo_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN photo_dc_id INTEGER NOT NULL DEFAULT 0;
CREATE INDEX chats_with_photo ON chats (photo_id) WHERE photo_id <> 0;
`
