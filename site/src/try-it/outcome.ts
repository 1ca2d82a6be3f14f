import { type AnnotatedRow, annotateAnswer, annotateRequest, annotationText } from '@cablegram/tl/annotate'
import { encodeRequest, encodeResult, type MethodName, type Requests, type Results } from '@cablegram/tl/api'
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

function part(
  title: string,
  value: string,
  bytes: Uint8Array,
  annotate: () => AnnotatedRow[],
): HTMLElement[] {
  const details = element('details', {})
  details.append(
    element('summary', { textContent: `${bytes.length} bytes, field by field` }),
    block(annotationText(annotate())),
  )
  return [element('h3', { textContent: title }), block(value), details]
}

/** Code that scrolls by keyboard, too. */
function block(textContent: string): HTMLElement {
  return element('pre', { textContent, tabIndex: 0 })
}
