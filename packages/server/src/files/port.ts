/**
 * Files as the rules see them: bytes under names that the store makes, each used once. Rows say what they are; a row is
 * written after the bytes it names. Failures are `StoreError`s.
 */

/** Bytes that come in pieces of any length. */
export type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** A file that is kept. */
export interface KeptFile {
  /** 32 hex digits, never given twice. */
  readonly name: string
  readonly size: number
  /** SHA-256 of the bytes. */
  readonly sha256: Uint8Array
}

/** Something in the store, by name, and the time since it was last written, by the clock of the store. */
export interface Listed {
  readonly name: string
  readonly ageMs: number
}

/** Keeps files. The contract suite says what every implementation must do. */
export interface FileStore {
  /**
   * Keeps bytes under a new name; resolves once they would survive a crash. Keeps nothing if it rejects. A piece may be freed once
   * the next one is asked for.
   */
  put(pieces: Pieces): Promise<KeptFile>
  /**
   * Bytes of a file, fewer at its end, none behind it. They are the caller's alone, who may free their memory.
   *
   * @throws {StoreError} STORE_FAILED if it is missing, or damaged in this place. Of a file that was cut short there is nothing
   *   behind its new end
   */
  read(name: string, offset: number, length: number): Promise<Uint8Array>
  /** The same bytes in pieces that follow one another, as they were stored: none of them is copied. */
  readPieces(name: string, offset: number, length: number): Promise<readonly Uint8Array[]>
  /** Deletes a file; one that is not there is deleted already. */
  delete(name: string): Promise<void>
  /** Every file, also those that no row names. One that is being written may be missing. */
  list(): AsyncIterable<Listed>
  /**
   * Deletes every file, and every upload with its parts, that is there when this is called. What comes later may have rows of its own.
   *
   * @param forget called before anything is deleted, and once all of it is known: takes away the rows. If it rejects, nothing is deleted
   */
  clear(forget?: () => Promise<void>): Promise<void>
  /** The parts of uploads, which need not survive a crash of the machine. */
  readonly parts: PartStore
  /** A number of 32 hex digits that the store keeps: nodes compare it, to know that they see the same files. */
  readonly id: string
  close(): Promise<void>
}

/** Keeps the parts of uploads until they are put together. */
export interface PartStore {
  /** A name for a new upload: 32 hex digits, never given twice. */
  newName(): string
  /**
   * Keeps a part, in place of the one that was there. Readers see the old one or the new one, whole, and none until the first one
   * is. Nothing refers to `bytes` once it is kept.
   */
  put(upload: string, part: number, bytes: Uint8Array): Promise<void>
  /** A part, in the caller's memory alone; undefined if it is missing, or if a crash has left less of it. */
  read(upload: string, part: number): Promise<Uint8Array | undefined>
  /** Deletes an upload with its parts. */
  delete(upload: string): Promise<void>
  /** Every upload, also those that no row names. */
  list(): AsyncIterable<Listed>
}
