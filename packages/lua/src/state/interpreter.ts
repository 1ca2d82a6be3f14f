import { decodeLaxly, type LuaMemory } from './memory.ts'
import { type LuaModule, OUT_OF_MEMORY, REGISTRY } from './module.ts'
import { readRefusal } from './refused-call.ts'
import { type HostFunction, Stack, type StackParts } from './stack.ts'
import { type Failure, ScriptEnd, Thrown } from './thrown.ts'

/** Lua's exports, and the strings in their memory; interpreters share both, one after the other. */
export interface LuaEngine {
  readonly module: LuaModule
  readonly memory: LuaMemory
}

/** Limits of a script. */
export interface LuaLimits {
  /** Memory for everything that the script makes, in bytes. */
  readonly maxMemoryBytes: number
  /** Instructions of Lua, of all coroutines together. */
  readonly maxInstructions?: number | undefined
}

/** The allocator's arguments: the block, its size, and the wanted size. */
type Allocation = [pointer: number, oldBytes: number, bytes: number]

/** Instructions between two counts. */
const COUNT = 10_000
const MASK_COUNT = 8
/** Lua itself and the methods of the API take a quarter of this. */
const LEAST_MEMORY_BYTES = 1 << 20
const MOST_MEMORY_BYTES = 1 << 30

/** A Lua state with its limits, and the way between its errors and ours. */
export class Interpreter implements StackParts {
  readonly module: LuaModule
  readonly memory: LuaMemory
  readonly #main: Stack
  readonly #functions: HostFunction[] = []
  /** Pointers to functions of JavaScript, which Lua's table of functions keeps until they are removed. */
  readonly #pointers: number[] = []
  readonly #dispatcher: number
  readonly #maxMemoryBytes: number
  readonly #trampoline: number
  readonly #onError: number
  #usedBytes = 0
  #instructionsLeft: number
  #body: (stack: Stack) => void = () => {}
  #traceback = ''

