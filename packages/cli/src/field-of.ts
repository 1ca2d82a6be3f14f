import { didYouMean } from '@cablegram/tl'
import { CommandError } from './errors.ts'
import { toJson } from './tl-json.ts'

/**
 * One value of an answer as text for a script: `user.firstName`, or `0.id` of the first in a list. Texts, numbers and bytes
 * are printed bare, the latter as base64; objects as JSON.
 *
 * @throws CommandError if the path leads nowhere
 */
export function fieldOf(answer: unknown, path: string): string {
  let value: unknown = JSON.parse(toJson(answer))
  for (const [depth, key] of path.split('.').entries()) {
    const next: unknown = isObject(value) ? Reflect.get(value, key) : undefined
    if (next === undefined) throw noField(value, path.split('.').slice(0, depth).join('.'), key)
    value = next
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function noField(value: unknown, place: string, key: string): CommandError {
  const where = place === '' ? 'the answer' : `"${place}" of the answer`
  const names = isObject(value) ? Object.keys(value) : []
  const next =
    didYouMean(key, names) || (names.length > 0 ? `There is ${names.join(', ')}.` : 'It has no fields.')
  return new CommandError(`${where} has no "${key}". ${next}`)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
