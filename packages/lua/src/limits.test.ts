import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type LuaClient, LuaError, type LuaOptions, runLua } from '@cablegram/lua'

/** A client without a server: its calls never end. */
const HANGING = {
  app: undefined,
  call: () => new Promise(() => {}),
  connect: async () => {},
  onUpdate: () => () => {},
  start: () => new Promise(() => {}),
} as unknown as LuaClient

/** Runs code that ends with an error. */
async function errorOf(code: string, options: LuaOptions = {}): Promise<LuaError> {
  const error: unknown = await runLua(HANGING, code, { print() {}, ...options }).then(
    (exitCode) => assert.fail(`ended with ${exitCode}`),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof LuaError, String(error))
  return error
}

const MAX_INSTRUCTIONS = { maxInstructions: 300_000 }

test('an endless loop ends when its instructions are used up, also inside pcall and coroutines', async () => {
  for (const loop of [
    'while true do end',
    'while true do pcall(function() while true do end end) end',
    'while true do pcall(coroutine.wrap(function() while true do pcall(function() while true do end end) end end)) end',
    'while true do xpcall(function() while true do end end, function() while true do end end) end',
  ]) {
    const error = await errorOf(loop, MAX_INSTRUCTIONS)
    assert.equal(error.code, 'LUA_INSTRUCTION_LIMIT')
    assert.equal(error.message, 'script:1: the script has used up its instructions')
  }
})

test('a search for a pattern, which is one instruction, ends after the time for computing', async () => {
  const error = await errorOf("string.find(('a'):rep(1e4), '.-.-.-.-b$')", {
    ...MAX_INSTRUCTIONS,
    maxComputeMs: 200,
  })
  assert.equal(error.code, 'LUA_COMPUTE_LIMIT')
})

test('a sleep, a call and a question to a person are no computing', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const slow = async () => t.mock.timers.tick(10_000)
  const client = { ...HANGING, call: async () => slow().then(() => ({ _: 'nearestDc', country: 'NL' })) }
  const ask = async () => slow().then(() => 'Ada')
  const code = "cablegram.sleep(1) print(help.getNearestDc().country, cablegram.ask('name? '))"
  const lines: string[] = []
  await runLua(client as LuaClient, code, {
    sleep: slow,
    ask,
    maxComputeMs: 2_000,
    print: (line) => lines.push(line),
  })
  assert.deepEqual(lines, ['NL\tAda'])
})

test('a script that needs more memory than it may have gets an error that it can catch', async () => {
  const bombs = [
    'local t = {} while true do t[#t + 1] = {} end',
    "local s = 'x' while true do s = s .. s end",
    "return ('x'):rep(1e9)",
    'local function f() return f() .. "x" end f()',
  ]
  for (const bomb of bombs) {
    const error = await errorOf(bomb, { maxMemoryBytes: 8 << 20 })
    assert.match(`${error.code} ${error.message}`, /^LUA_MEMORY not enough memory$|stack overflow/)
  }
  const lines: string[] = []
  const caught = "print(pcall(string.rep, 'x', 1e9)) print(#('x'):rep(1e6))"
  await runLua(HANGING, caught, { maxMemoryBytes: 8 << 20, print: (line) => lines.push(line) })
  assert.deepEqual(lines, ['false\tnot enough memory', '1000000'])
})

test('an abort ends a script in any state', async () => {
  for (const code of [
    'while true do end',
    "string.find(('a'):rep(1e4), '.-.-.-.-b$')",
    'help.getConfig()',
    'cablegram.sleep(1000)',
    'cablegram.on_update(print)',
    "cablegram.ask('name? ')",
    "cablegram.start{phone = '+9996621234'}",
  ]) {
    const abort = new AbortController()
    const options = { signal: abort.signal, ask: () => new Promise<undefined>(() => {}) }
    const script = `print('running') ${code}`
    const error = await errorOf(script, { ...options, print: () => setImmediate(() => abort.abort()) })
    assert.equal(error.code, 'LUA_ABORTED', code)
  }
  assert.equal((await errorOf('', { signal: AbortSignal.abort() })).code, 'LUA_ABORTED')
})

test('code that is not Lua is refused with its place; bytecode, files and processes are out of reach', async () => {
  const error = await errorOf('local x = = 1', { name: 'bad.lua' })
  assert.deepEqual([error.code, error.message], ['LUA_SYNTAX', "bad.lua:1: unexpected symbol near '='"])
  const lines: string[] = []
  const probe = `
    print(io, dofile, loadfile, package, warn, os.execute, os.getenv, os.remove, debug.getregistry, debug.sethook)
    print(load(string.dump(function() end)))
    print(load('return ...', 'name', 't', {})(7), (load('x = 1', 'name', 'b')))
    print((pcall(require, '..')), pcall(require, '/etc/passwd'))`
  await runLua(HANGING, probe, { print: (line) => lines.push(line) })
  assert.deepEqual(lines.slice(0, 3), [
    Array(10).fill('nil').join('\t'),
    "nil\tattempt to load a binary chunk (mode is 't')",
    '7\tnil',
  ])
  assert.match(lines[3] ?? '', /^false\tfalse\tscript:5: require: "\/etc\/passwd" is no name of a file /)
})

test('os.exit ends the script with its code, also inside pcall', async () => {
  assert.equal(await runLua(HANGING, 'pcall(os.exit, 7) print(1)', { print: () => assert.fail() }), 7)
  assert.equal(await runLua(HANGING, 'os.exit(false)'), 1)
  assert.equal(await runLua(HANGING, '#!/usr/bin/env cablegram\nos.exit(true)'), 0)
})

