import { bool, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import type { Owner } from './decide-drafts.ts'
import type { NotifyException, NotifyKind, NotifyScope, NotifySettings } from './words.ts'

const findOfPeer = sql`
  SELECT mute_until_s, is_silent, shows_previews FROM dialogs WHERE box_id = :userId AND peer_id = :peerId`
const findOfKind = sql`
  SELECT mute_until_s, is_silent, shows_previews FROM notify_defaults WHERE user_id = :userId AND kind = :kind`
const setOfPeer = sql`
  INSERT INTO dialogs (box_id, peer_id, mute_until_s, is_silent, shows_previews)
  VALUES (:userId, :peerId, :muteUntilS, :isSilent, :showsPreviews)
  ON CONFLICT (box_id, peer_id) DO UPDATE SET mute_until_s = excluded.mute_until_s, is_silent = excluded.is_silent,
    shows_previews = excluded.shows_previews`
const setOfKind = sql`
  INSERT INTO notify_defaults (user_id, kind, mute_until_s, is_silent, shows_previews)
  VALUES (:userId, :kind, :muteUntilS, :isSilent, :showsPreviews)
  ON CONFLICT (user_id, kind) DO UPDATE SET mute_until_s = excluded.mute_until_s, is_silent = excluded.is_silent,
    shows_previews = excluded.shows_previews`
const HAS_OWN = '(mute_until_s IS NOT NULL OR is_silent IS NOT NULL OR shows_previews IS NOT NULL)'
const resetPeers = sql`
  UPDATE dialogs SET mute_until_s = NULL, is_silent = NULL, shows_previews = NULL
  WHERE box_id = :userId AND ${HAS_OWN} RETURNING peer_id`
const resetKinds = sql`DELETE FROM notify_defaults WHERE user_id = :userId RETURNING kind`
const listOwn = sql`
  SELECT peer_id, mute_until_s, is_silent, shows_previews FROM dialogs
  WHERE box_id = :userId AND ${HAS_OWN} ORDER BY peer_id LIMIT :limit`

/** More chats than anybody has settings for. */
const MAX_EXCEPTIONS = 1000

const NOTHING_SET: NotifySettings = { muteUntilS: undefined, isSilent: undefined, showsPreviews: undefined }

/** The subject of a change of a kind's settings. */
const SUBJECTS: Readonly<Record<NotifyKind, bigint>> = { users: 1n, groups: 2n, channels: 3n }

/** The kind of chats that a change without a pts is about. */
export function notifyKindOf(subject: bigint): NotifyKind | undefined {
  return KINDS.find((kind) => SUBJECTS[kind] === subject)
}

const KINDS = ['users', 'groups', 'channels'] as const

/** The settings that were made for a chat or a kind. */
export function* findNotifySettings(userId: bigint, scope: NotifyScope): Decision<NotifySettings> {
  const row =
    scope.kind === 'peer'
      ? yield* findOfPeer.row({ userId, peerId: scope.peerId })
      : yield* findOfKind.row({ userId, kind: scope.kind })
  return row === undefined ? NOTHING_SET : toSettings(row)
}

/** Makes settings for a chat or a kind, in place of those that were made before, and tells the owner's other sessions. */
export function* keepNotifySettings(
  { userId, authKeyId }: Owner,
  scope: NotifyScope,
  settings: NotifySettings,
  atS: number,
): Decision<void> {
  yield* alone('box', userId)
  const columns = {
    userId,
    muteUntilS: settings.muteUntilS ?? null,
    isSilent: settings.isSilent === undefined ? null : Number(settings.isSilent),
    showsPreviews: settings.showsPreviews === undefined ? null : Number(settings.showsPreviews),
  }
  if (scope.kind === 'peer') {
    yield* setOfPeer.send({ ...columns, peerId: scope.peerId })
    yield* addSideEvent(userId, { kind: 'notifySettings', subject: scope.peerId, atS }, authKeyId)
  } else {
    yield* setOfKind.send({ ...columns, kind: scope.kind })
    yield* addSideEvent(userId, { kind: 'notifyKind', subject: SUBJECTS[scope.kind], atS }, authKeyId)
  }
}

/** Forgets all settings, and tells the owner's other sessions of each. */
export function* resetNotify({ userId, authKeyId }: Owner, atS: number): Decision<void> {
  yield* alone('box', userId)
  for (const row of yield* resetPeers.rows({ userId })) {
    yield* addSideEvent(userId, { kind: 'notifySettings', subject: long(row, 'peer_id'), atS }, authKeyId)
  }
  for (const row of yield* resetKinds.rows({ userId })) {
    const kind = KINDS.find((each) => each === text(row, 'kind')) ?? 'users'
    yield* addSideEvent(userId, { kind: 'notifyKind', subject: SUBJECTS[kind], atS }, authKeyId)
  }
}

/** The chats that have settings of their own. */
export function* listNotifyExceptions(userId: bigint): Decision<NotifyException[]> {
  const rows = yield* listOwn.rows({ userId, limit: MAX_EXCEPTIONS })
  return rows.map((row) => ({ ...toSettings(row), peerId: long(row, 'peer_id') }))
}

function toSettings(row: Row): NotifySettings {
  const flag = (column: string) => (isNull(row, column) ? undefined : bool(row, column))
  return {
    muteUntilS: isNull(row, 'mute_until_s') ? undefined : int(row, 'mute_until_s'),
    isSilent: flag('is_silent'),
    showsPreviews: flag('shows_previews'),
  }
}
