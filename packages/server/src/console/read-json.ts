import { ConsoleError } from './error.ts'

const MAX_BODY_BYTES = 64 * 1024

/**
 * A request's body as JSON, read no further than a body may be long. Not Hono's own limit: on Node that needs
 * the adapter to replace the process's global Request and Response.
 *
 * @throws {ConsoleError} 413 or 400
 */
export async function readJson(body: ReadableStream<Uint8Array> | null): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) {
      throw new ConsoleError(413, 'BODY_TOO_LARGE', 'The body is larger than 64 KiB.', 'Send a smaller body.')
    }
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new ConsoleError(400, 'JSON_INVALID', 'The body is not JSON.', 'Send one JSON object as the body.')
  }
}
