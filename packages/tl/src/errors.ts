/**
 * The root of every error this project throws on purpose. The class says who is at fault, `code` is a
 * literal to switch on (an `RpcError`'s is the server's number); nothing matches on `message`.
 */
export abstract class MtprotoError extends Error {
  abstract readonly code: string | number

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** Our own caller is wrong: a bug in the program that uses us, never the peer's doing. */
export class UsageError extends MtprotoError {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** TL text (or its JSON form) is wrong at `file:line:column`, both counted from 1. */
export class SchemaError extends MtprotoError {
  readonly code = 'SCHEMA_INVALID'
  readonly file: string
  readonly line: number
  readonly column: number

  constructor(message: string, at: { file: string; line: number; column: number }) {
    super(`${at.file}:${at.line}:${at.column}: ${message}`)
    this.file = at.file
    this.line = at.line
    this.column = at.column
  }
}

/** Where and in what a {@link DecodeError} happened. */
export interface DecodeErrorPlace {
  /** Byte offset in the buffer that was being read. */
  readonly offset: number
  /** The constructor id met or being read, where one was known. */
  readonly constructorId?: number | undefined
}

/** The bytes are not the TL they were promised to be. The only error a reader gives on hostile bytes. */
export class DecodeError extends MtprotoError {
  readonly code = 'DECODE_FAILED'
  readonly offset: number
  readonly constructorId: number | undefined

  constructor(message: string, place: DecodeErrorPlace) {
    const id = place.constructorId === undefined ? '' : `, constructor ${hexId(place.constructorId)}`
    super(`${message} (offset ${place.offset}${id})`)
    this.offset = place.offset
    this.constructorId = place.constructorId
  }
}

function hexId(id: number): string {
  return `#${(id >>> 0).toString(16).padStart(8, '0')}`
}
