import { Interpreter, type LuaEngine, type LuaLimits } from '../state/interpreter.ts'
import { encodeText } from '../state/memory.ts'
import { LUA_TYPE, type LuaModule } from '../state/module.ts'
import { OWN_CHUNK, type Stack } from '../state/stack.ts'
import { type Failure, Mistake, ScriptEnd } from '../state/thrown.ts'
import { pushCablegram } from './cablegram.ts'
import { dailyLists, eventFunctions } from './daily.ts'
import { EVENTS } from './events.ts'
import type { Host } from './host.ts'
import { installMethods } from './methods.ts'
import { hintFor } from './missing-global.ts'
import { openLibraries } from './open.ts'
import { PRELUDE } from './prelude.ts'
import { printLine } from './print.ts'
import { Modules } from './require.ts'
import { Updates } from './updates.ts'

/** A script that is to run. */
export interface ScriptOptions extends LuaLimits {
  readonly args: readonly string[]
  /** Two random numbers for `math.random`: `random_id` must not repeat. */
  readonly seeds: readonly [bigint, bigint]
}

/** A Lua state with the API in it, ready for code. */
export class Script {
  readonly #interpreter: Interpreter
  readonly #host: Host
  readonly #options: ScriptOptions
  readonly #updates: Updates
  #isEnded = false
  #refusal = 0
  #printer = 0
  #loop = 0

  constructor(engine: LuaEngine, host: Host, options: ScriptOptions) {
    this.#interpreter = new Interpreter(engine, options)
    this.#host = host
    this.#options = options
    this.#updates = new Updates(host, this.#interpreter)
    const failure = this.#interpreter.protect((stack) => this.#prepare(stack, engine.module))
    if (failure !== undefined) throw new TypeError(`the library of scripts failed: ${failure.message}`)
  }

  /**
   * Runs code, and then its handlers for as long as there are any.
   *
   * @param name the file, as places in errors have it: `script.lua`
   * @returns the error that nothing caught
   */
  run(code: Uint8Array, name: string): Failure | undefined {
    const loaded: { complaint?: string | undefined } = {}
    const failure = this.#protect((stack) => {
      loaded.complaint = this.#interpreter.load(stack, withoutHead(code), `@${name}`)
      if (loaded.complaint !== undefined) return
      for (const arg of this.#options.args) stack.pushText(arg)
      stack.call(this.#options.args.length, 0)
      stack.pushKept(this.#loop)
      stack.call(0, 0)
    })
    if (loaded.complaint === undefined) return failure
    return { kind: 'syntax', message: loaded.complaint, traceback: '' }
  }

  /**
   * Reads, evaluates and prints until the lines end.
   *
   * @returns the error that ended it, which no line could catch
   */
  repl(): Failure | undefined {
    for (;;) {
      const code = this.#readChunk()
      if (code === undefined) return undefined
      const failure = this.#protect((stack) => {
        const base = stack.top
        if (this.#loadLine(stack, code) !== undefined) return
        stack.call(0, -1)
        const results = stack.top - base
        if (results === 0) return
        stack.pushKept(this.#printer)
        for (let index = 1; index <= results; index += 1) stack.pushCopy(base + index)
        stack.call(results, 0)
      })
      if (this.#isEnded) return failure
      if (failure !== undefined) this.complain(failure.message)
    }
  }

  /** An exception has left Lua in the middle: nothing runs in this state any more. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Writes a line to standard error. */
  complain(text: string): void {
    this.#host.write('error', encodeText(`${text}\n`))
  }

  close(): void {
    this.#interpreter.close()
  }

  #protect(body: (stack: Stack) => void): Failure | undefined {
    try {
      const failure = this.#interpreter.protect(body)
      return failure && withHint(failure)
    } catch (error) {
      if (!(error instanceof ScriptEnd)) throw error
      this.#isEnded = true
      return withHint(error.failure)
    }
  }

  /** Lines until they are a whole chunk: as long as Lua complains about the end of the text, more follow. */
  #readChunk(): string | undefined {
    let text = ''
    for (;;) {
      const line = this.#host.readLine(text === '' ? '> ' : '>> ')
      if (line === undefined) return undefined
      text = text === '' ? line : `${text}\n${line}`
      if (text.trim() === '') text = ''
      if (text === '') continue
      const complaint = this.#complaintAbout(text)
      if (complaint === undefined) return text
      if (complaint.endsWith('<eof>') && line !== '') continue
      this.complain(complaint)
      text = ''
    }
  }

