import { Message } from '@cablegram/client'
import { LuaError } from './errors.ts'
import type { MessageName } from './marshal/names.ts'
import { refusalOf } from './refusal-of.ts'

/** So many messages that a script was told of stay at hand, for calls that name them. */
const MAX_MESSAGES = 1_000

/** The messages that a script was told of: it names them by chat and number. */
export class ToldMessages {
  readonly #messages = new Map<string, Message>()

  add(message: Message): void {
    const { id, chat, scheduledAtS } = message
    const key = keyOf({ id, chatId: chat.id, scheduledAtS })
    this.#messages.delete(key)
    this.#messages.set(key, message)
    const [oldest] = this.#messages.keys()
    if (this.#messages.size > MAX_MESSAGES && oldest !== undefined) this.#messages.delete(oldest)
  }

  find(name: MessageName): Message | undefined {
    return this.#messages.get(keyOf(name))
  }
}

function keyOf({ id, chatId, scheduledAtS }: MessageName): string {
  return `${chatId}/${scheduledAtS === undefined ? '' : 'queue/'}${id}`
}

/**
 * A value of the client as another thread can take it: views and events become plain objects without functions, errors
 * become tables as `pcall` gives them, TL values stay.
 */
export function plainOf(value: unknown, told: ToldMessages): unknown {
  if (value instanceof Message) told.add(value)
  if (value instanceof Error) return problemOf(value)
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => plainOf(item, told))
  if ('_' in value) return value
  const fields = Object.entries(value).filter(([, field]) => typeof field !== 'function')
  return Object.fromEntries(fields.map(([name, field]) => [name, plainOf(field, told)]))
}

/** An error as the handlers of `error` get it. */
function problemOf(error: Error): object {
  if (error instanceof LuaError) {
    return { kind: 'script', code: error.code, message: error.message, traceback: error.traceback }
  }
  return refusalOf(error, 'cablegram')
}
