import type { LuaModule } from '../state/module.ts'
import type { Stack } from '../state/stack.ts'

/** The libraries of Lua that a script has, by the name of their table; those of files and processes are not opened. */
const LIBRARIES = {
  coroutine: '_luaopen_coroutine',
  debug: '_luaopen_debug',
  math: '_luaopen_math',
  os: '_luaopen_os',
  string: '_luaopen_string',
  table: '_luaopen_table',
  utf8: '_luaopen_utf8',
} as const

/** Opens the libraries. The prelude takes parts of `os` and `debug` away again. */
export function openLibraries(stack: Stack, module: LuaModule): void {
  module._luaopen_base(stack.L)
  stack.pop()
  stack.pushGlobals()
  for (const [name, open] of Object.entries(LIBRARIES)) {
    module[open](stack.L)
    stack.setField(name)
  }
  stack.pop()
}
