import { pushPlain } from '../marshal/push.ts'
import { readArgument, readFilter, readParams, type TlObject } from '../marshal/read.ts'
import { decodeLaxly } from '../state/memory.ts'
import { LUA_TYPE } from '../state/module.ts'
import { RefusedCall } from '../state/refused-call.ts'
import type { Stack } from '../state/stack.ts'
import { Mistake } from '../state/thrown.ts'
import {
  ACTION_SHAPES,
  CALL_SHAPES,
  type DailyCall,
  type DailyList,
  type EventAction,
  LIST_SHAPES,
} from './daily-shapes.ts'
import type { ClientRequest, Host, Progress, TextValue } from './host.ts'
import { onlyTable } from './methods.ts'

/** Parts that the daily calls use. */
export interface DailyParts {
  readonly host: Host
  /** The reference of the metatable of refusals; known only after the prelude has run. */
  readonly refusal: () => number
}

type HostFunctions = Readonly<Record<string, (stack: Stack) => number>>

/** The daily calls with one answer, by their names in Lua. */
export function dailyCalls(parts: DailyParts): HostFunctions {
  return Object.fromEntries(
    Object.entries(CALL_SHAPES).map(([name, shape]) => [
      name,
      (stack: Stack) => {
        const params = readParams(stack, onlyTable(stack, shape), shape)
        const call = { name: name as DailyCall, params }
        if (params['onProgress'] === true) return transfer(stack, parts, call)
        return answer(stack, parts, { what: 'call', ...call })
      },
    ]),
  )
}

/** Makes a call that calls `on_progress` of its table with the bytes done and in all. Its error ends the transfer. */
function transfer(
  stack: Stack,
  parts: DailyParts,
  call: { readonly name: DailyCall; readonly params: TlObject },
): number {
  const number = Number(askedFor(parts, { what: 'transfer', ...call }))
  const of = { what: 'progress', name: call.name, transfer: number } as const
  let isHeard = true
  try {
    for (;;) {
      const told = askedFor(parts, { ...of, isGivenUp: false }) as Progress
      if ('answer' in told) {
        pushPlain(stack, told.answer)
        return 1
      }
      isHeard = false
      stack.getField(1, 'on_progress')
      stack.pushInteger(told.doneBytes)
      if (told.totalBytes === undefined) stack.pushNil()
      else stack.pushInteger(told.totalBytes)
      stack.call(2, 0)
      isHeard = true
    }
  } finally {
    if (!isHeard) parts.host.client({ ...of, isGivenUp: true })
  }
}

/** Opens a list, and gives its number: the prelude makes a loop of it. */
export function dailyLists(parts: DailyParts): HostFunctions {
  return Object.fromEntries(
    Object.entries(LIST_SHAPES).map(([name, shape]) => [
      name,
      (stack: Stack) => {
        const params = readParams(stack, onlyTable(stack, shape), shape)
        return answer(stack, parts, { what: 'list', name: name as DailyList, params })
      },
    ]),
  )
}

/** What the prelude's events and lists are made of. Their arguments are the prelude's own, or checked here. */
export function eventFunctions(parts: DailyParts): HostFunctions {
  return {
    list_next: (stack) => answer(stack, parts, { what: 'next', list: stack.number(1) }),
    list_end: (stack) => answer(stack, parts, { what: 'leave', list: stack.number(1) }),
    on: (stack) => {
      const filter = readFilter(stack, 2, 'cablegram.on.filter')
      return answer(stack, parts, { what: 'on', event: stack.text(1), filter })
    },
    off: (stack) => answer(stack, parts, { what: 'off', handler: stack.number(1) }),
    act: (stack) => act(stack, parts),
    done: (stack) => answer(stack, parts, { what: 'done', ticket: stack.number(1), failure: undefined }),
    failed: (stack) => {
      const [message, traceback, isRefusal] = [stack.text(2), stack.text(3), stack.boolean(4)]
      return answer(stack, parts, {
        what: 'done',
        ticket: stack.number(1),
        failure: { message, traceback, isRefusal },
      })
    },
    md: (stack) => text(stack, parts, 'md'),
    html: (stack) => text(stack, parts, 'html'),
  }
}

/** `event.reply(text, options)`: ticket, name, and the arguments of the script. */
function act(stack: Stack, parts: DailyParts): number {
  const action = stack.text(2) as EventAction
  const { first, options } = ACTION_SHAPES[action]
  const place = first === undefined ? 3 : 4
  if (stack.top < place) stack.setTop(place)
  const value = first && readArgument(stack, 3, first.type, `${options.name}.${first.name}`)
  let given: TlObject = {}
  if (stack.isTable(place)) given = readParams(stack, place, options)
  else if (!stack.isNil(place)) {
    throw new Mistake(`${options.name}: expected a table of options, got ${stack.describe(place)}`)
  }
  return answer(stack, parts, { what: 'act', ticket: stack.number(1), action, first: value, options: given })
}

/** `cablegram.md('**Hi** %s', name)`: values are text, whatever is in them. */
function text(stack: Stack, parts: DailyParts, markup: 'md' | 'html'): number {
  const pieces = String(readArgument(stack, 1, 'string', `cablegram.${markup}`)).split('%s')
  const values = Array.from({ length: stack.top - 1 }, (_, place) => textValue(stack, place + 2, markup))
  if (pieces.length - 1 !== values.length) {
    throw new Mistake(
      `cablegram.${markup}: the text has ${pieces.length - 1} places for values (%s), and there are ${values.length} values`,
    )
  }
  return answer(stack, parts, { what: 'text', markup, parts: pieces, values })
}

/** A value in a text: a user becomes a mention, a formatted text keeps its formatting, anything else is what `tostring` gives. */
function textValue(stack: Stack, index: number, markup: string): TextValue {
  if (stack.isTable(index)) {
    const name = `cablegram.${markup}`
    const type = stack.getField(index, 'kind')
    const isUser = type === LUA_TYPE.string && stack.text(-1) === 'user'
    stack.pop()
    if (!isUser) return readArgument(stack, index, 'text', name) as TextValue
    return {
      kind: 'user',
      id: readArgument(stack, index, 'peer', name) as bigint,
      title: titleOf(stack, index),
    }
  }
  const text = decodeLaxly(stack.pushToString(index))
  stack.pop()
  return text
}

function titleOf(stack: Stack, index: number): string {
  const title = stack.getField(index, 'title') === LUA_TYPE.string ? stack.text(-1) : ''
  stack.pop()
  return title
}

function answer(stack: Stack, parts: DailyParts, request: ClientRequest): number {
  pushPlain(stack, askedFor(parts, request))
  return 1
}

function askedFor({ host, refusal }: DailyParts, request: ClientRequest): unknown {
  const outcome = host.client(request)
  if ('refusal' in outcome) throw new RefusedCall(outcome.refusal, refusal())
  return outcome.value
}
