import { ConnectionError } from '@cablegram/mtproto'
import { chunksOf } from '../net/chunks.ts'
import type { HttpGet } from '../net/http-get.ts'

/** Asks for a document with `fetch`. */
export const httpGet: HttpGet = async (url, { timeoutMs, maxBytes, token, signal }) => {
  const timeout = AbortSignal.timeout(timeoutMs)
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` })
  try {
    const response = await fetch(url, { headers, signal: either, credentials: 'omit', cache: 'no-store' })
    return { status: response.status, text: await textOf(response, maxBytes) }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    if (!(cause instanceof TypeError) || url.origin === location.origin) throw cause
    throw refusedByOrigin(url, cause)
  }
}

async function textOf({ body }: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of chunksOf(body)) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > maxBytes) return text.slice(0, maxBytes)
  }
  return text + decoder.decode()
}

/** Browsers do not say whether a server is not there or does not let the page read its answer. */
function refusedByOrigin(url: URL, cause: TypeError): ConnectionError {
  const message = `This page cannot read ${url.href}. Check that the server is running, and start it with \`--allow-origin ${location.origin}\`, which lets pages of this origin in.`
  return new ConnectionError('SERVER_UNREACHABLE', message, { cause })
}
