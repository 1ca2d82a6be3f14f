/** The facts that tell whether two downloads are of the same bytes, in the same parts. */
export interface DownloadFacts {
  /** Which file, and which range of it. */
  readonly key: string
  readonly sizeBytes: number | undefined
  readonly partBytes: number
}

/** How far an earlier download of the same bytes came. */
export interface BegunDownload {
  /** Parts that are there. */
  readonly done: readonly number[]
  /** The number of bytes of all parts, if the earlier download knew the number. */
  readonly totalBytes: number | undefined
}

/** The place that the parts of a download are written to. */
export interface DownloadTarget extends BegunDownload {
  /** @param totalBytes the number of bytes of all parts, once it is known */
  write(part: number, atByte: number, bytes: Uint8Array, totalBytes: number | undefined): Promise<void>
  /** Everything is there: the file takes its name. */
  finish(sizeBytes: number): Promise<void>
  /** The download ends here; another one may go on. */
  suspend(): Promise<void>
}
