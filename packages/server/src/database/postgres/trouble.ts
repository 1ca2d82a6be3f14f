/** Finds out whether PostgreSQL can do its work, and tells when that changes. */
import { StoreError } from '../errors.ts'
import type { Answer, Query } from './connection.ts'
import { toStoreError } from './errors.ts'

/** Trouble of a store. */
export interface TroubleWatch {
  /** The reason why the store cannot do its work; undefined if it can. While writes fail, this tries one. */
  find(): Promise<StoreError | undefined>
  /** Called when no connection can be had, and, with undefined, when one can. */
  reached(trouble: StoreError | undefined): void
  /** To be told of a decision that failed. */
  failed(error: StoreError): void
  close(): void
}

/** Surroundings of the watch. */
export interface TroubleParts {
  readonly ask: (query: Query) => Promise<Answer>
  readonly onTrouble: ((trouble: StoreError | undefined) => void) | undefined
}

/** Time between two tries of a database that takes no writes. */
const RETRY_MS = 10_000

const IS_READ_ONLY: Query = {
  text: `SELECT CASE WHEN pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' THEN 1 ELSE 0 END AS yes`,
}
/** Needs 64 KB of the disk, and leaves nothing: a full disk still takes a small row now and then. */
const TRY_ROOM: Query = {
  text: `WITH room AS (
      INSERT INTO secret_check (sealed_text)
      SELECT convert_to(string_agg(md5(CAST(i AS TEXT)), ''), 'UTF8') FROM generate_series(1, 2048) AS i RETURNING 1 AS one
    ) SELECT 1 / (count(*) - 1) AS undone FROM room`,
}
const DIVISION_BY_ZERO = '22012'

/** Makes a watch. */
export function watchTrouble({ ask, onTrouble }: TroubleParts): TroubleWatch {
  let trouble: StoreError | undefined
  let timer: NodeJS.Timeout | undefined

  function set(now: StoreError | undefined): void {
    const isNews = now?.code !== trouble?.code
    trouble = now
    clearTimeout(timer)
    if (isWriteTrouble(now)) timer = setTimeout(() => void find(), RETRY_MS).unref()
    if (isNews) onTrouble?.(now)
  }

  async function find(): Promise<StoreError | undefined> {
    try {
      const { rows } = await ask(IS_READ_ONLY)
      if (rows[0]?.['yes'] === 1n) throw new StoreError('STORE_READ_ONLY', 'PostgreSQL takes no writes')
      if (isWriteTrouble(trouble)) await tryWriting()
      set(undefined)
      return undefined
    } catch (error) {
      const found = toStoreError(error)
      set(found)
      return found
    }
  }

  async function tryWriting(): Promise<void> {
    try {
      await ask(TRY_ROOM)
    } catch (error) {
      if (!isDivisionByZero(error)) throw error
    }
  }

  return {
    find,
    reached: set,
    failed(error) {
      if (isWriteTrouble(error)) set(error)
    },
    close: () => clearTimeout(timer),
  }
}

function isWriteTrouble(error: StoreError | undefined): boolean {
  return error?.code === 'STORE_FULL' || error?.code === 'STORE_READ_ONLY'
}

function isDivisionByZero(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === DIVISION_BY_ZERO
}
