import { didYouMean, UsageError } from '@cablegram/tl'
import { kindOf } from '../kind-of.ts'
import { isCommandName } from '../message/command.ts'
import { Message } from '../message/message.ts'
import { type Chat, Group, User } from '../peers/views.ts'
import type { EventName } from './words.ts'

const OF_MESSAGES = {
  chat: 'chat',
  sender: 'chat',
  incoming: 'incoming',
  outgoing: 'outgoing',
  text: 'text',
  command: 'command',
} as const

/** The fields of each event that a filter may name, each with its kind. */
const FIELDS: { readonly [Name in EventName]: Readonly<Record<string, Kind>> } = {
  message: OF_MESSAGES,
  edit: OF_MESSAGES,
  delete: { chat: 'chat' },
  read: { chat: 'chat', by: 'value' },
  typing: { chat: 'chat', sender: 'chat' },
  status: { user: 'chat' },
  callbackQuery: { chat: 'chat', sender: 'chat', data: 'text' },
  inlineQuery: { sender: 'chat', text: 'text' },
  raw: { _: 'value' },
  connection: { state: 'value' },
  wait: { reason: 'value' },
  error: {},
}

type Kind = 'value' | 'text' | 'command' | 'chat' | 'incoming' | 'outgoing'

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
  if (filter instanceof RegExp) {
    throw invalid(`The filter of the event "${name}" is an object, not a pattern: { text: ${filter} }.`)
  }
  for (const [field, value] of Object.entries(filter)) {
    const kind = Object.hasOwn(FIELDS[name], field) ? FIELDS[name][field] : undefined
    if (kind === undefined) throw unknownField(name, field)
    const wanted = value === undefined ? undefined : wantedOf(kind, value)
    if (wanted !== undefined) {
      throw invalid(`The filter \`${field}\` of the event "${name}" is ${wanted}, not ${kindOf(value)}.`)
    }
  }
}

/** The kind that a value should have, if it has another. */
function wantedOf(kind: Kind, value: unknown): string | undefined {
  switch (kind) {
    case 'text':
      return typeof value === 'string' || value instanceof RegExp ? undefined : 'a string or a pattern'
    case 'chat': {
      const isName = (each: unknown) =>
        typeof each === 'bigint' ||
        isView(each) ||
        each === 'me' ||
        (typeof each === 'string' && each.startsWith('@'))
      return listOf(value).every(isName)
        ? undefined
        : "an id as a bigint, a '@name', a chat, 'me', or a list of them"
    }
    case 'command':
      return listOf(value).every(isCommandName)
        ? undefined
        : "the name of a command without its slash, such as 'start', or a list of them"
    case 'incoming':
    case 'outgoing':
      return typeof value === 'boolean' ? undefined : 'true or false'
    default:
      return undefined
  }
}

/** Whether an event passes all filters. */
export function passes(name: EventName, event: object, filter: object): boolean {
  const fields = event as Readonly<Record<string, unknown>>
  return Object.entries(filter).every(([field, wanted]) => {
    if (wanted === undefined) return true
    switch (FIELDS[name][field]) {
      case 'text':
        return matches(textOf(fields, field), wanted)
      case 'command':
        return listOf(wanted).some((each) => isCommand(fields[field], each))
      case 'chat':
        return listOf(wanted).some((each) => isChat(fields[field], each))
      case 'incoming':
        return isOut(fields) !== wanted
      case 'outgoing':
        return isOut(fields) === wanted
      default:
        return isOneOf(fields[field], wanted)
    }
  })
}

/** The text of a message is in the message. */
function textOf({ message, ...fields }: Readonly<Record<string, unknown>>, field: string): unknown {
  return message instanceof Message ? message.text : fields[field]
}

function isOut({ message }: Readonly<Record<string, unknown>>): boolean {
  return message instanceof Message && message.isOut
}

function isCommand(command: unknown, wanted: unknown): boolean {
  const isNamed = typeof command === 'object' && command !== null && 'name' in command
  return isNamed && typeof wanted === 'string' && command.name === wanted.toLowerCase()
}

function isChat(chat: unknown, wanted: unknown): boolean {
  if (!isView(chat)) return false
  if (isView(wanted)) return chat.id === wanted.id
  if (typeof wanted !== 'string') return chat.id === wanted
  if (wanted === 'me') return chat instanceof User && chat.isSelf
  return chat.username !== undefined && `@${chat.username.toLowerCase()}` === wanted.toLowerCase()
}

function isView(value: unknown): value is Chat {
  return value instanceof User || value instanceof Group
}

function listOf(wanted: unknown): readonly unknown[] {
  return Array.isArray(wanted) ? wanted : [wanted]
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
