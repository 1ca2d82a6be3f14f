/** A file of another server on the web, whose bytes are on their way. */
export interface WebFile {
  /** The last part of the path; empty: there is none. */
  readonly name: string
  /** In lower case, without parameters; `application/octet-stream` if the server does not say. */
  readonly mime: string
  /** Undefined: the server does not say. */
  readonly size: number | undefined
  /** Throws {@link WebFileError} if they break off, or become too many. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Loads files from other servers. */
export interface WebFiles {
  /**
   * Opens a file, and closes it once it was used.
   *
   * @param url of http or https
   * @param maxBytes a longer file is refused
   * @throws {WebFileError} also from the bytes; errors of `use` pass through
   */
  using<T>(url: string, maxBytes: number, use: (file: WebFile) => Promise<T>): Promise<T>
}

/** badUrl: not an address of a file; notLoaded: not from there, or not now; notMedia: too long, empty, or a page. */
export type WebTrouble = 'badUrl' | 'notLoaded' | 'notMedia'

/** A file cannot be had from another server. */
export class WebFileError extends Error {
  readonly trouble: WebTrouble

  constructor(trouble: WebTrouble, message: string, cause?: unknown) {
    super(message, { cause })
    this.trouble = trouble
  }
}