test('random numbers of two scripts differ, with the same randomness they do not', async () => {
  const lines: string[] = []
  const code = 'print(math.random(1, math.maxinteger))'
  for (const fill of [1, 2, 2]) {
    await runLua(HANGING, code, {
      random: (length) => new Uint8Array(length).fill(fill),
      print: (line) => lines.push(line),
    })
  }
  assert.notEqual(lines[0], lines[1])
  assert.equal(lines[1], lines[2])
})

test('scripts that share a thread, one after the other, do not share anything else', async () => {
  const lines: string[] = []
  const print = (line: string) => lines.push(line)
  await runLua(HANGING, "x = 1 string.upper = nil auth.mine = 1 getmetatable('').__index = nil", { print })
  await errorOf('error({})')
  await errorOf('while true do end', MAX_INSTRUCTIONS)
  assert.equal(await runLua(HANGING, 'os.exit(3)'), 3)
  for (let round = 0; round < 30; round += 1) {
    await runLua(HANGING, "print(x, ('a'):upper(), rawget(auth, 'mine'), collectgarbage('count') < 1000)", {
      print,
    })
  }
  assert.deepEqual(new Set(lines), new Set(['nil\tA\tnil\ttrue']))
})

test('scripts run at the same time, each in its thread', async () => {
  const sleeping: (() => void)[] = []
  const sleep = () => new Promise<void>((resolve) => sleeping.push(resolve))
  const runs = ['1', '2'].map((code) => runLua(HANGING, `cablegram.sleep(1) os.exit(${code})`, { sleep }))
  while (sleeping.length < 2) await new Promise((resolve) => setImmediate(resolve))
  for (const wake of sleeping) wake()
  assert.deepEqual(await Promise.all(runs), [1, 2])
})

test('a function among the options that fails ends the script', async () => {
  const fails = (): never => {
    throw new RangeError('no room')
  }
  for (const options of [{ print: fails }, { ask: fails }, { sleep: fails }]) {
    const error = await errorOf("cablegram.ask('?') cablegram.sleep(1) print(1)", options)
    assert.deepEqual([error.code, error.message], ['LUA_FAILED', 'The script was stopped: no room'])
    assert.ok(error.cause instanceof RangeError)
  }
})

test('an answer that is no plain value ends the script', async () => {
  const client = { ...HANGING, call: async () => ({ _: 'config', toJSON() {} }) }
  const error: unknown = await runLua(client as unknown as LuaClient, 'help.getConfig()').catch(
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof LuaError)
  assert.match(error.message, /^The script was stopped: .*could not be cloned/s)
})

test('a finalizer, in which Lua counts no instructions, is refused', async () => {
  const error = await errorOf('setmetatable({}, {__gc = print})')
  assert.match(error.message, /^script:1: setmetatable: scripts have no finalizers \(__gc\); use a local/)
  const wrong = await errorOf('setmetatable(1, {})')
  assert.match(wrong.message, /^script:1: bad argument #1 to 'setmetatable' \(table expected/)
})

test('a script reaches no metatable of ours, and one that gets a finalizer later never runs it', async () => {
  const refusing = { ...HANGING, call: () => Promise.reject(new Error('no')) }
  const refusals = 'local _, e = pcall(help.getConfig) print(getmetatable(e), pcall(setmetatable, e, {}))'
  const told: string[] = []
  await runLua(refusing, refusals, { print: (line) => told.push(line) })
  assert.deepEqual(told, ['refusal\tfalse\tcannot change a protected metatable'])
  const late = `local m = {} local t = setmetatable({}, m) m.__gc = function() while true do end end
    t = nil collectgarbage() local c <close> = setmetatable({}, {__close = function() print('closed') end})`
  const lines: string[] = []
  await runLua(HANGING, late, { print: (line) => lines.push(line) })
  assert.deepEqual(lines, ['closed'])
})

test('parameters and lines that share one value many times are refused, as large ones are', async () => {
  const shared = `local d = {_ = 'jsonString', value = ('x'):rep(1000)} for i = 1, 30 do d = {_ = 'jsonArray', value = {d, d}} end
    help.saveAppLog{events = {{_ = 'inputAppEvent', time = 0, type = '', peer = 0, data = d}}}`
  assert.match((await errorOf(shared)).message, /data\.value\[1\].*: the parameters are larger than 4 MiB$/)
  const strings = `local s, t = ('x'):rep(1e6), {} for i = 1, 99 do t[i] = s end `
  const call = `${strings} langpack.getStrings{lang_pack = '', lang_code = '', keys = t}`
  assert.match((await errorOf(call)).message, /getStrings\.keys\[5\]: the parameters are larger than 4 MiB$/)
  const print = await errorOf(`${strings} print(table.unpack(t))`)
  assert.equal(print.message, 'script:1: print: the line is larger than 64 MiB')
})

test('require takes files only, and a script can catch that there is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-lua-'))
  mkdirSync(join(folder, 'sub.lua'))
  writeFileSync(join(folder, 'big.lua'), new Uint8Array((16 << 20) + 1))
  const lines: string[] = []
  const code = "print(pcall(require, 'sub')) print(pcall(require, 'big'))"
  await runLua(HANGING, code, { folder, print: (line) => lines.push(line) })
  rmSync(folder, { recursive: true })
  assert.deepEqual(lines, [
    "false\tscript:1: require: there is no sub.lua in the script's folder",
    'false\tscript:1: require: big.lua is larger than 16 MiB',
  ])
})
