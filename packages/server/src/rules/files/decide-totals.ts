import { int, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Settings } from '../../ground/settings.ts'
import { type Refused, refused } from '../refusal.ts'

const add = sql`
  INSERT INTO file_totals (owner_id, bytes) VALUES (:ownerId, :bytes)
  ON CONFLICT (owner_id) DO UPDATE SET bytes = file_totals.bytes + excluded.bytes RETURNING bytes`
const set = sql`UPDATE file_totals SET bytes = :bytes WHERE owner_id = :ownerId`
const find = sql`SELECT owner_id, bytes FROM file_totals WHERE owner_id IN (-1, 0, :ownerId)`
const countParts = sql`
  SELECT CAST(coalesce(sum(mib), 0) AS BIGINT) AS mib FROM (
    SELECT (CAST(sum(byte_count) AS BIGINT) + 1048575) / 1048576 AS mib FROM uploads WHERE is_whole = 0
    GROUP BY owner_id) AS accounts`

/** The owner of all blobs together. */
const EVERYBODY = 0n
/** The owner of all parts in flight together: those of each account in whole MiB, so that few parts change the row. */
const PARTS = -1n
const MIB = 1024 * 1024

/** Bytes that are to be kept: those that the account pays for, and those that the server does not count yet. */
export interface Wanted {
  readonly account: number
  readonly server: number
}

/**
 * The refusal of bytes for which an account, or the server, has no room. It comes before they are written, so that nobody fills the
 * disk in vain; the decision that writes the rows counts again ({@link charge}, {@link chargeServer}).
 */
export function* findNoRoom(
  { files }: Settings,
  ownerId: bigint,
  { account, server }: Wanted,
): Decision<Refused | undefined> {
  const rows = yield* find.rows({ ownerId })
  const kept = new Map(rows.map((row) => [long(row, 'owner_id'), int(row, 'bytes')]))
  const of = (subject: bigint): number => kept.get(subject) ?? 0
  const hasRoom =
    of(ownerId) + account <= files.accountMib * MIB &&
    of(EVERYBODY) + of(PARTS) + server <= files.serverMib * MIB
  return hasRoom ? undefined : refused('FILES_TOO_MUCH')
}

/** Counts bytes of an account, and refuses those beyond its room. Others who count wait until this decision is committed. */
export function* charge(ownerId: bigint, bytes: number, maxMib: number): Decision<Refused | undefined> {
  const row = (yield* add.row({ ownerId, bytes })) ?? {}
  return int(row, 'bytes') > maxMib * MIB ? refused('FILES_TOO_MUCH') : undefined
}

/** Counts bytes that an account no longer keeps. */
export function* uncharge(ownerId: bigint, bytes: number): Decision<void> {
  yield* add.send({ ownerId, bytes: -bytes })
}

/** Counts blobs that the server no longer keeps. */
export function* unchargeServer(bytes: number): Decision<void> {
  yield* uncharge(EVERYBODY, bytes)
}

/** Counts bytes of blobs and of parts, and refuses those beyond the room of the server. Others who count wait, too. */
export function* chargeServer(
  { files }: Settings,
  { blobs = 0, parts = 0 }: { readonly blobs?: number; readonly parts?: number },
): Decision<Refused | undefined> {
  const flying = (yield* add.row({ ownerId: PARTS, bytes: parts })) ?? {}
  const kept = (yield* add.row({ ownerId: EVERYBODY, bytes: blobs })) ?? {}
  const isFull = int(flying, 'bytes') + int(kept, 'bytes') > files.serverMib * MIB
  return isFull ? refused('FILES_TOO_MUCH') : undefined
}

/** The bytes that an account with so many in flight has in the total of all parts. */
export function countedParts(bytes: number): number {
  return Math.ceil(bytes / MIB) * MIB
}

/** Counts the parts in flight of all accounts anew: uploads have gone with their account, or because they were old. */
export function* recountParts(): Decision<void> {
  // Others who count wait until this decision is committed.
  yield* add.row({ ownerId: PARTS, bytes: 0 })
  const row = (yield* countParts.row()) ?? {}
  yield* set.send({ ownerId: PARTS, bytes: int(row, 'mib') * MIB })
}
