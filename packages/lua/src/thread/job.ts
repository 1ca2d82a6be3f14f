import type { MessagePort } from 'node:worker_threads'

/** A script for the thread. */
export interface Job {
  readonly port: MessagePort
  readonly signal: Int32Array
  /** The code; undefined for the REPL. */
  readonly code: Uint8Array | undefined
  readonly name: string
  /** The folder that `require` reads; undefined: none. */
  readonly folder: string | undefined
  readonly args: readonly string[]
  readonly maxMemoryBytes: number
  readonly maxInstructions: number | undefined
  readonly seeds: readonly [bigint, bigint]
  /** Output goes to the process's own files, not to the main thread. */
  readonly isDirect: boolean
}
