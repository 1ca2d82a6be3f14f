import { pushPlain, pushValue } from '../marshal/push.ts'
import type { TlObject } from '../marshal/read.ts'
import type { Interpreter } from '../state/interpreter.ts'
import { LUA_TYPE } from '../state/module.ts'
import type { Stack } from '../state/stack.ts'
import { Mistake, ScriptEnd } from '../state/thrown.ts'
import type { Host } from './host.ts'

/** The longest time that a timer takes. */
const MAX_SLEEP_S = 2_147_483

/** News for a script, and its handler of raw updates, which runs only while the script waits, and never twice at once. */
export class Updates {
  readonly #host: Host
  readonly #interpreter: Interpreter
  #handler: number | undefined
  #isHandling = false

  constructor(host: Host, interpreter: Interpreter) {
    this.#host = host
    this.#interpreter = interpreter
  }

  /** The functions that the prelude waits with. */
  get functions(): Readonly<Record<string, (stack: Stack) => number>> {
    return {
      news: (stack) => this.#news(stack),
      start_timer: (stack) => this.#startTimer(stack),
      wait_for: (stack) => {
        this.#host.waitFor(stack.number(1))
        return 0
      },
      is_listening: (stack) => {
        stack.pushBoolean(this.#handler !== undefined)
        return 1
      },
      is_handling: (stack) => {
        stack.pushBoolean(this.#isHandling)
        return 1
      },
    }
  }

  /** Takes the function on top of the stack as the handler, or none. */
  setHandler(stack: Stack, isOn: boolean): void {
    const was = this.#handler
    this.#handler = isOn ? stack.keep() : undefined
    if (was !== undefined) stack.forget(was)
    if ((was !== undefined) !== isOn) this.#host.listen(isOn)
  }

  /** Starts the timer of a sleep: seconds, and whether its end is news for anybody. */
  #startTimer(stack: Stack): number {
    stack.pushInteger(this.#host.startTimer(secondsAt(stack) * 1000, stack.boolean(2)))
    return 1
  }

  /** Waits for the next thing to happen. An update goes to its handler; the prelude does the rest. */
  #news(stack: Stack): number {
    const news = this.#host.news(stack.isNil(1) ? undefined : stack.number(1))
    if ('update' in news) {
      this.#handle(stack, news.update)
      return 0
    }
    if ('timer' in news) {
      stack.pushText('timer')
      stack.pushInteger(news.timer)
      return 2
    }
    const { handler, ticket, value, actions } = news.event
    stack.pushText('event')
    stack.pushInteger(handler)
    stack.pushInteger(ticket)
    pushPlain(stack, value)
    pushPlain(stack, actions)
    return 5
  }

  /** An error in the handler ends the script, whatever pcall is around its sleep. */
  #handle(stack: Stack, update: TlObject): void {
    const handler = this.#handler
    if (handler === undefined) return
    this.#isHandling = true
    try {
      const failure = this.#interpreter.callSafely(stack, () => {
        stack.pushKept(handler)
        pushValue(stack, update, 'Update')
        return 1
      })
      if (failure !== undefined) throw new ScriptEnd(failure)
    } finally {
      // There may be no memory for the update: a script can catch that.
      this.#isHandling = false
    }
  }
}

function secondsAt(stack: Stack): number {
  const seconds = stack.type(1) === LUA_TYPE.number ? stack.number(1) : Number.NaN
  if (seconds >= 0 && seconds <= MAX_SLEEP_S) return seconds
  throw new Mistake(`cablegram.sleep: expected 0 to ${MAX_SLEEP_S} seconds, got ${stack.describe(1)}`)
}