  constructor({ module, memory }: LuaEngine, { maxMemoryBytes, maxInstructions }: LuaLimits) {
    this.module = module
    this.memory = memory
    this.#maxMemoryBytes = Math.min(MOST_MEMORY_BYTES, Math.max(LEAST_MEMORY_BYTES, maxMemoryBytes))
    this.#instructionsLeft = maxInstructions ?? Number.POSITIVE_INFINITY
    this.#dispatcher = this.#newPointer((L) => this.#dispatch(L), 'ii')
    const allocate = this.#newPointer((_, ...args) => this.#allocate(...(args as Allocation)), 'iiiii')
    const L = module._lua_newstate(allocate, 0)
    if (L === 0) throw new RangeError('there is no memory for Lua')
    this.#main = new Stack(this, L)
    this.#trampoline = this.#keepFunction((stack) => {
      this.#body(stack)
      return 0
    })
    this.#onError = this.#keepFunction((stack) => {
      this.#traceback = stack.traceback(1)
      stack.setTop(1)
      return 1
    })
    if (maxInstructions !== undefined) this.#countInstructions(L)
  }

  pushFunction(stack: Stack, target: HostFunction): void {
    stack.pushInteger(this.#functions.push(target) - 1)
    this.module._lua_pushcclosure(stack.L, this.#dispatcher, 1)
  }

  /**
   * Runs `body` with an empty stack of its own. An error of Lua ends there.
   *
   * @returns the error, if there was one
   * @throws ScriptEnd
   */
  protect(body: (stack: Stack) => void): Failure | undefined {
    this.#main.setTop(0)
    return this.callSafely(this.#main, () => {
      this.#body = body
      this.#main.pushKept(this.#trampoline)
      return 0
    })
  }

  /**
   * Calls a function; an error of Lua ends here.
   *
   * @param push pushes the function and its arguments, and returns the number of these
   */
  callSafely(stack: Stack, push: () => number): Failure | undefined {
    const base = stack.top
    stack.pushKept(this.#onError)
    const status = this.module._lua_pcallk(stack.L, push(), 0, base + 1, 0, 0)
    const failure = status === 0 ? undefined : this.#failure(stack, status)
    stack.setTop(base)
    return failure
  }

  /** Loads code as a function on top of the stack. @returns Lua's complaint if it is not Lua */
  load(stack: Stack, code: Uint8Array, chunkName: string): string | undefined {
    let status = 0
    const [name] = this.memory.name(chunkName)
    const [mode] = this.memory.name('t')
    // While Lua reads the code it may collect garbage, whose finalizers use the scratch memory.
    this.memory.lendOwn(code, (pointer, length) => {
      status = this.module._luaL_loadbufferx(stack.L, pointer, length, name, mode)
    })
    if (status === 0) return undefined
    const complaint = stack.text(-1)
    stack.pop()
    return complaint
  }

  /** Releases the memory of the state. */
  close(): void {
    this.module._lua_close(this.#main.L)
    for (const pointer of this.#pointers) this.module.removeFunction(pointer)
  }

  /** A function pointer of this interpreter. */
  #newPointer(target: (...args: number[]) => number | undefined, signature: string): number {
    const pointer = this.module.addFunction(target, signature)
    this.#pointers.push(pointer)
    return pointer
  }

  #keepFunction(target: HostFunction): number {
    this.pushFunction(this.#main, target)
    return this.#main.keep()
  }

  #failure(stack: Stack, status: number): Failure {
    if (status === OUT_OF_MEMORY) return { kind: 'memory', message: 'not enough memory', traceback: '' }
    const traceback = this.#traceback
    const refusal = stack.isTable(-1) ? readRefusal(stack, -1) : undefined
    if (refusal === undefined) return { kind: 'error', message: this.#messageOf(stack), traceback }
    const { where, ...rest } = refusal
    const code = rest.kind === 'rpc' ? `${rest.code} ` : ''
    const message = `${where === '' ? '' : `${where}: `}${rest.method}: ${code}${rest.message}`
    return { kind: 'error', message, traceback, refusal: rest }
  }

  /** Text of the error on top of the stack. A table's comes from its own metamethod, which may fail in its turn. */
  #messageOf(stack: Stack): string {
    if (stack.isString(-1)) return stack.text(-1)
    const index = stack.top
    let text = `(error object is ${stack.describe(-1)})`
    this.#body = (called) => {
      const own = decodeLaxly(called.pushToString(1))
      // An address tells nobody anything.
      if (!/^\w+: 0x/.test(own) && own !== 'nil') text = own
    }
    stack.pushKept(this.#trampoline)
    stack.pushCopy(index)
    this.module._lua_pcallk(stack.L, 1, 0, 0, 0, 0)
    return text
  }

  /** Called by Lua for every host function. */
  #dispatch(L: number): number {
    const stack = this.#stackOf(L)
    const index = Number(this.module._lua_tointegerx(L, REGISTRY - 1, 0))
    let thrown: Thrown
    try {
      return this.#functions[index]?.(stack) ?? 0
    } catch (error) {
      // Anything else is Lua's own error on its way through, or the end of the script.
      if (!(error instanceof Thrown)) throw error
      thrown = error
    }
    thrown.push(stack)
    // Leaves by an exception, which nothing of ours may catch.
    return this.module._lua_error(L)
  }

  /** Coroutines are many and short; only the main one is kept. */
  #stackOf(L: number): Stack {
    return L === this.#main.L ? this.#main : new Stack(this, L)
  }

  /** Lua's allocator: `realloc` that counts. */
  #allocate(pointer: number, oldBytes: number, bytes: number): number {
    const old = pointer === 0 ? 0 : oldBytes >>> 0
    const wanted = bytes >>> 0
    if (wanted === 0) {
      this.module._free(pointer)
      this.#usedBytes -= old
      return 0
    }
    if (wanted > old && this.#usedBytes - old + wanted > this.#maxMemoryBytes) return 0
    const moved = this.module._realloc(pointer, wanted)
    if (moved !== 0) this.#usedBytes += wanted - old
    return moved
  }

  /**
   * New coroutines inherit the hook. An error of Lua would not end the script: a pcall catches it, and a message handler
   * runs before the hook has returned, uncounted. So the hook leaves Lua for good.
   */
  #countInstructions(L: number): void {
    const { module } = this
    const hook = this.#newPointer((current) => {
      this.#instructionsLeft -= COUNT
      if (this.#instructionsLeft > 0) return undefined
      const stack = this.#stackOf(current)
      module._luaL_where(current, 0)
      const message = `${stack.text(-1)}the script has used up its instructions`
      throw new ScriptEnd({ kind: 'instructions', message, traceback: stack.traceback(0) })
    }, 'vii')
    module._lua_sethook(L, hook, MASK_COUNT, COUNT)
  }
}
