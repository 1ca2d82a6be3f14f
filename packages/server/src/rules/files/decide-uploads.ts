import { bool, bytes, int, isNull, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Settings } from '../../ground/settings.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import { chargeServer, countedParts, findNoRoom } from './decide-totals.ts'
import { addSize, removeSize } from './part-rules.ts'
import type { Room } from './part-writes.ts'
import type { NewPart, PartSizes, Upload } from './words.ts'

const COLUMNS = 'name, total_parts, part_bytes, short_bytes, part_count, used_at_s, is_whole, digest'
const find = sql`SELECT ${COLUMNS} FROM uploads WHERE owner_id = :ownerId AND file_id = :fileId`
const begin = sql`
  INSERT INTO uploads (owner_id, file_id, name, used_at_s)
  SELECT id, CAST(:fileId AS BIGINT), CAST(:name AS TEXT), CAST(:nowS AS BIGINT) FROM users WHERE id = :ownerId`
const remember = sql`UPDATE uploads SET digest = :digest WHERE name = :name`
const remove = sql`DELETE FROM uploads WHERE owner_id = :ownerId AND file_id = :fileId`
const findPart = sql`SELECT part, bytes FROM upload_parts WHERE name = :name AND part IN (:part, :left)`
const listParts = sql`SELECT part, bytes FROM upload_parts WHERE name = :name AND part >= 0 ORDER BY part`
const keepPart = sql`
  INSERT INTO upload_parts (name, part, bytes) VALUES (:name, :part, :bytes)
  ON CONFLICT (name, part) DO UPDATE SET bytes = excluded.bytes`
const dropPart = sql`DELETE FROM upload_parts WHERE name = :name AND part = :part`
const countPart = sql`
  UPDATE uploads SET total_parts = :totalParts, part_bytes = :partBytes, short_bytes = :shortBytes, part_count = :partCount,
    byte_count = byte_count + :newBytes, used_at_s = :nowS
  WHERE name = :name`
const countLeft = sql`UPDATE uploads SET byte_count = byte_count + :newBytes WHERE name = :name`
/** Those that are too old count for the server until a sweep, because their bytes are there, but no longer for their account. */
const inFlight = sql`
  SELECT count(*) FILTER (WHERE used_at_s > :oldS) AS uploads,
    coalesce(sum(part_count) FILTER (WHERE used_at_s > :oldS), 0) AS parts,
    coalesce(sum(byte_count) FILTER (WHERE used_at_s > :oldS), 0) AS bytes, coalesce(sum(byte_count), 0) AS bytes_there
  FROM uploads WHERE owner_id = :ownerId AND is_whole = 0`

const findIdle = sql`
  SELECT name FROM uploads
  WHERE owner_id = :ownerId AND is_whole = 0 AND file_id <> :fileId AND used_at_s > :oldS AND used_at_s <= :idleS
  ORDER BY used_at_s, file_id LIMIT 1`

/** Seconds until a client may try again that has too much in flight. */
const WAIT_S = 30
/** An upload without a new part for so long makes room for another one of its account. */
const IDLE_S = 900
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
  return upload !== undefined && upload.usedAtS > oldSOf(on) ? upload : undefined
}

/** What an account has in flight: the columns of {@link inFlight}. */
function* findFlying(on: UploadGround): Decision<Row> {
  return (yield* inFlight.row({ ownerId: on.ownerId, oldS: oldSOf(on) })) ?? {}
}

/** Uploads that were last used then, or before, are too old. */
function oldSOf({ settings, nowS }: UploadGround): number {
  return nowS - settings.files.uploadLifetimeS
}

/**
 * Begins an upload, or finds the one that has begun. One that was put together begins anew, and its blob is remembered until
 * the new one is put together.
 *
 * @param name for a new one
 */
export function* beginUpload(on: UploadGround, fileId: bigint, name: string): Decision<string | Refused> {
  const { ownerId, nowS, settings } = on
  yield* alone('upload', ownerId)
  const known = yield* findUpload(on, fileId)
  if (known?.isWhole === false) return known.name
  const flying = yield* findFlying(on)
  if (int(flying, 'uploads') >= settings.files.maxUploads) return tooMuch()
  yield* remove.send({ ownerId, fileId })
  // The account may have been deleted since the request came.
  if ((yield* begin.run({ ownerId, fileId, name, nowS })) === 0) return refused('AUTH_KEY_UNREGISTERED')
  if (known?.digest !== undefined) yield* remember.send({ name, digest: known.digest })
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
  if (upload?.name !== name || upload.isWhole) return false
  const judged = yield* judgePart(on, upload, given)
  if (isRefused(judged)) return judged
  const { part, bytes: each } = given
  if (each.length > 0) yield* keepPart.send({ name, part, bytes: each.length })
  const { room: _, newOfServer, hasLeft, ...counted } = judged
  if (hasLeft) yield* dropPart.send({ name, part: leftAs(part) })
  yield* countPart.send({ ...counted, name, nowS })
  const full = newOfServer === 0 ? undefined : yield* chargeServer(on.settings, { parts: newOfServer })
  return full ?? true
}

