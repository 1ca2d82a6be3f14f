import type { RpcError } from '@cablegram/client'
import { type AnnotatedRow, annotateAnswer, annotateRequest, annotationText } from '@cablegram/tl/annotate'
import { encodeRequest, encodeResult, type MethodName, type Requests, type Results } from '@cablegram/tl/api'
import { encode } from '@cablegram/tl/service'
import { element } from './element.ts'
import { shownValue } from './shown-value.ts'

const MAX_ROWS = 2000

/** A request as a value, and its bytes, each with its meaning. */
export function requestNodes(method: string, params: Readonly<Record<string, unknown>>): HTMLElement[] {
  const request = { ...params, _: method } as unknown as Requests[MethodName]
  const bytes = encodeRequest(request)
  return part('Request', shownValue(params), bytes, () => annotateRequest(bytes, { maxRows: MAX_ROWS }))
}

/** An answer as a value, and its bytes. */
export function answerNodes(method: string, answer: unknown, ms: number): HTMLElement[] {
  const name = method as MethodName
  const bytes = encodeResult(name, answer as Results[MethodName])
  return part(`Answer, after ${ms} ms`, shownValue(answer), bytes, () =>
    annotateAnswer(method, bytes, { maxRows: MAX_ROWS }),
  )
}

/** The bytes of a refusal, as the server sent them. */
export function refusalNode(method: string, { code, message }: RpcError): HTMLElement {
  const bytes = encode('RpcError', { _: 'rpc_error', errorCode: code, errorMessage: message })
  return byteTable(bytes, annotateAnswer(method, bytes))
}

function part(
  title: string,
  value: string,
  bytes: Uint8Array,
  annotate: () => AnnotatedRow[],
): HTMLElement[] {
  return [element('h3', { textContent: title }), block(value), byteTable(bytes, annotate())]
}

function byteTable(bytes: Uint8Array, rows: readonly AnnotatedRow[]): HTMLElement {
  const details = element('details', {})
  details.append(
    element('summary', { textContent: `${bytes.length} bytes, field by field` }),
    block(annotationText(rows)),
  )
  return details
}

/** Code that scrolls by keyboard, too. */
function block(textContent: string): HTMLElement {
  return element('pre', { textContent, tabIndex: 0 })
}
