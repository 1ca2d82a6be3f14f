import { GrowingBytes } from '@cablegram/tl'
import { ConsoleError } from './error.ts'

const MAX_BODY_BYTES = 64 * 1024

/**
 * Reads a request's body as JSON, no further than a body may be long. Hono's own limit would need the adapter to
 * replace the process's global Request and Response.
 *
 * @throws {ConsoleError} 413 or 400
 */
export async function readJson(body: ReadableStream<Uint8Array> | null): Promise<unknown> {
  const whole = new GrowingBytes(MAX_BODY_BYTES)
  for await (const chunk of body ?? []) {
    if (whole.add(chunk)) continue
    throw new ConsoleError(413, 'BODY_TOO_LARGE', 'The body is larger than 64 KiB.', 'Send a smaller body.')
  }
  try {
    return JSON.parse(Buffer.from(whole.take()).toString())
  } catch {
    throw new ConsoleError(400, 'JSON_INVALID', 'The body is not JSON.', 'Send one JSON object as the body.')
  }
}
