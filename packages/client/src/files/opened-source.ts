/** A source of bytes that is open. */
export interface OpenedSource {
  readonly name: string | undefined
  readonly mime: string | undefined
  /** Undefined: known at the end. */
  readonly sizeBytes: number | undefined
  /** Whether the size was known at the beginning. */
  readonly isSized: boolean
  readonly modifiedMs: number | undefined
  /** Whether a part can be read at any time, and again after `forget`. */
  readonly isRepeatable: boolean
  /** Whether the bytes that `read` gives belong to the reader alone, who may free them. */
  readonly givesCopies: boolean
  /** Reads a part; shorter only where the source ends. */
  read(atByte: number, length: number, signal: AbortSignal): Promise<Uint8Array>
  /** The part that begins here has arrived. */
  forget(atByte: number): void
  close(): Promise<void>
}
