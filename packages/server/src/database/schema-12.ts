/** Migration 12: groups that have ended show no photo. */
export const SCHEMA_12 = `
-- Groups that ended before their photo went with them: the sweep may delete it, and its owner pays for it no longer.
UPDATE chats SET photo_id = 0, photo_dc_id = 0 WHERE is_deactivated = 1 AND photo_id <> 0;
`