/**
 * Counts bytes of a part that is not kept, and which may lie in the store. They are not deleted: another node may have written the
 * part anew meanwhile. They go with the upload, or another copy of the part takes their place.
 *
 * @returns false if the upload is another one by now: its parts are no longer needed
 */
export function* leaveUploadedPart(
  on: UploadGround,
  name: string,
  { fileId, part, bytes: { length } }: NewPart,
): Decision<boolean> {
  yield* alone('upload', on.ownerId)
  const upload = yield* findUpload(on, fileId)
  if (upload?.name !== name || upload.isWhole) return false
  const { kept, left } = yield* findBytes(name, part)
  if (kept !== undefined || length === 0) return true
  return yield* recounting(on, function* () {
    yield* keepPart.send({ name, part: leftAs(part), bytes: length })
    yield* countLeft.send({ name, newBytes: length - left })
    return true
  })
}

/** The number of the row that counts bytes of a part which is not kept. */
function leftAs(part: number): number {
  return -1 - part
}

/** The bytes that rows count of a part: those that are kept, and those that are left of one that is not. */
function* findBytes(
  name: string,
  part: number,
): Decision<{ readonly kept: number | undefined; readonly left: number }> {
  const rows = yield* findPart.rows({ name, part, left: leftAs(part) })
  const bytes = new Map(rows.map((row) => [int(row, 'part'), int(row, 'bytes')]))
  return { kept: bytes.get(part), left: bytes.get(leftAs(part)) ?? 0 }
}

interface Judged extends PartSizes {
  readonly totalParts: number
  readonly newBytes: number
  /** As the server counts parts. */
  readonly newOfServer: number
  /** Bytes are left of another copy. */
  readonly hasLeft: boolean
  /** Left beside this part. */
  readonly room: Room
}

