/**
 * A decoded value without the fields that were not sent, so that it prints as what it is. The codec gives every optional
 * field, as `undefined`, to have one shape for each constructor; see docs/adr/0023-readable-answers.md.
 */
export function withoutAbsent<Value>(value: Value): Value {
  return copied(value) as Value
}

/** Lists keep their identity; objects are made anew, which is faster than to take fields away. */
function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = copied(value[index])
    return value
  }
  const fields = value as Readonly<Record<string, unknown>>
  const kept: Record<string, unknown> = {}
  for (const name in fields) {
    const field = fields[name]
    if (field !== undefined) kept[name] = typeof field === 'object' ? copied(field) : field
  }
  return kept
}
