import { UsageError } from '@cablegram/tl'
import type { MethodName } from '@cablegram/tl/api'
import type { Schema } from './schema.ts'

let known: ReadonlyMap<string, MethodName> | undefined

/** The method of that name. @throws UsageError UNKNOWN_METHOD, with the one that may have been meant */
export function checkMethodName(name: string, { methods }: Schema): MethodName {
  known ??= new Map(methods().map((method) => [method, method]))
  const method = known.get(name)
  if (method !== undefined) return method
  const near = nearest(name, methods())
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw new UsageError('UNKNOWN_METHOD', `The schema has no method ${name}${hint}`)
}

/** The nearest by edits, if it is near at all. */
function nearest(wrong: string, methods: readonly MethodName[]): MethodName | undefined {
  let best: MethodName | undefined
  let bestEdits = 4
  for (const method of methods) {
    if (Math.abs(method.length - wrong.length) >= bestEdits) continue
    const edits = editDistance(method.toLowerCase(), wrong.toLowerCase())
    if (edits < bestEdits) [best, bestEdits] = [method, edits]
  }
  return best
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
