/**
 * Base class of every error that this project throws on purpose. The class tells whose fault it is; `code` is a
 * literal to switch on (for an `RpcError`, the server's number). Do not match on `message`.
 */
export abstract class MtprotoError extends Error {
  abstract readonly code: string | number

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    // Minifiers take the names of classes away: those that pages see say theirs.
    this.name = new.target.name
  }
}

/** A mistake in the program that calls this library; never caused by the peer. */
export class UsageError extends MtprotoError {
  override readonly name: string = 'UsageError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** TL text (or its JSON form) is wrong at `file:line:column`, both counted from 1. */
export class SchemaError extends MtprotoError {
  override readonly name: string = 'SchemaError'
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

/** Position of a {@link DecodeError}. */
export interface DecodeErrorPlace {
  /** Byte offset in the buffer. */
  readonly offset: number
  /** Constructor id that was found or being read, if known. */
  readonly constructorId?: number | undefined
}

/** The bytes are not valid TL of the expected type. Readers throw only this error on hostile bytes. */
export class DecodeError extends MtprotoError {
  override readonly name: string = 'DecodeError'
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
