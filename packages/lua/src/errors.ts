import { MtprotoError } from '@cablegram/tl'

/** Why a script ended: its own mistake, or a limit. */
export type LuaErrorCode =
  | 'LUA_SYNTAX'
  | 'LUA_FAILED'
  | 'LUA_MEMORY'
  | 'LUA_INSTRUCTION_LIMIT'
  | 'LUA_COMPUTE_LIMIT'
  | 'LUA_ABORTED'

/** A script did not run to its end. The message begins with the place in the script, where Lua knows it. */
export class LuaError extends MtprotoError {
  readonly code: LuaErrorCode
  /** The calls of Lua that led to the error, a line each; empty if there were none. */
  readonly traceback: string

  constructor(code: LuaErrorCode, message: string, options: ErrorOptions & { traceback?: string } = {}) {
    super(message, options)
    this.code = code
    this.traceback = options.traceback ?? ''
  }
}
