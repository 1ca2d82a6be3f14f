import { pushValue } from '../marshal/push.ts'
import type { TlObject } from '../marshal/read.ts'
import type { Interpreter } from '../state/interpreter.ts'
import type { Stack } from '../state/stack.ts'
import { ScriptEnd } from '../state/thrown.ts'
import type { Host } from './host.ts'

/** The handler of updates. It runs only while the script sleeps or waits, and never twice at once. */
export class Updates {
  readonly #host: Host
  readonly #interpreter: Interpreter
  #handler: number | undefined
  #isHandling = false

  constructor(host: Host, interpreter: Interpreter) {
    this.#host = host
    this.#interpreter = interpreter
  }

  /** There is a handler, for which the script waits at its end. */
  get isOn(): boolean {
    return this.#handler !== undefined
  }

  /** Takes the function on top of the stack as the handler, or none. */
  setHandler(stack: Stack, isOn: boolean): void {
    const was = this.#handler
    this.#handler = isOn ? stack.keep() : undefined
    if (was !== undefined) stack.forget(was)
    if ((was !== undefined) !== isOn) this.#host.listen(isOn)
  }

  /** Sleeps; without a time until there is no handler any more. */
  sleep(stack: Stack, ms: number | undefined): void {
    const isTold = this.isOn && !this.#isHandling
    let news = this.#host.wait(ms, isTold)
    while ('update' in news) {
      this.#handle(stack, news.update)
      if (ms === undefined && !this.isOn) return
      news = this.#host.waitOn()
    }
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
