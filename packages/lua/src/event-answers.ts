import { ConnectionError, type EventFilters, type EventName } from '@cablegram/client'
import { LuaError } from './errors.ts'
import type { EventAction } from './library/daily-shapes.ts'
import type { HandlerFailure, ScriptEvent } from './library/host.ts'
import type { TlObject } from './marshal/read.ts'
import type { LuaClient } from './options.ts'
import { plainOf, type ToldMessages } from './views.ts'

/** Everything that the events of a script depend on. */
export interface EventParts {
  readonly client: LuaClient
  readonly told: ToldMessages
  readonly tell: (event: ScriptEvent) => void
  /** The last error of a call: the cause of a handler's refusal. */
  readonly lastError: () => unknown
}

/** An event that a handler of the script works on. */
interface Open {
  readonly event: Actions
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

type Actions = Readonly<Record<string, unknown>>

/** The handlers of one script. An event is delivered when its handler has ended. */
export class EventAnswers {
  readonly #parts: EventParts
  readonly #handlers = new Map<number, () => void>()
  readonly #open = new Map<number, Open>()
  #lastHandler = 0
  #lastTicket = 0

  constructor(parts: EventParts) {
    this.#parts = parts
  }

  /** Begins to tell the script of an event, by its name in Lua. @returns the number of the handler */
  on(event: string, filter: unknown): number {
    this.#lastHandler += 1
    const handler = this.#lastHandler
    const name = camelCase(event)
    // The client says which names and filters there are.
    const off = this.#parts.client.on(
      name as EventName,
      (value: unknown) => this.#tell(handler, name, value),
      filterOf(filter) as EventFilters[EventName],
    )
    this.#handlers.set(handler, off)
    return handler
  }

  off(handler: number): void {
    this.#handlers.get(handler)?.()
    this.#handlers.delete(handler)
  }

  /** Does what an event offers, such as `reply`. */
  async act(ticket: number, action: EventAction, first: unknown, options: TlObject): Promise<unknown> {
    const event = this.#open.get(ticket)?.event
    const name = action === 'answer_inline' ? 'answer' : action
    const act = event?.[name]
    if (typeof act !== 'function') {
      throw new Error(`the handler of this event has ended: event.${name} works only while it runs`)
    }
    const args = action === 'answer' ? [options] : [first, options]
    return plainOf(await act(...args), this.#parts.told)
  }

  done(ticket: number, failure: HandlerFailure | undefined): void {
    const open = this.#open.get(ticket)
    this.#open.delete(ticket)
    if (failure === undefined) open?.resolve()
    else open?.reject(this.#errorOf(failure))
  }

  /** The script has ended: what its handlers have not done yet is told again when the session is opened next. */
  close(): void {
    for (const off of this.#handlers.values()) off()
    this.#handlers.clear()
    for (const { reject } of this.#open.values()) {
      reject(new ConnectionError('CLIENT_CLOSED', 'The script ended before its handler had'))
    }
    this.#open.clear()
  }

  #tell(handler: number, name: string, value: unknown): Promise<void> {
    this.#lastTicket += 1
    const ticket = this.#lastTicket
    const event = typeof value === 'object' && value !== null ? (value as Actions) : {}
    const actions = actionsOf(name, event)
    return new Promise<void>((resolve, reject) => {
      this.#open.set(ticket, { event, resolve, reject })
      this.#parts.tell({ handler, ticket, value: plainOf(value, this.#parts.told), actions })
    })
  }

  #errorOf({ message, traceback, isRefusal }: HandlerFailure): LuaError {
    const cause = isRefusal ? this.#parts.lastError() : undefined
    return new LuaError('LUA_FAILED', message, { traceback, ...(cause !== undefined && { cause }) })
  }
}

/** The functions of an event that scripts have, too. */
function actionsOf(name: string, event: Actions): EventAction[] {
  const known: readonly EventAction[] = ['reply', 'edit', 'answer']
  const actions = known.filter((action) => typeof event[action] === 'function')
  return actions.map((action) => (action === 'answer' && name === 'inlineQuery' ? 'answer_inline' : action))
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

const CHATS = ['chat', 'sender', 'user']

/** Ids of chats are bigints, however small. */
function filterOf(filter: unknown): object {
  const fields = Object.entries((filter ?? {}) as object)
  return Object.fromEntries(
    fields.map(([name, value]) => [name, CHATS.includes(name) ? chatOf(value) : value]),
  )
}

function chatOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(chatOf)
  if (typeof value === 'object' && value !== null && 'id' in value) return chatOf(value.id)
  return typeof value === 'number' ? BigInt(value) : value
}
