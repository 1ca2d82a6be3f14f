import { decodeLaxly, encodeText, type LuaMemory } from './memory.ts'
import { GLOBALS, LUA_TYPE, type LuaModule, REGISTRY, typeInWords } from './module.ts'

/** A function for Lua to call: reads its arguments from the stack, pushes its results, and returns their number. */
export type HostFunction = (stack: Stack) => number

/** The parts of an interpreter that its stacks share. */
export interface StackParts {
  readonly module: LuaModule
  readonly memory: LuaMemory
  /** Pushes a host function as a Lua function. */
  pushFunction(stack: Stack, target: HostFunction): void
}

/** The name of code of this package that scripts call: mistakes have the place behind it. */
export const OWN_CHUNK = '[cablegram]'

/** The stack of one coroutine: values of JavaScript in and out. All table accesses are raw. */
export class Stack {
  readonly #parts: StackParts
  readonly #module: LuaModule
  readonly #memory: LuaMemory
  /** The address of the coroutine. */
  readonly L: number

  constructor(parts: StackParts, L: number) {
    this.#parts = parts
    this.#module = parts.module
    this.#memory = parts.memory
    this.L = L
  }

  get top(): number {
    return this.#module._lua_gettop(this.L)
  }

  setTop(index: number): void {
    this.#module._lua_settop(this.L, index)
  }

  pop(count = 1): void {
    this.#module._lua_settop(this.L, -count - 1)
  }

  /** Makes room for more values, or raises Lua's own error. */
  reserve(slots: number): void {
    if (this.#module._lua_checkstack(this.L, slots) === 0) throw new RangeError('the stack of Lua is full')
  }

  type(index: number): number {
    return this.#module._lua_type(this.L, index)
  }

  isNil(index: number): boolean {
    return this.type(index) <= LUA_TYPE.nil
  }

  isString(index: number): boolean {
    return this.type(index) === LUA_TYPE.string
  }

  isTable(index: number): boolean {
    return this.type(index) === LUA_TYPE.table
  }

  isInteger(index: number): boolean {
    return this.#module._lua_isinteger(this.L, index) !== 0
  }

  /** An integer; the value must be one. */
  integer(index: number): bigint {
    return this.#module._lua_tointegerx(this.L, index, 0)
  }

  /** A number as a double; the value must be a number. */
  number(index: number): number {
    return this.#module._lua_tonumberx(this.L, index, 0)
  }

  boolean(index: number): boolean {
    return this.#module._lua_toboolean(this.L, index) !== 0
  }

  /** The bytes of a string: a view, valid until Lua runs again. The value must be a string. */
  view(index: number): Uint8Array {
    const pointer = this.#module._lua_tolstring(this.L, index, this.#memory.lengthPointer)
    return this.#memory.view(pointer, this.#memory.readLength())
  }

  /** A string as text for people; the value must be a string. */
  text(index: number): string {
    return decodeLaxly(this.view(index))
  }

  /** Identity of a table. */
  pointer(index: number): number {
    return this.#module._lua_topointer(this.L, index)
  }

  /** Length of a table, without its metamethods. */
  length(index: number): number {
    return Number(this.#module._lua_rawlen(this.L, index))
  }

  /** A value in a few words, for error texts: `the number 1.5`, `a string`. */
  describe(index: number): string {
    const type = this.type(index)
    if (type !== LUA_TYPE.number) return typeInWords(type)
    return this.isInteger(index) ? String(this.integer(index)) : String(this.number(index))
  }

  pushNil(): void {
    this.#module._lua_pushnil(this.L)
  }

  pushBoolean(value: boolean): void {
    this.#module._lua_pushboolean(this.L, value ? 1 : 0)
  }

  pushInteger(value: bigint | number): void {
    this.#module._lua_pushinteger(this.L, BigInt(value))
  }

  pushNumber(value: number): void {
    this.#module._lua_pushnumber(this.L, value)
  }

  pushBytes(bytes: Uint8Array): void {
    this.#memory.lend(bytes, (pointer, length) => this.#module._lua_pushlstring(this.L, pointer, length))
  }

  pushText(text: string): void {
    this.pushBytes(encodeText(text))
  }

  pushFunction(target: HostFunction): void {
    this.#parts.pushFunction(this, target)
  }

  pushCopy(index: number): void {
    this.#module._lua_pushvalue(this.L, index)
  }

  newTable(items = 0, fields = 0): void {
    this.#module._lua_createtable(this.L, items, fields)
  }

  pushGlobals(): void {
    this.#module._lua_rawgeti(this.L, REGISTRY, GLOBALS)
  }

  /** Pushes the field of that name; `index` is the table's. @returns the type of the value */
  getField(index: number, name: string): number {
    const table = this.absolute(index)
    this.#pushName(name)
    return this.#module._lua_rawget(this.L, table)
  }

  /** Takes the value on top into the field of that name of the table below it, one of this package's own tables. */
  setField(name: string): void {
    const [pointer] = this.#memory.name(name)
    this.#module._lua_setfield(this.L, -2, pointer)
  }

  /** Pushes an item of a sequence. @returns the type of the value */
  getItem(index: number, position: number): number {
    return this.#module._lua_rawgeti(this.L, index, BigInt(position))
  }

  /** Takes the value on top as an item of the sequence below it. */
  setItem(position: number): void {
    this.#module._lua_rawseti(this.L, -2, BigInt(position))
  }

  /** Takes the key on top for the next key and value; nothing at the end. */
  next(index: number): boolean {
    return this.#module._lua_next(this.L, index) !== 0
  }

  /** Takes the table on top as the metatable of the value at this index. */
  setMetatable(index: number): void {
    this.#module._lua_setmetatable(this.L, index)
  }

  /** Calls a function that lies below its arguments. An error goes to the caller in Lua. */
  call(args: number, results: number): void {
    this.#module._lua_callk(this.L, args, results, 0, 0)
  }

  /** Pushes the value as `tostring` gives it, metamethods included, and returns its bytes as a view. */
  pushToString(index: number): Uint8Array {
    const pointer = this.#module._luaL_tolstring(this.L, index, this.#memory.lengthPointer)
    return this.#memory.view(pointer, this.#memory.readLength())
  }

  /** Takes the value on top into the registry. */
  keep(): number {
    return this.#module._luaL_ref(this.L, REGISTRY)
  }

  /** Pushes a kept value. */
  pushKept(reference: number): void {
    this.#module._lua_rawgeti(this.L, REGISTRY, BigInt(reference))
  }

  forget(reference: number): void {
    this.#module._luaL_unref(this.L, REGISTRY, reference)
  }

  /** `script.lua:3: `, the place in Lua that has called; empty if there is none. */
  place(): string {
    for (let level = 1; level <= MAX_PLACE_LEVELS; level += 1) {
      this.#module._luaL_where(this.L, level)
      const place = this.text(-1)
      this.pop()
      if (place !== '' && !place.startsWith(`${OWN_CHUNK}:`)) return place
    }
    return ''
  }

  /** The stack of calls in words. */
  traceback(level: number): string {
    this.#module._luaL_traceback(this.L, this.L, 0, level)
    const text = this.text(-1)
    this.pop()
    return text
  }

  absolute(index: number): number {
    return index > 0 || index <= REGISTRY ? index : this.top + index + 1
  }

  #pushName(name: string): void {
    const [pointer, length] = this.#memory.name(name)
    this.#module._lua_pushlstring(this.L, pointer, length)
  }
}

/** A call through pcall, sort or a metamethod has C functions between it and its script. */
const MAX_PLACE_LEVELS = 12
