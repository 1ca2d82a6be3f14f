/** Levels of a value in a trace; TL nests less. */
const MAX_DEPTH = 200

/** A value as JSON in ASCII: ids end in `n`, and a map is the list of its entries. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`
    return each instanceof Map ? { map: [...each] } : each
  })
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The value of parsed JSON of {@link toJson}. @throws RangeError if it is too deep */
export function fromJson(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new RangeError('a value is nested too deeply')
  if (typeof value === 'string') return /^-?\d{1,20}n$/.test(value) ? BigInt(value.slice(0, -1)) : value
  if (value === null) return undefined
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((each) => fromJson(each, depth + 1))
  if ('map' in value && Array.isArray(value.map)) {
    return new Map(fromJson(value.map, depth + 1) as [unknown, unknown][])
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromJson(each, depth + 1)]))
}

/** The same text for the same value, whatever the order of its fields. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(JSON.parse(toJson(value)), (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  )
}