  #complaintAbout(text: string): string | undefined {
    const loaded: { complaint?: string | undefined } = {}
    const failure = this.#protect((stack) => {
      loaded.complaint = this.#loadLine(stack, text)
    })
    return failure?.message ?? loaded.complaint
  }

  /** Loads an expression, whose values are the results, or else statements. */
  #loadLine(stack: Stack, text: string): string | undefined {
    const load = (code: string) => this.#interpreter.load(stack, encodeText(code), '=stdin')
    return load(`return ${text}`) === undefined ? undefined : load(text)
  }

  #prepare(stack: Stack, module: LuaModule): void {
    openLibraries(stack, module)
    this.#runPrelude(stack)
    installMethods(stack, this.#host, this.#refusal)
  }

  #runPrelude(stack: Stack): void {
    const [seed1, seed2] = this.#options.seeds
    const complaint = this.#interpreter.load(stack, encodeText(PRELUDE), '=cablegram')
    if (complaint !== undefined) throw new TypeError(complaint)
    const modules = new Modules(this.#host, this.#interpreter)
    stack.newTable(0, 6)
    stack.pushInteger(seed1)
    stack.setField('seed1')
    stack.pushInteger(seed2)
    stack.setField('seed2')
    stack.pushFunction((called) => printLine(called, this.#host))
    stack.setField('print')
    stack.pushFunction((called) => modules.require(called))
    stack.setField('require')
    stack.pushFunction((called) => this.#exit(called))
    stack.setField('exit')
    const { args } = this.#options
    pushCablegram(stack, { host: this.#host, updates: this.#updates, args, refusal: () => this.#refusal })
    stack.setField('cablegram')
    stack.call(1, 2)
    this.#printer = stack.keep()
    this.#runEvents(stack)
    this.#refusal = stack.keep()
  }

  /** The part of the library that is written in Lua: events, sleeps and lists. The metatable of refusals is on top. */
  #runEvents(stack: Stack): void {
    const refusals = stack.top
    const complaint = this.#interpreter.load(stack, encodeText(EVENTS), `=${OWN_CHUNK}`)
    if (complaint !== undefined) throw new TypeError(complaint)
    const parts = { host: this.#host, refusal: () => this.#refusal }
    pushFunctions(stack, { ...eventFunctions(parts), ...this.#updates.functions })
    pushFunctions(stack, dailyLists(parts))
    stack.pushCopy(refusals)
    stack.call(3, 1)
    this.#loop = stack.keep()
  }

  /** `os.exit(code)`: true is 0, false is 1. */
  #exit(stack: Stack): never {
    const type = stack.type(1)
    if (type === LUA_TYPE.boolean) return this.#host.exit(stack.boolean(1) ? 0 : 1)
    if (stack.isNil(1)) return this.#host.exit(0)
    const code = stack.isInteger(1) ? Number(stack.integer(1)) : Number.NaN
    if (!(code >= 0 && code <= MAX_EXIT_CODE)) {
      throw new Mistake(`os.exit: expected 0 to ${MAX_EXIT_CODE}, true or false, got ${stack.describe(1)}`)
    }
    return this.#host.exit(code)
  }
}

function pushFunctions(stack: Stack, functions: Readonly<Record<string, (called: Stack) => number>>): void {
  stack.newTable(0, Object.keys(functions).length)
  for (const [name, target] of Object.entries(functions)) {
    stack.pushFunction(target)
    stack.setField(name)
  }
}

function withHint(failure: Failure): Failure {
  return { ...failure, message: failure.message + hintFor(failure.message) }
}

const MAX_EXIT_CODE = 255
const [HASH, NEWLINE] = [0x23, 0x0a]

/** Without a byte order mark, and with a first line such as `#!/usr/bin/env …` left empty, so that lines keep their numbers. */
function withoutHead(code: Uint8Array): Uint8Array {
  const plain = code[0] === 0xef && code[1] === 0xbb && code[2] === 0xbf ? code.subarray(3) : code
  if (plain[0] !== HASH) return plain
  const end = plain.indexOf(NEWLINE)
  return end < 0 ? new Uint8Array() : plain.subarray(end)
}