const NO_PARTS: Upload = {
  name: '',
  totalParts: -1,
  partBytes: 0,
  shortBytes: 0,
  partCount: 0,
  usedAtS: 0,
  isWhole: false,
  digest: undefined,
}
/** An empty part closes a stream: it takes no room. */
const ALL_ROOM: Room = { parts: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

/** Judges a part by those that are there; undefined: it is the first of an upload. */
export function* judgePart(
  on: UploadGround,
  known: Upload | undefined,
  { part, bytes: given, totalParts = -1 }: NewPart,
): Decision<Judged | Refused> {
  const { settings, ownerId } = on
  const { files } = settings
  const upload = known ?? NO_PARTS
  const isKnown = upload.totalParts !== -1 && totalParts !== -1
  if (isKnown && upload.totalParts !== totalParts) return refused('FILE_PARTS_INVALID')
  const total = totalParts === -1 ? upload.totalParts : totalParts
  if (given.length === 0) {
    const nothing = { newBytes: 0, newOfServer: 0, hasLeft: false, room: ALL_ROOM }
    return { ...sizesOf(upload), totalParts: total, ...nothing }
  }
  const { kept, left } = yield* findBytes(upload.name, part)
  const others = kept === undefined ? upload : removeSize(upload, kept)
  const sizes = addSize(others, given.length)
  if (typeof sizes === 'string') return refused(sizes)
  const newBytes = given.length - (kept ?? 0) - left
  const flying = yield* findFlying(on)
  const room = {
    parts: files.maxUploadParts - int(flying, 'parts') - (sizes.partCount - upload.partCount),
    bytes: files.maxUploadMib * MIB - int(flying, 'bytes') - newBytes,
  }
  if (room.parts < 0 || room.bytes < 0) return tooMuch()
  const there = int(flying, 'bytes_there')
  const newOfServer = countedParts(there + newBytes) - countedParts(there)
  const wanted = { account: 0, server: newOfServer }
  // Also within a MiB that counts already: it may have been counted for bytes that were refused.
  const full = newBytes > 0 ? yield* findNoRoom(settings, ownerId, wanted) : undefined
  return full ?? { ...sizes, totalParts: total, newBytes, newOfServer, hasLeft: left > 0, room }
}

/** Does something that changes which bytes of an account are in flight, and counts it for the server. */
function* recounting<T>(on: UploadGround, work: () => Decision<T>): Decision<T> {
  const flying = function* () {
    return countedParts(int(yield* findFlying(on), 'bytes_there'))
  }
  const before = yield* flying()
  const done = yield* work()
  const parts = (yield* flying()) - before
  if (parts !== 0) yield* chargeServer(on.settings, { parts })
  return done
}

function sizesOf({ partCount, partBytes, shortBytes }: PartSizes): PartSizes {
  return { partCount, partBytes, shortBytes }
}

/** The length of each part of an upload, by its number. */
export function* listUploadParts(name: string): Decision<ReadonlyMap<number, number>> {
  return new Map((yield* listParts.rows({ name })).map((row) => [int(row, 'part'), int(row, 'bytes')]))
}

/** A part whose bytes are not those that its row counts. */
export interface LostPart {
  readonly fileId: bigint
  readonly name: string
  readonly part: number
  /** Bytes as the row had them. */
  readonly counted: number
  /** Bytes in the store. */
  readonly there: number
}

/** Forgets a part that the store has lost, or of which it has another copy than the row. */
export function* loseUploadedPart(
  on: UploadGround,
  { fileId, name, part, counted, there }: LostPart,
): Decision<void> {
  yield* alone('upload', on.ownerId)
  const upload = yield* findUpload(on, fileId)
  if (upload?.name !== name) return
  const { totalParts } = upload
  const { kept, left } = yield* findBytes(name, part)
  // Another node may have kept the part anew.
  if (kept !== counted) return
  yield* recounting(on, function* () {
    yield* dropPart.send({ name, part })
    if (there > 0) yield* keepPart.send({ name, part: leftAs(part), bytes: there })
    const newBytes = (there > 0 ? there - left : 0) - counted
    yield* countPart.send({ ...removeSize(upload, counted), totalParts, newBytes, name, nowS: on.nowS })
  })
}

const finish = sql`
  UPDATE uploads SET digest = :digest, is_whole = 1, part_count = 0, byte_count = 0, used_at_s = :nowS
  WHERE owner_id = :ownerId AND name = :name`
const hold = sql`
  UPDATE uploads SET digest = :digest WHERE owner_id = :ownerId AND file_id = :fileId AND digest = :digest`
const restore = sql`
  UPDATE uploads SET is_whole = 1, part_bytes = 0, short_bytes = 0, part_count = 0, byte_count = 0
  WHERE owner_id = :ownerId AND name = :name AND is_whole = 0 AND digest IS NOT NULL`
const removeNamed = sql`DELETE FROM uploads WHERE owner_id = :ownerId AND name = :name AND is_whole = 0`
const dropParts = sql`DELETE FROM upload_parts WHERE name = :name`

/**
 * Removes an upload that was not put together. A blob that its file_id stood for before stays.
 *
 * @returns whether its parts are no longer needed
 */
export function* removeUpload(on: UploadGround, name: string): Decision<boolean> {
  yield* alone('upload', on.ownerId)
  return yield* dropUpload(on, name)
}

function* dropUpload(on: UploadGround, name: string): Decision<boolean> {
  const { ownerId } = on
  return yield* recounting(on, function* () {
    if ((yield* restore.run({ ownerId, name })) > 0) {
      yield* dropParts.send({ name })
      return true
    }
    return (yield* removeNamed.run({ ownerId, name })) > 0
  })
}

/**
 * Removes the upload of an account that has waited longest for a part: clients tell nobody that they have given one up, and it would
 * keep the account from sending files for a day.
 *
 * @param fileId of an upload that stays
 * @returns the name of the upload that is gone; undefined: all others had a part lately
 */
export function* giveUpIdle(on: UploadGround, fileId: bigint): Decision<string | undefined> {
  const { ownerId, nowS } = on
  yield* alone('upload', ownerId)
  const row = yield* findIdle.row({ ownerId, fileId, oldS: oldSOf(on), idleS: nowS - IDLE_S })
  if (row === undefined) return undefined
  const name = text(row, 'name')
  yield* dropUpload(on, name)
  return name
}

/**
 * Notes the blob that an upload was put together to. Its parts are no longer needed.
 *
 * @returns false if there is no such upload, as after a reset
 */
export function* finishUpload(on: UploadGround, name: string, digest: Uint8Array): Decision<boolean> {
  const { ownerId, nowS } = on
  const isThere = yield* recounting(on, function* () {
    return (yield* finish.run({ ownerId, name, digest, nowS })) > 0
  })
  if (!isThere) return false
  yield* dropParts.send({ name })
  return true
}

/** Holds the blob of an upload until the decision is committed. @returns false if the upload has another one, or none */
export function* holdUpload(
  { ownerId }: UploadGround,
  fileId: bigint,
  digest: Uint8Array,
): Decision<boolean> {
  return (yield* hold.run({ ownerId, fileId, digest })) > 0
}

function tooMuch(): Refused {
  return { ...refused('FLOOD_WAIT_X'), x: WAIT_S }
}

function toUpload(row: Row): Upload {
  return {
    name: text(row, 'name'),
    totalParts: int(row, 'total_parts'),
    partBytes: int(row, 'part_bytes'),
    shortBytes: int(row, 'short_bytes'),
    partCount: int(row, 'part_count'),
    usedAtS: int(row, 'used_at_s'),
    isWhole: bool(row, 'is_whole'),
    digest: isNull(row, 'digest') ? undefined : bytes(row, 'digest'),
  }
}
