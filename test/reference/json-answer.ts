import { placeOf } from '../../site/printers/paths.ts'
import { resultOf } from '../../site/printers/results.ts'

/** One value of an answer in JSON, as the programs in other languages print it. */
export function shownIn(answer: unknown, method: string, path: string): string {
  const { counted } = placeOf('answer', resultOf(method), path, constructorsOf(answer, ''))
  const steps = path.split('.').filter(Boolean)
  const value = (counted === undefined ? steps : steps.slice(0, -1)).reduce<unknown>(
    (part, step) => (typeof part === 'object' && part !== null ? Reflect.get(part, step) : undefined),
    answer,
  )
  return String(counted === undefined ? value : lengthOf(value, counted))
}

/** Bytes are base64 in JSON: the schema tells them from text. */
function lengthOf(value: unknown, type: string): number {
  if (Array.isArray(value)) return value.length
  return type === 'bytes' ? Buffer.from(String(value), 'base64').length : String(value).length
}

/** The constructors in an answer, by their paths. */
function constructorsOf(value: unknown, path: string): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map()
  const own: unknown = Reflect.get(value, '_')
  const parts = Object.entries(value).flatMap(([key, part]) => [
    ...constructorsOf(part, path === '' ? key : `${path}.${key}`),
  ])
  return new Map(typeof own === 'string' ? [[path, own] as const, ...parts] : parts)
}
