/** Migration 11: photos of people and groups; uploads that were put together; what files cost; who sweeps them. */
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

-- short_bytes: the part that is shorter than the others; 0: none. is_whole: the parts were put together, and nothing is in
-- flight. digest: of the blob that the file was put together to last; it stays while parts of another one arrive.
ALTER TABLE uploads ADD COLUMN short_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE uploads ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 0;
UPDATE uploads SET is_whole = 1 WHERE digest IS NOT NULL;
UPDATE uploads SET short_bytes = coalesce((
  SELECT min(p.bytes) FROM upload_parts p WHERE p.name = uploads.name AND p.bytes < uploads.part_bytes), 0);
DROP INDEX uploads_in_flight;
CREATE INDEX uploads_in_flight ON uploads (owner_id, part_count, byte_count) WHERE is_whole = 0;

-- Photos and documents of an account that have a blob. The account pays for the blob once (file_totals).
CREATE TABLE file_uses (
  owner_id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  uses INTEGER NOT NULL,
  PRIMARY KEY (owner_id, digest)
) STRICT, WITHOUT ROWID;
INSERT INTO file_uses (owner_id, digest, uses)
  SELECT used.owner_id, used.digest, count(*) FROM (
    SELECT owner_id, digest FROM media
    UNION ALL SELECT owner_id, thumb_digest FROM media WHERE thumb_digest IS NOT NULL) AS used
  GROUP BY used.owner_id, used.digest;
UPDATE file_totals SET bytes = coalesce((
  SELECT sum(b.size) FROM file_uses u JOIN blobs b ON b.digest = u.digest WHERE u.owner_id = file_totals.owner_id), 0)
WHERE owner_id <> 0;

-- Documents of some bytes: those of an account, and those of everybody.
CREATE INDEX media_of_owner ON media (owner_id, digest, kind);
DROP INDEX media_of_blob;
CREATE INDEX media_of_blob ON media (digest, kind);

-- The number of the folder or bucket that has the files: a node that sees another one is not let in.
CREATE TABLE file_store (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL
) STRICT;

-- The turn to sweep files: nobody else's until then.
CREATE TABLE file_sweeps (
  id INTEGER PRIMARY KEY,
  sweeper TEXT NOT NULL,
  until_s INTEGER NOT NULL
) STRICT;

-- Files that the console has said something of, and those that the CDN has. is_chosen NULL: the console has said nothing.
CREATE TABLE cdn_files (
  media_id INTEGER PRIMARY KEY REFERENCES media ON DELETE CASCADE,
  is_chosen INTEGER,
  is_there INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The RSA key of the CDN.
CREATE TABLE cdn_keys (
  id INTEGER PRIMARY KEY,
  sealed_pem BLOB NOT NULL,
  created_at_s INTEGER NOT NULL
) STRICT;
`
