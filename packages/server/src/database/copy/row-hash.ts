import { createHash } from 'node:crypto'
import type { Row, Value } from '../decision.ts'

const MODULUS = 2n ** 128n

/** The number of the rows of a table, and a hash of all of them that does not depend on their order. */
export interface TableHash {
  readonly rows: number
  readonly hash: string
}

/** Adds up the hashes of decoded rows. */
export class RowHash {
  readonly #columns: readonly string[]
  #rows = 0
  #sum = 0n

  constructor(columns: readonly string[]) {
    this.#columns = columns
  }

  add(row: Row): void {
    const hash = createHash('sha256')
    for (const column of this.#columns) hash.update(encoded(row[column]))
    this.#sum = (this.#sum + BigInt(`0x${hash.digest('hex').slice(0, 32)}`)) % MODULUS
    this.#rows += 1
  }

  result(): TableHash {
    return { rows: this.#rows, hash: this.#sum.toString(16) }
  }
}

/** A value with its type and length, so that no two rows are written the same way. */
function encoded(value: Value | undefined): Uint8Array | string {
  if (value === null || value === undefined) return 'n'
  if (value instanceof Uint8Array) return Buffer.concat([Buffer.from(`b${value.length}:`), value])
  const text = String(value)
  return `${typeof value === 'string' ? 't' : 'i'}${Buffer.byteLength(text)}:${text}`
}
