import { long } from './columns.ts'
import { beginIds, type Decision, nudge, sql } from './decision.ts'

/** The tables that a reset leaves: what clients are configured with, their keys, and what the store itself needs. */
export const KEPT_TABLES = [
  'schema_version',
  'secret_check',
  'server_keys',
  'cdn_keys',
  'apps',
  'auth_keys',
  'nodes',
  'file_store',
] as const

/** The tables that a reset empties. Rows that refer to others come first. */
export const EMPTIED_TABLES = [
  'accepted_terms',
  'audit',
  'blocks',
  'bot_commands',
  'bot_queries',
  'bot_tokens',
  'bots',
  'box_log',
  'chat_members',
  'chats',
  'contacts',
  'dialog_filters',
  'dialogs',
  'forgotten_chats',
  'invite_uses',
  'invites',
  'messages',
  'notify_defaults',
  'privacy',
  'profile_photos',
  'qts_log',
  'reads',
  'reactions',
  'bodies',
  'upload_parts',
  'uploads',
  'cdn_files',
  'media',
  'blobs',
  'file_totals',
  'file_uses',
  'file_sweeps',
  'saved_pins',
  'scheduled',
  'sent_messages',
  'side_log',
  'top_peer_resets',
  'account_settings',
  'usernames',
  'votes',
  'polls',
  'boxes',
  'deliveries',
  'email_codes',
  'exported_authorizations',
  'failures',
  'faults',
  'future_tokens',
  'granted_requests',
  'inbox',
  'known_logins',
  'login_emails',
  'login_token_exceptions',
  'login_tokens',
  'network_rules',
  'passkey_challenges',
  'passkeys',
  'password_codes',
  'password_questions',
  'passwords',
  'pending_logins',
  'phone_codes',
  'phone_rules',
  'sends',
  'test_clock',
  'web_tokens',
  'authorizations',
  'users',
] as const

/** Ids of accounts have seven digits and more. */
const FIRST_USER_ID = 1_000_001

const empty = EMPTIED_TABLES.map((table) => sql`DELETE FROM ${table}`)
const signOut = sql`
  UPDATE auth_keys SET revoked = NULL, has_signed_in = 0, signed_out = 0, used_at_s = :nowS RETURNING auth_key_id`

/** Deletes everything but the keys, which are signed out, and the apps: as if the store were new. Ids begin anew. */
export function* resetStore(nowS: number): Decision<void> {
  yield* nudge({ kind: 'reset' })
  for (const statement of empty) yield* statement.send()
  for (const row of yield* signOut.rows({ nowS })) {
    yield* nudge({ kind: 'key', authKeyId: String(long(row, 'auth_key_id')) })
  }
  yield* beginIds('users', 'id', FIRST_USER_ID)
  yield* beginIds('audit', 'id', 1)
  yield* beginIds('bodies', 'body_id', 1)
  yield* beginIds('chats', 'chat_id', 1)
  yield* beginIds('deliveries', 'seq', 1)
  yield* beginIds('failures', 'id', 1)
  yield* beginIds('inbox', 'seq', 1)
}
