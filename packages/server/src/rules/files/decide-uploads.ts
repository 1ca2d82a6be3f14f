import { bytes, int, isNull, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Settings } from '../../ground/settings.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import { checkPartSize } from './part-rules.ts'
import type { NewPart, Upload } from './words.ts'

const COLUMNS = 'name, total_parts, part_bytes, part_count, used_at_s, digest'
const find = sql`SELECT ${COLUMNS} FROM uploads WHERE owner_id = :ownerId AND file_id = :fileId`
const begin = sql`
  INSERT INTO uploads (owner_id, file_id, name, used_at_s) VALUES (:ownerId, :fileId, :name, :nowS)`
const remove = sql`DELETE FROM uploads WHERE owner_id = :ownerId AND file_id = :fileId`
const findPart = sql`SELECT bytes FROM upload_parts WHERE name = :name AND part = :part`
const listParts = sql`SELECT part, bytes FROM upload_parts WHERE name = :name ORDER BY part`
const listSizes = sql`SELECT bytes, count(*) AS n FROM upload_parts WHERE name = :name AND part <> :part GROUP BY bytes`
const keepPart = sql`
  INSERT INTO upload_parts (name, part, bytes) VALUES (:name, :part, :bytes)
  ON CONFLICT (name, part) DO UPDATE SET bytes = excluded.bytes`
const dropPart = sql`DELETE FROM upload_parts WHERE name = :name AND part = :part`
const countPart = sql`
  UPDATE uploads SET total_parts = :totalParts, part_bytes = :partBytes, part_count = part_count + :newParts,
    byte_count = byte_count + :newBytes, used_at_s = :nowS
  WHERE name = :name`
const inFlight = sql`
  SELECT count(*) AS uploads, coalesce(sum(part_count), 0) AS parts, coalesce(sum(byte_count), 0) AS bytes
  FROM uploads WHERE owner_id = :ownerId AND digest IS NULL`

/** Seconds until a client may try again that has too much in flight. */
const WAIT_S = 30
const MIB = 1024 * 1024

/** The parts that decisions about uploads are made with. */
export interface UploadGround {
  readonly settings: Settings
  readonly ownerId: bigint
  readonly nowS: number
}

/** An upload of an account that is not too old. */
export function* findUpload(on: UploadGround, fileId: bigint): Decision<Upload | undefined> {
  const row = yield* find.row({ ownerId: on.ownerId, fileId })
  const upload = row && toUpload(row)
  return upload !== undefined && upload.usedAtS > on.nowS - on.settings.files.uploadLifetimeS
    ? upload
    : undefined
}

/** Begins an upload, or finds the one that has begun. One that was put together begins anew. @param name for a new one */
export function* beginUpload(on: UploadGround, fileId: bigint, name: string): Decision<string | Refused> {
  const { ownerId, nowS, settings } = on
  yield* alone('upload', ownerId)
  const known = yield* findUpload(on, fileId)
  if (known !== undefined && known.digest === undefined) return known.name
  const flying = (yield* inFlight.row({ ownerId })) ?? {}
  if (int(flying, 'uploads') >= settings.files.maxUploads) return tooMuch()
  yield* remove.send({ ownerId, fileId })
  yield* begin.send({ ownerId, fileId, name, nowS })
  return name
}

/**
 * Counts a part whose bytes are in the store.
 *
 * @returns false if the upload is another one by now
 */
export function* keepUploadedPart(
  on: UploadGround,
  name: string,
  given: NewPart,
): Decision<boolean | Refused> {
  const { ownerId, nowS } = on
  yield* alone('upload', ownerId)
  const upload = yield* findUpload(on, given.fileId)
  if (upload?.name !== name || upload.digest !== undefined) return false
  const judged = yield* judgePart(on, upload, given)
  if (isRefused(judged)) return judged
  const { part, bytes: each } = given
  if (each.length > 0) yield* keepPart.send({ name, part, bytes: each.length })
  yield* countPart.send({ ...judged, name, nowS })
  return true
}

