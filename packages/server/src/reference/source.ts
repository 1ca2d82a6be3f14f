import { openReference, type Reference } from './open-reference.ts'

/** The file of a reference, and the way to make it. */
export interface ReferenceSource {
  /** The file. */
  readonly file: string
  /**
   * Makes the file, in a clone of the repository; without it, a missing file stays missing.
   * @param say shows what is being done, a line at a time
   * @param signal aborts when nobody needs the file any more
   */
  readonly make?: ((say: (line: string) => void, signal?: AbortSignal) => Promise<void>) | undefined
  /** Tells whether the file is missing or older than its sources. Asked once, before the file is opened. */
  readonly isOutdated?: (() => boolean) | undefined
}

/** The state of a reference: open, or being made, or failed. */
export type ReferenceState =
  | { readonly at: 'open'; readonly reference: Reference }
  | { readonly at: 'making'; readonly doing: string }
  | { readonly at: 'failed'; readonly error: Error }

/** Opens a reference when somebody first asks for it, and makes it before if necessary. */
export interface LazyReference {
  state(): Promise<ReferenceState>
  close(): Promise<void>
}

/** The longest line that is shown of what is being done. */
const MAX_LINE = 200

/** A reference that is neither opened nor made yet. */
export function createLazyReference({ file, make, isOutdated }: ReferenceSource): LazyReference {
  const closed = new AbortController()
  let opened: Promise<Reference> | undefined
  let making: { doing: string; failed?: Error | undefined } | undefined
  const start = (run: NonNullable<typeof make>) => {
    const own: NonNullable<typeof making> = { doing: 'begins' }
    making = own
    const say = (line: string) => {
      own.doing = line.slice(0, MAX_LINE)
    }
    run(say, closed.signal).then(
      () => {
        making = undefined
        if (closed.signal.aborted) return
        opened = openReference(file)
        opened.catch(() => undefined)
      },
      (error: unknown) => {
        own.failed = error instanceof Error ? error : new Error(String(error))
      },
    )
  }
  return {
    async state() {
      if (making?.failed !== undefined) {
        const error = making.failed
        // The next visit tries again.
        making = undefined
        return { at: 'failed', error }
      }
      if (making === undefined && opened === undefined && make !== undefined && isOutdated?.() !== false)
        start(make)
      if (making !== undefined) return { at: 'making', doing: making.doing }
      opened ??= openReference(file)
      try {
        return { at: 'open', reference: await opened }
      } catch (error) {
        opened = undefined
        return { at: 'failed', error: error instanceof Error ? error : new Error(String(error)) }
      }
    },
    async close() {
      closed.abort()
      const reference = await opened?.catch(() => undefined)
      await reference?.close()
    },
  }
}
