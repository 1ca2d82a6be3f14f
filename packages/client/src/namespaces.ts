import { UsageError } from '@cablegram/tl'
import { type Api, type MethodName, methods } from '@cablegram/tl/api'
import type { CallOptions } from './options.ts'

/** Every method of the schema, with the options of the call behind its parameters. */
export type ClientApi = {
  readonly [Namespace in keyof Api]: {
    readonly [Method in keyof Api[Namespace]]: Api[Namespace][Method] extends (
      ...params: infer Parameters
    ) => infer Answer
      ? (...params: [...Parameters, options?: CallOptions]) => Answer
      : never
  }
}

/** Makes a call by the method's TL name. */
export type Invoke = (method: MethodName, params: object, options?: CallOptions) => Promise<unknown>

/** Where the methods without a namespace are. */
const ROOT = 'root'

/** The namespaces of the schema, `root` included. */
export function namespaceNames(): string[] {
  const names = methods().map((method) =>
    method.includes('.') ? method.slice(0, method.indexOf('.')) : ROOT,
  )
  return [...new Set(names)]
}

/** `client.<namespace>`: an object whose every property is a method of the schema, made when it is first used. */
export function makeNamespace(namespace: string, invoke: Invoke): object {
  const made = new Map<string, (params?: object, options?: CallOptions) => Promise<unknown>>()
  return new Proxy(Object.create(null), {
    get(_target, name) {
      // What the language and its tools look for on any object (`await`, console.log) is no method.
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined
      const found = made.get(name)
      if (found) return found
      const method = knownMethod(namespace === ROOT ? name : `${namespace}.${name}`)
      const call = (params: object = {}, options?: CallOptions) => invoke(method, params, options)
      made.set(name, call)
      return call
    },
    ownKeys: () => methods().filter(isIn(namespace)).map(lastName),
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
  })
}

function isIn(namespace: string): (method: string) => boolean {
  if (namespace === ROOT) return (method) => !method.includes('.')
  return (method) => method.startsWith(`${namespace}.`)
}

function lastName(method: string): string {
  return method.slice(method.indexOf('.') + 1)
}

function knownMethod(name: string): MethodName {
  const method = methods().find((each) => each === name)
  if (method !== undefined) return method
  const near = nearest(name)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw new UsageError('UNKNOWN_METHOD', `The schema has no method ${name}${hint}`)
}

/** The method meant by a mistyped one: the nearest by edits, if it is near at all. */
function nearest(wrong: string): string | undefined {
  let best: string | undefined
  let bestEdits = 4
  for (const method of methods()) {
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
