import type { Row } from './decision.ts'
import { StoreError } from './errors.ts'

export type { Row }

/** A 64-bit integer. */
export function long(row: Row, column: string): bigint {
  const value = row[column]
  if (typeof value === 'bigint') return value
  throw unexpected(column)
}

/** An integer that a number holds exactly. */
export function int(row: Row, column: string): number {
  return Number(long(row, column))
}

/** A boolean, kept as 0 or 1. */
export function bool(row: Row, column: string): boolean {
  return long(row, column) !== 0n
}

/** A text. */
export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw unexpected(column)
}

/** Bytes. */
export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column]
  if (value instanceof Uint8Array) return value
  throw unexpected(column)
}

/** True if a column is NULL. */
export function isNull(row: Row, column: string): boolean {
  return row[column] === null
}

function unexpected(column: string): StoreError {
  return new StoreError('STORE_FAILED', `column ${column} does not hold what it should`)
}
