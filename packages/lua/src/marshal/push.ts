import { constructorShape } from '@cablegram/tl/fields'
import type { Stack } from '../state/stack.ts'
import type { TlObject } from './read.ts'

/** Slots that one level of nesting needs. */
const SLOTS = 6

/**
 * Pushes a TL value as the client gives it: objects as tables with the schema's names and `_`, vectors as sequences,
 * longs and ints as integers, bytes and text as strings. Fields that were not sent are absent.
 *
 * @param type the TL type, which tells a double from an int
 */
export function pushValue(stack: Stack, value: unknown, type: string): void {
  stack.reserve(SLOTS)
  if (typeof value === 'string') stack.pushText(value)
  else if (typeof value === 'boolean') stack.pushBoolean(value)
  else if (typeof value === 'bigint') stack.pushInteger(value)
  else if (typeof value === 'number') pushNumber(stack, value, type)
  else if (value instanceof Uint8Array) stack.pushBytes(value)
  else if (Array.isArray(value)) pushVector(stack, value, /^Vector<(.+)>$/.exec(type)?.[1] ?? '')
  else if (typeof value === 'object' && value !== null) pushObject(stack, value as TlObject)
  else stack.pushNil()
}

function pushNumber(stack: Stack, value: number, type: string): void {
  if (type === 'double') stack.pushNumber(value)
  else stack.pushInteger(value)
}

function pushVector(stack: Stack, items: readonly unknown[], type: string): void {
  stack.newTable(items.length, 0)
  for (const [index, item] of items.entries()) {
    pushValue(stack, item, type)
    stack.setItem(index + 1)
  }
}

function pushObject(stack: Stack, value: TlObject): void {
  const name = String(value['_'])
  const fields = constructorShape(name)?.fields ?? []
  stack.newTable(0, fields.length + 1)
  stack.pushText(name)
  stack.setField('_')
  for (const field of fields) {
    const part = value[field.key]
    if (field.type === '#' || part === undefined) continue
    pushValue(stack, part, field.type)
    stack.setField(field.name)
  }
}

/**
 * Pushes plain data: TL values as {@link pushValue} does, other objects as tables with names in snake_case. Numbers without
 * a fraction are integers.
 */
export function pushPlain(stack: Stack, value: unknown): void {
  stack.reserve(SLOTS)
  if (Array.isArray(value)) {
    stack.newTable(value.length, 0)
    for (const [index, item] of value.entries()) {
      pushPlain(stack, item)
      stack.setItem(index + 1)
    }
  } else if (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Uint8Array) &&
    !('_' in value)
  ) {
    stack.newTable(0, Object.keys(value).length)
    for (const [name, field] of Object.entries(value)) {
      if (field === undefined) continue
      pushPlain(stack, field)
      stack.setField(snakeCase(name))
    }
  } else pushValue(stack, value, Number.isSafeInteger(value) ? 'long' : 'double')
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
