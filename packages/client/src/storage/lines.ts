/** A file of lines that grows. */
export interface LineFile {
  /** @param line without its end */
  write(line: string): void
  /** Resolves when everything is written, or cannot be. */
  end(): Promise<void>
}
