import { didYouMean, UsageError } from '@cablegram/tl'
import { kindOf } from '../kind-of.ts'
import type { EventName } from './words.ts'

/** The fields of each event that a filter may name, each with its kind. */
const FIELDS: { readonly [Name in EventName]: Readonly<Record<string, Kind>> } = {
  delete: { chatId: 'value' },
  read: { chatId: 'value', by: 'value' },
  typing: { chatId: 'value', senderId: 'value' },
  status: { userId: 'value' },
  callbackQuery: { chatId: 'value', senderId: 'value', data: 'text' },
  inlineQuery: { senderId: 'value', text: 'text' },
  raw: { _: 'value' },
  connection: { state: 'value' },
  wait: { reason: 'value' },
  error: {},
}

type Kind = 'value' | 'text'

/** The names of all events. */
export const EVENT_NAMES: ReadonlySet<string> = new Set(Object.keys(FIELDS))

/** @throws UsageError EVENT_UNKNOWN */
export function checkEventName(name: unknown): asserts name is EventName {
  if (typeof name === 'string' && EVENT_NAMES.has(name)) return
  const known = [...EVENT_NAMES]
  const next = (typeof name === 'string' && didYouMean(name, known)) || `They are ${known.join(', ')}.`
  const shown = typeof name === 'string' ? `"${name}"` : kindOf(name)
  throw new UsageError('EVENT_UNKNOWN', `There is no event ${shown}. ${next}`)
}

/** @throws UsageError OPTION_INVALID */
export function checkFilter(name: EventName, filter: unknown): void {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw invalid(`The filter of the event "${name}" is an object, not ${kindOf(filter)}.`)
  }
  for (const [field, value] of Object.entries(filter)) {
    const kind = Object.hasOwn(FIELDS[name], field) ? FIELDS[name][field] : undefined
    if (kind === undefined) throw unknownField(name, field)
    const isText = typeof value === 'string' || value instanceof RegExp
    if (kind === 'text' && value !== undefined && !isText) {
      throw invalid(
        `The filter \`${field}\` of the event "${name}" is a string or a pattern, not ${kindOf(value)}.`,
      )
    }
  }
}

/** Whether an event passes all filters. */
export function passes(name: EventName, event: object, filter: object): boolean {
  const fields = event as Readonly<Record<string, unknown>>
  return Object.entries(filter).every(([field, wanted]) => {
    if (wanted === undefined) return true
    return FIELDS[name][field] === 'text' ? matches(fields[field], wanted) : isOneOf(fields[field], wanted)
  })
}

/** A pattern's own place in a text does not count: `search` begins at the start each time. */
function matches(text: unknown, wanted: unknown): boolean {
  if (typeof text !== 'string') return false
  return wanted instanceof RegExp ? text.search(wanted) >= 0 : text === wanted
}

function isOneOf(value: unknown, wanted: unknown): boolean {
  return Array.isArray(wanted) ? wanted.includes(value) : value === wanted
}

function unknownField(name: EventName, field: string): UsageError {
  const known = Object.keys(FIELDS[name])
  const next = didYouMean(field, known) || `It may have ${known.join(', ') || 'no fields'}.`
  return invalid(`The event "${name}" has no filter \`${field}\`. ${next}`)
}

function invalid(message: string): UsageError {
  return new UsageError('OPTION_INVALID', message)
}
