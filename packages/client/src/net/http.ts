import type { HttpGet } from './http-get.ts'
import { nodeHttp } from './node-http.ts'

/**
 * {@link HttpGet} by Node's own client. Unlike `fetch` it opens every port; `fetch` refuses those that the Fetch standard
 * blocks (https://fetch.spec.whatwg.org/#port-blocking).
 */
export const httpGet: HttpGet = (url, { timeoutMs, maxBytes, token, signal }) => {
  const { get } = nodeHttp(url.protocol)
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const timeout = AbortSignal.timeout(timeoutMs)
    const options = { agent: false, headers, signal: signal ? AbortSignal.any([signal, timeout]) : timeout }
    const request = get(url, options, (response) => {
      const status = response.statusCode ?? 0
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length <= maxBytes) return
        resolve({ status, text: text.slice(0, maxBytes) })
        request.destroy()
      })
      response.on('end', () => resolve({ status, text }))
      response.on('error', reject)
    })
    request.on('error', (error) => reject(signal?.aborted ? signal.reason : error))
  })
}
