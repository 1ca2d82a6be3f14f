import type { BoxCursor, ChannelCursor, Cursor, CursorChanges } from './words.ts'

/** The key of the account's counters; those of channels are in as many texts as there are buckets. */
const BOX_KEY = 'updates'
const BUCKETS = 64
const VERSION = 1

type Row = readonly [id: string, pts: number, topId: number, isBehind: 0 | 1]

/** Storage of a cursor: text by key. */
export interface CursorStorage {
  get(key: string): Promise<string | undefined>
  write(changes: ReadonlyMap<string, string | undefined>): Promise<void>
}

/** The cursor that a session has kept, in texts of a few hundred bytes, so that a change writes little. */
export class KeptCursor {
  readonly #storage: CursorStorage
  readonly #channels = new Map<bigint, ChannelCursor>()
  /** There is a text, and it is no cursor that this version knows. */
  isDamaged = false

  constructor(storage: CursorStorage) {
    this.#storage = storage
  }

  /** Reads it; undefined if there is none, or none that this version knows. */
  async read(): Promise<Cursor | undefined> {
    const text = await this.#storage.get(BOX_KEY)
    const box = parseBox(text)
    this.isDamaged = text !== undefined && box === undefined
    if (box === undefined) return undefined
    const keys = Array.from({ length: BUCKETS }, (_, bucket) => bucketKey(bucket))
    const texts = await Promise.all(keys.map((key) => this.#storage.get(key)))
    for (const channels of texts) {
      for (const [id, channel] of parseChannels(channels)) this.#channels.set(id, channel)
    }
    return { box, channels: new Map(this.#channels) }
  }

  /** Writes changes, all or none of them. */
  async write({ box, channels }: CursorChanges): Promise<void> {
    const texts = new Map<string, string | undefined>()
    if (box) texts.set(BOX_KEY, JSON.stringify({ version: VERSION, ...box }))
    const buckets = new Set<number>()
    for (const [id, channel] of channels) {
      buckets.add(bucketOf(id))
      if (channel) this.#channels.set(id, channel)
      else this.#channels.delete(id)
    }
    for (const bucket of buckets) texts.set(bucketKey(bucket), this.#textOf(bucket))
    await this.#storage.write(texts)
  }

  #textOf(bucket: number): string | undefined {
    const rows: Row[] = []
    for (const [id, { pts, topId, isBehind }] of this.#channels) {
      if (bucketOf(id) !== bucket) continue
      rows.push([String(id), pts, topId, isBehind ? 1 : 0])
    }
    return rows.length === 0 ? undefined : JSON.stringify(rows)
  }
}

function bucketOf(id: bigint): number {
  return Number(id % BigInt(BUCKETS))
}

function bucketKey(bucket: number): string {
  return `updates/${bucket}`
}

/** A text that is not ours counts as none: the machine begins anew then. */
function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parseBox(text: string | undefined): BoxCursor | undefined {
  const value = parse(text)
  if (typeof value !== 'object' || value === null) return undefined
  const { version, pts, qts, dateS } = value as Readonly<Record<string, unknown>>
  if (version !== VERSION || !isCount(pts) || !isCount(qts) || !isCount(dateS)) return undefined
  return { pts, qts, dateS }
}

function* parseChannels(text: string | undefined): Iterable<readonly [bigint, ChannelCursor]> {
  const rows = parse(text)
  if (!Array.isArray(rows)) return
  for (const row of rows) {
    if (!Array.isArray(row)) continue
    const [id, pts, topId, isBehind]: readonly unknown[] = row
    if (!isNumberText(id) || !isCount(pts) || !isCount(topId)) continue
    yield [BigInt(id), { pts, topId, isBehind: isBehind === 1 }]
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isNumberText(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value)
}
