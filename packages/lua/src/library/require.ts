import type { Interpreter } from '../state/interpreter.ts'
import type { Stack } from '../state/stack.ts'
import { Mistake } from '../state/thrown.ts'
import type { Host } from './host.ts'

/** `helper`, or `lib.helper` for a file in a folder: nothing that leads out of the script's folder. */
const NAME = /^[\w-]+(\.[\w-]+)*$/
const MAX_MODULES = 1000

/** `require`: runs a file of the script's folder once, and remembers its value. */
export class Modules {
  readonly #host: Host
  readonly #interpreter: Interpreter
  /** The reference of each value; undefined while the file is being loaded. */
  readonly #loaded = new Map<string, number | undefined>()

  constructor(host: Host, interpreter: Interpreter) {
    this.#host = host
    this.#interpreter = interpreter
  }

  require(stack: Stack): number {
    if (!stack.isString(1)) throw new Mistake(`require: expected a name, got ${stack.describe(1)}`)
    const name = stack.text(1)
    if (!this.#loaded.has(name)) this.#load(stack, name)
    const reference = this.#loaded.get(name)
    if (reference === undefined) throw new Mistake(`require: ${name} requires itself while it loads`)
    stack.pushKept(reference)
    return 1
  }

  #load(stack: Stack, name: string): void {
    if (!NAME.test(name)) {
      throw new Mistake(
        `require: ${JSON.stringify(name)} is no name of a file below the script; write require 'name' or require 'folder.name'`,
      )
    }
    if (this.#loaded.size >= MAX_MODULES) throw new Mistake(`require: more than ${MAX_MODULES} files`)
    const found = this.#host.readModule(name)
    if (found === undefined) {
      throw new Mistake(`require: there is no ${name.replaceAll('.', '/')}.lua in the script's folder`)
    }
    const complaint = this.#interpreter.load(stack, found.code, `@${found.file}`)
    if (complaint !== undefined) throw new Mistake(complaint)
    this.#loaded.set(name, undefined)
    try {
      stack.pushText(name)
      stack.call(1, 1)
      if (stack.isNil(-1)) {
        stack.pop()
        stack.pushBoolean(true)
      }
      this.#loaded.set(name, stack.keep())
    } finally {
      if (this.#loaded.get(name) === undefined) this.#loaded.delete(name)
    }
  }
}
