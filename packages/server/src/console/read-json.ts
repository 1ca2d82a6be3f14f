import { GrowingBytes } from '@cablegram/tl'
import { ConsoleError } from './error.ts'

const MAX_BODY_BYTES = 64 * 1024
/** A file of 16 MiB in base64 has 21.4 MiB. */
const MAX_FILE_BODY_BYTES = 24 * 1024 * 1024
const MAX_FILE_BODIES = 4
/** A body that is too large is read so much further, and forgotten: a client that still writes when its connection closes may lose the answer. */
const MAX_FORGOTTEN_BYTES = 32 * 1024 * 1024

/** Bodies with files in them, of which only a few are in memory at once: the others wait. */
export class FileBodies {
  readonly #waiting: (() => void)[] = []
  #count = 0

  /** Resolves once there is room for one more; {@link leave} gives it back. */
  async enter(): Promise<void> {
    this.#count += 1
    if (this.#count > MAX_FILE_BODIES) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  leave(): void {
    this.#count -= 1
    this.#waiting.shift()?.()
  }
}

/**
 * Reads a request's body as JSON, keeps no more of it than a body may be long, and runs something with it. Hono's own limit would need
 * the adapter to replace the process's global Request and Response.
 *
 * @param fileBodies where given, the body may have files in it
 * @throws {ConsoleError} 413 or 400
 */
export async function withJson<T>(
  body: ReadableStream<Uint8Array> | null,
  run: (value: unknown) => Promise<T>,
  fileBodies?: FileBodies,
): Promise<T> {
  const whole = new GrowingBytes(fileBodies === undefined ? MAX_BODY_BYTES : MAX_FILE_BODY_BYTES)
  let [bytes, hasRoom, isTooLarge] = [0, false, false]
  const leaveRoom = (): void => {
    if (hasRoom) fileBodies?.leave()
    hasRoom = false
  }
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.length
      if (isTooLarge && bytes > MAX_FORGOTTEN_BYTES) break
      if (isTooLarge) continue
      if (fileBodies !== undefined && bytes > MAX_BODY_BYTES && !hasRoom) {
        await fileBodies.enter()
        hasRoom = true
      }
      isTooLarge = !whole.add(chunk)
      if (isTooLarge) leaveRoom()
    }
    if (isTooLarge) throw tooLarge(fileBodies === undefined ? '64 KiB' : '24 MiB')
    return await run(parse(whole.take()))
  } finally {
    leaveRoom()
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    throw new ConsoleError(400, 'JSON_INVALID', 'The body is not JSON.', 'Send one JSON object as the body.')
  }
}

function tooLarge(most: string): ConsoleError {
  return new ConsoleError(413, 'BODY_TOO_LARGE', `The body is larger than ${most}.`, 'Send a smaller body.')
}
