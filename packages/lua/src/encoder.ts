import { encodeRequest, type MethodName, type Requests } from '@cablegram/tl/api'
import { LuaError } from './errors.ts'
import type { Host, LuaApp } from './library/host.ts'
import { Script } from './library/script.ts'
import type { TlObject } from './marshal/read.ts'
import { refusalOf } from './refusal-of.ts'
import { encodeText, LuaMemory } from './state/memory.ts'
import { loadLua } from './state/module.ts'
import { Mistake, type Refusal } from './state/thrown.ts'

/** Turns calls in Lua into the bytes of their requests. */
export interface LuaEncoder {
  /**
   * Runs code without a server: its first call fails, after it was encoded. Globals stay for the next code.
   *
   * @returns the request that the first call would send
   * @throws LuaError if the code fails before, or makes no call
   */
  encode(source: string): Uint8Array
  /** Releases the memory. */
  close(): void
}

const MEMORY_BYTES = 64 << 20
const MAX_INSTRUCTIONS = 100_000_000

/**
 * Makes an encoder: Lua without a client or a server, in this thread. It shows what a script would send, for tests and for
 * pages about methods.
 *
 * @param app the credentials in `cablegram.app`
 * @example
 * ```ts
 * import { createLuaEncoder } from '@cablegram/lua'
 *
 * const encoder = await createLuaEncoder()
 * console.log(encoder.encode('help.getConfig()').length)
 * encoder.close()
 * ```
 */
export async function createLuaEncoder(app?: LuaApp): Promise<LuaEncoder> {
  const host = new EncodingHost(app)
  const limits = { maxMemoryBytes: MEMORY_BYTES, maxInstructions: MAX_INSTRUCTIONS }
  const module = await loadLua()
  const script = new Script({ module, memory: new LuaMemory(module) }, host, {
    args: [],
    seeds: [1n, 2n],
    ...limits,
  })
  return {
    encode(source) {
      host.first = undefined
      const failure = script.run(encodeText(source), 'script')
      if (host.first !== undefined) return host.first
      throw new LuaError('LUA_FAILED', failure?.message ?? 'The code makes no call.')
    },
    close: () => script.close(),
  }
}

/** A host without a server: it encodes the first call. */
class EncodingHost implements Host {
  readonly #app: LuaApp | undefined
  /** The request of the first call. */
  first: Uint8Array | undefined

  constructor(app: LuaApp | undefined) {
    this.#app = app
  }

  call(method: string, params: TlObject): { refusal: Refusal } {
    // The params fit the method's schema: they were read by its fields.
    this.first ??= encodeRequest({ ...params, _: method } as unknown as Requests[MethodName])
    return { refusal: refusalOf(new Error('there is no server here'), method) }
  }

  app(): { value: LuaApp | undefined } {
    return { value: this.#app }
  }

  start(): never {
    throw new Mistake('cablegram.start needs a server')
  }

  answerStart(): never {
    throw new Mistake('cablegram.start needs a server')
  }

  proof(): never {
    throw new Mistake('cablegram.password_proof needs a server')
  }

  client(): { refusal: Refusal } {
    return { refusal: refusalOf(new Error('there is no server here'), 'cablegram') }
  }

  startTimer(): number {
    return 0
  }

  news(timer: number | undefined): { timer: number } {
    return { timer: timer ?? 0 }
  }

  waitFor(): void {}

  listen(): void {}

  ask(): undefined {}

  readLine(): undefined {}

  readModule(): undefined {}

  write(): void {}

  exit(): never {
    throw new Mistake('os.exit does nothing here')
  }
}
