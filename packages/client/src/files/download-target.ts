/** The facts that tell whether two downloads are of the same bytes, in the same parts. */
export interface DownloadFacts {
  /** Which file, and which range of it. */
  readonly key: string
  readonly sizeBytes: number | undefined
  readonly partBytes: number
}

/** The place that the parts of a download are written to. */
export interface DownloadTarget {
  /** Parts that are there from an earlier download. */
  readonly done: readonly number[]
  write(part: number, atByte: number, bytes: Uint8Array): Promise<void>
  /** Everything is there: the file takes its name. */
  finish(sizeBytes: number): Promise<void>
  /** The download ends here; another one may go on. */
  suspend(): Promise<void>
}
