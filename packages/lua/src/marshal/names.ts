import { decodeStrictly } from '../state/memory.ts'
import { LUA_TYPE } from '../state/module.ts'
import type { Stack } from '../state/stack.ts'
import type { Path } from './path.ts'

/** A message by its number and chat, as daily calls take it across threads. */
export interface MessageName {
  readonly id: number
  readonly chatId: bigint
  /** Unix seconds at which the server sends it, if it waits for that. */
  readonly scheduledAtS?: number | undefined
}

/** A file as a script gives it: the name of one, its bytes, or a message that has one. */
export type FileName =
  | { readonly path: string }
  | { readonly bytes: Uint8Array; readonly name: string | undefined }
  | MessageName

/** Reads somebody's name: `'@name'`, an id, or a table with an `id` that came from the client. */
export function readPeer(stack: Stack, index: number, path: Path): string | bigint {
  if (stack.isString(index)) return text(stack, index, path)
  if (stack.isInteger(index)) return stack.integer(index)
  if (stack.isTable(index)) {
    const id = integerField(stack, index, 'id')
    if (id !== undefined) return id
  }
  throw path.expected("'me', '@name', '+phone', a link, an id or a chat", stack.describe(index))
}

/** Reads a message: a table with `id` and `chat`, as events and calls give it. */
export function readMessage(stack: Stack, index: number, path: Path): MessageName {
  const name = messageIn(stack, index)
  if (name === undefined) throw path.expected('a message with id and chat', stack.describe(index))
  return name
}

/** Reads the number of a message, or a message for its number. */
export function readMessageId(stack: Stack, index: number, path: Path): number {
  if (stack.isTable(index) && scheduledIn(stack, index) !== undefined) {
    throw path.expected('a message that is sent', 'one that waits for its time')
  }
  const id = stack.isTable(index) ? integerField(stack, index, 'id') : integerAt(stack, index)
  if (id === undefined || id <= 0n || id >= 2n ** 31n) {
    throw path.expected('a message or its number', stack.describe(index))
  }
  return Number(id)
}

/** Reads a file: the name of one in the folder of files, `{bytes = …, name = …}`, or a message that has one. */
export function readFile(stack: Stack, index: number, path: Path): FileName {
  if (stack.isString(index)) return { path: text(stack, index, path) }
  if (stack.isTable(index)) {
    const type = stack.getField(index, 'bytes')
    const bytes = type === LUA_TYPE.string ? stack.view(-1).slice() : undefined
    stack.pop()
    if (bytes !== undefined) {
      const named = stack.getField(index, 'name') === LUA_TYPE.string
      const name = named ? stack.text(-1) : undefined
      stack.pop()
      return { bytes, name }
    }
    const message = messageIn(stack, index)
    if (message !== undefined) return message
  }
  throw path.expected('the name of a file, {bytes = …} or a message', stack.describe(index))
}

function messageIn(stack: Stack, index: number): MessageName | undefined {
  if (!stack.isTable(index)) return undefined
  const id = integerField(stack, index, 'id')
  const type = stack.getField(index, 'chat')
  const chatId = type === LUA_TYPE.table ? integerField(stack, stack.top, 'id') : integerAt(stack, stack.top)
  stack.pop()
  if (id === undefined || chatId === undefined) return undefined
  return { id: Number(id), chatId, scheduledAtS: scheduledIn(stack, index) }
}

function scheduledIn(stack: Stack, index: number): number | undefined {
  const scheduledAtS = integerField(stack, index, 'scheduled_at_s')
  return scheduledAtS === undefined ? undefined : Number(scheduledAtS)
}

function integerField(stack: Stack, index: number, name: string): bigint | undefined {
  stack.getField(index, name)
  const value = integerAt(stack, stack.top)
  stack.pop()
  return value
}

function integerAt(stack: Stack, index: number): bigint | undefined {
  return stack.isInteger(index) ? stack.integer(index) : undefined
}

function text(stack: Stack, index: number, path: Path): string {
  const value = decodeStrictly(stack.view(index))
  if (value === undefined) throw path.expected('a string in UTF-8', 'bytes that are not')
  return value
}
