import { bytes, int, long, type Row } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import type { PeerId } from '../messages/words.ts'
import type { Draft, NewDraft } from './words.ts'

const keep = sql`
  INSERT INTO dialogs (box_id, peer_id, sealed_draft, draft_at_s) VALUES (:boxId, :peerId, :sealed, :atS)
  ON CONFLICT (box_id, peer_id) DO UPDATE
  SET sealed_draft = excluded.sealed_draft, draft_at_s = excluded.draft_at_s`
const drop = sql`
  UPDATE dialogs SET sealed_draft = NULL, draft_at_s = 0
  WHERE box_id = :boxId AND peer_id = :peerId AND sealed_draft IS NOT NULL`
const dropAll = sql`
  UPDATE dialogs SET sealed_draft = NULL, draft_at_s = 0 WHERE box_id = :boxId AND draft_at_s > 0
  RETURNING peer_id`
const find = sql`
  SELECT peer_id, sealed_draft, draft_at_s FROM dialogs
  WHERE box_id = :boxId AND peer_id = :peerId AND sealed_draft IS NOT NULL`
const listAll = sql`
  SELECT peer_id, sealed_draft, draft_at_s FROM dialogs WHERE box_id = :boxId AND draft_at_s > 0
  ORDER BY draft_at_s DESC, peer_id LIMIT :limit`

const listListed = sql`
  SELECT peer_id, sealed_draft, draft_at_s FROM dialogs
  WHERE box_id = :boxId AND draft_at_s > 0 AND peer_id IN ${LISTED_IDS}`

/** More drafts than anybody writes. */
const MAX_DRAFTS = 1000

/** The owner of a list of chats, with the key that changes it. */
export interface Owner {
  readonly userId: bigint
  readonly authKeyId: bigint
}

/** Keeps a draft, and tells the owner's other sessions. */
export function* keepDraft(
  secret: Secret,
  { userId, authKeyId }: Owner,
  { peerId, dateS, ...draft }: Draft,
): Decision<void> {
  yield* alone('box', userId)
  const sealed = secret.seal(Buffer.from(JSON.stringify(draft, toText)), sealedAs(userId, peerId))
  yield* keep.send({ boxId: userId, peerId, sealed, atS: dateS })
  yield* addSideEvent(userId, { kind: 'draft', subject: peerId, atS: dateS }, authKeyId)
}

/** Takes a draft away, if there is one, and tells the owner's other sessions. */
export function* dropDraft({ userId, authKeyId }: Owner, peerId: PeerId, atS: number): Decision<void> {
  yield* alone('box', userId)
  if ((yield* drop.run({ boxId: userId, peerId })) === 0) return
  yield* addSideEvent(userId, { kind: 'draft', subject: peerId, atS }, authKeyId)
}

/** Takes all drafts away, and tells the owner's other sessions of each. */
export function* dropAllDrafts({ userId, authKeyId }: Owner, atS: number): Decision<void> {
  yield* alone('box', userId)
  for (const row of yield* dropAll.rows({ boxId: userId })) {
    yield* addSideEvent(userId, { kind: 'draft', subject: long(row, 'peer_id'), atS }, authKeyId)
  }
}

/** The draft of a chat; undefined if there is none. */
export function* findDraft(secret: Secret, userId: bigint, peerId: PeerId): Decision<Draft | undefined> {
  const row = yield* find.row({ boxId: userId, peerId })
  return row && toDraft(secret, userId, row)
}

/** The drafts of some chats. */
export function* findDrafts(
  secret: Secret,
  userId: bigint,
  peerIds: readonly PeerId[],
): Decision<ReadonlyMap<PeerId, Draft>> {
  if (peerIds.length === 0) return new Map()
  const rows = yield* listListed.rows({ boxId: userId, ids: idList(peerIds) })
  return new Map(rows.map((row) => [long(row, 'peer_id'), toDraft(secret, userId, row)]))
}

/** All drafts of an account, the newest first. */
export function* listDrafts(secret: Secret, userId: bigint): Decision<Draft[]> {
  const rows = yield* listAll.rows({ boxId: userId, limit: MAX_DRAFTS })
  return rows.map((row) => toDraft(secret, userId, row))
}

/** A draft in the columns of a chat. */
function toDraft(secret: Secret, userId: bigint, row: Row): Draft {
  const peerId = long(row, 'peer_id')
  const plain = unseal(secret, bytes(row, 'sealed_draft'), sealedAs(userId, peerId))
  const draft: NewDraft = JSON.parse(Buffer.from(plain).toString(), toValue)
  return { ...draft, peerId, dateS: int(row, 'draft_at_s') }
}

function sealedAs(userId: bigint, peerId: PeerId): string {
  return `draft of ${userId} to ${peerId}`
}

/** JSON has no 64-bit integers: they are decimal strings, in fields whose names end in Id. */
function toText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function toValue(key: string, value: unknown): unknown {
  return key.endsWith('Id') && typeof value === 'string' ? BigInt(value) : value
}