interface Judged {
  readonly totalParts: number
  readonly partBytes: number
  readonly newParts: number
  readonly newBytes: number
}

/** Judges a part by those that are there. */
export function* judgePart(
  { settings, ownerId }: UploadGround,
  upload: Upload,
  { part, bytes: given, totalParts = -1 }: NewPart,
): Decision<Judged | Refused> {
  const { files } = settings
  const isKnown = upload.totalParts !== -1 && totalParts !== -1
  if (isKnown && upload.totalParts !== totalParts) return refused('FILE_PARTS_INVALID')
  const total = totalParts === -1 ? upload.totalParts : totalParts
  if (given.length === 0) return { totalParts: total, partBytes: upload.partBytes, newParts: 0, newBytes: 0 }
  const known = yield* findPart.row({ name: upload.name, part })
  const others = (yield* listSizes.rows({ name: upload.name, part })).map((row) => ({
    bytes: int(row, 'bytes'),
    count: int(row, 'n'),
  }))
  const trouble = checkPartSize(given.length, others)
  if (trouble !== undefined) return refused(trouble)
  const newBytes = given.length - (known === undefined ? 0 : int(known, 'bytes'))
  const newParts = known === undefined ? 1 : 0
  const flying = (yield* inFlight.row({ ownerId })) ?? {}
  const isTooMuch =
    int(flying, 'parts') + newParts > files.maxUploadParts ||
    int(flying, 'bytes') + newBytes > files.maxUploadMib * MIB
  if (isTooMuch) return tooMuch()
  const partBytes = Math.max(given.length, ...others.map((other) => other.bytes))
  return { totalParts: total, partBytes, newParts, newBytes }
}

/** The length of each part of an upload, by its number. */
export function* listUploadParts(name: string): Decision<ReadonlyMap<number, number>> {
  return new Map((yield* listParts.rows({ name })).map((row) => [int(row, 'part'), int(row, 'bytes')]))
}

/** Forgets a part that the store has lost. */
export function* loseUploadedPart(on: UploadGround, name: string, part: number): Decision<void> {
  yield* alone('upload', on.ownerId)
  const row = yield* findPart.row({ name, part })
  if (row === undefined) return
  const upload = yield* findTotals.row({ name })
  if (upload === undefined) return
  yield* dropPart.send({ name, part })
  const [totalParts, partBytes] = [int(upload, 'total_parts'), int(upload, 'part_bytes')]
  yield* countPart.send({
    totalParts,
    partBytes,
    newParts: -1,
    newBytes: -int(row, 'bytes'),
    name,
    nowS: on.nowS,
  })
}

const findTotals = sql`SELECT total_parts, part_bytes FROM uploads WHERE name = :name`
const finish = sql`
  UPDATE uploads SET digest = :digest, part_count = 0, byte_count = 0, used_at_s = :nowS WHERE name = :name`
const removeNamed = sql`
  DELETE FROM uploads WHERE name = :name AND owner_id = :ownerId AND digest IS NULL RETURNING name`
const dropParts = sql`DELETE FROM upload_parts WHERE name = :name`

/** Removes an upload that was not put together. @returns whether it was there */
export function* removeUpload({ ownerId }: UploadGround, name: string): Decision<boolean> {
  yield* alone('upload', ownerId)
  return (yield* removeNamed.row({ ownerId, name })) !== undefined
}

/** Notes the blob that an upload was put together to. Its parts are no longer needed. */
export function* finishUpload(name: string, digest: Uint8Array, nowS: number): Decision<void> {
  yield* finish.send({ name, digest, nowS })
  yield* dropParts.send({ name })
}

function tooMuch(): Refused {
  return { ...refused('FLOOD_WAIT_X'), x: WAIT_S }
}

function toUpload(row: Row): Upload {
  return {
    name: text(row, 'name'),
    totalParts: int(row, 'total_parts'),
    partBytes: int(row, 'part_bytes'),
    partCount: int(row, 'part_count'),
    usedAtS: int(row, 'used_at_s'),
    digest: isNull(row, 'digest') ? undefined : bytes(row, 'digest'),
  }
}
