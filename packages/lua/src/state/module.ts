/**
 * The raw exports of Lua 5.4 as WebAssembly, as far as this package calls them. wasmoon's own classes turn integers into
 * doubles and cut strings at NUL; its exports do neither. Addresses, states and sizes are numbers; 64-bit integers are
 * bigints.
 */
export interface LuaModule {
  readonly HEAPU8: Uint8Array
  readonly HEAPU32: Uint32Array
  /** Makes a function pointer. `signature` has the result first: i = 32 bits, v = nothing. */
  addFunction(target: (...args: number[]) => number | undefined, signature: string): number
  removeFunction(pointer: number): void
  _malloc(bytes: number): number
  _realloc(pointer: number, bytes: number): number
  _free(pointer: number): void
  _lua_newstate(allocate: number, data: number): number
  _lua_close(L: number): void
  _lua_gettop(L: number): number
  _lua_settop(L: number, index: number): void
  _lua_pushvalue(L: number, index: number): void
  _lua_checkstack(L: number, slots: number): number
  _lua_type(L: number, index: number): number
  _lua_isinteger(L: number, index: number): number
  _lua_tointegerx(L: number, index: number, isNumber: number): bigint
  _lua_tonumberx(L: number, index: number, isNumber: number): number
  _lua_toboolean(L: number, index: number): number
  _lua_tolstring(L: number, index: number, length: number): number
  _lua_topointer(L: number, index: number): number
  _lua_rawlen(L: number, index: number): bigint
  _lua_pushnil(L: number): void
  _lua_pushboolean(L: number, value: number): void
  _lua_pushinteger(L: number, value: bigint): void
  _lua_pushnumber(L: number, value: number): void
  _lua_pushlstring(L: number, pointer: number, length: number): number
  _lua_pushcclosure(L: number, pointer: number, upvalues: number): void
  _lua_createtable(L: number, items: number, fields: number): void
  _lua_rawget(L: number, index: number): number
  _lua_rawgeti(L: number, index: number, key: bigint): number
  _lua_setfield(L: number, index: number, name: number): void
  _lua_rawseti(L: number, index: number, key: bigint): void
  _lua_next(L: number, index: number): number
  _lua_setmetatable(L: number, index: number): number
  _lua_callk(L: number, args: number, results: number, context: number, k: number): void
  _lua_pcallk(L: number, args: number, results: number, handler: number, context: number, k: number): number
  _lua_error(L: number): number
  _lua_sethook(L: number, hook: number, mask: number, count: number): void
  _luaL_loadbufferx(L: number, code: number, length: number, name: number, mode: number): number
  _luaL_ref(L: number, table: number): number
  _luaL_unref(L: number, table: number, ref: number): void
  _luaL_tolstring(L: number, index: number, length: number): number
  _luaL_traceback(L: number, of: number, message: number, level: number): void
  _luaL_where(L: number, level: number): void
  _luaopen_base(L: number): number
  _luaopen_coroutine(L: number): number
  _luaopen_debug(L: number): number
  _luaopen_math(L: number): number
  _luaopen_os(L: number): number
  _luaopen_string(L: number): number
  _luaopen_table(L: number): number
  _luaopen_utf8(L: number): number
}

/** Compiles Lua and gives its exports, with a memory of its own. */
export async function loadLua(): Promise<LuaModule> {
  // Programs that run no script pay nothing for it.
  const { LuaWasm } = await import('wasmoon')
  const { module } = await LuaWasm.initialize()
  return module as unknown as LuaModule
}

/** The types of Lua's values, by their numbers. */
export const LUA_TYPE = { nil: 0, boolean: 1, number: 3, string: 4, table: 5, function: 6 } as const

/** The names of the types, with articles, for error texts. */
const TYPE_NAMES = [
  'nil',
  'a boolean',
  'a light userdata',
  'a number',
  'a string',
  'a table',
  'a function',
  'a userdata',
  'a coroutine',
]

/** A type in words: `a string`. */
export function typeInWords(type: number): string {
  return TYPE_NAMES[type] ?? 'nothing'
}

/** The index of the registry. */
export const REGISTRY = -1_001_000
/** Registry slot of the table of globals. */
export const GLOBALS = 2n
/** Status of a call that failed for want of memory; its message handler is not called. */
export const OUT_OF_MEMORY = 4
