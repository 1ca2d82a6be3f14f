import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type CablegramFixture, startCablegram } from '@cablegram/fixtures'
import { LuaError, type LuaOptions, runLua } from '@cablegram/lua'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-lua-'))
after(() => rmSync(folder, { recursive: true }))

/** Runs code; the lines that it prints, and the error that ends it. */
async function linesOf(
  cablegram: CablegramFixture,
  code: string,
  options: LuaOptions = {},
): Promise<string[]> {
  const lines: string[] = []
  const print = (line: string) => lines.push(line)
  try {
    await runLua(cablegram.client, code, { sleep: async () => {}, ...options, print })
  } catch (error) {
    assert.ok(error instanceof LuaError, String(error))
    lines.push(`! ${error.message}`)
  }
  return lines
}

test('functions answer a sign-in, and are asked again with the problem of the last answer', async () => {
  await using cablegram = await startCablegram({ users: [] })
  const code = `local codes = {'11111', '22222'}
    local me = cablegram.start{
      phone = function(problem) return '+9996621234' end,
      code = function(problem) print('code', problem, help.getNearestDc().this_dc) return table.remove(codes, 1) end,
      first_name = function() return 'Ada' end, last_name = 'Lovelace',
    }
    print(me.first_name, me.last_name, cablegram.start().id == me.id)`
  assert.deepEqual(await linesOf(cablegram, code), [
    'code\tnil\t2',
    'code\tPHONE_CODE_INVALID\t2',
    'Ada\tLovelace\ttrue',
  ])
})

test('a wrong string, a function that fails and an answer that nobody gives end a sign-in', async () => {
  await using cablegram = await startCablegram({ users: [{ phone: '+9996621234' }] })
  const code = `local phone = '+9996621234'
    local ok, e = pcall(cablegram.start, {phone = phone, code = '11111'}) print(ok, e.kind, e.type)
    print(pcall(cablegram.start, {phone = phone, code = function() error('no code', 0) end}))
    print(pcall(cablegram.start, {phone = phone, code = function() return 5 end}))
    local ok, e = pcall(cablegram.start, {phone = phone}) print(ok, e.kind, e)
    print(cablegram.start{phone = phone, code = '22222'}._)`
  assert.deepEqual(await linesOf(cablegram, code), [
    'false\trpc\tPHONE_CODE_INVALID',
    'false\tno code',
    'false\tscript:4: cablegram.start.code: expected it to return a string, got 5',
    'false\tclient\tcablegram.start: code is missing, and nobody is there to answer',
    'user',
  ])
})

test('a person answers what the script leaves open; a script proves a password', async () => {
  await using cablegram = await startCablegram({ users: [{ phone: '+9996621234', password: 'secret' }] })
  const asked: string[] = []
  const ask: LuaOptions['ask'] = async ({ text, isHidden }) => {
    asked.push(`${text}${isHidden}`)
    return { 'Code: ': '22222', 'Password: ': 'secret' }[text] ?? 'Ada'
  }
  const code = `print(cablegram.start{phone = '+9996621234'}.phone, cablegram.ask('Who? '))
    auth.logOut()
    local app = cablegram.app
    local sent = auth.sendCode{phone_number = '+9996621234', api_id = app.api_id, api_hash = app.api_hash,
      settings = {_ = 'codeSettings'}}
    local ok, e = pcall(auth.signIn, {phone_number = '+9996621234', phone_code_hash = sent.phone_code_hash,
      phone_code = '22222'})
    print(e)
    print(pcall(auth.checkPassword, {password = cablegram.password_proof('wrong')}))
    print(auth.checkPassword{password = cablegram.password_proof('secret', account.getPassword())}.user._)`
  assert.deepEqual(await linesOf(cablegram, code, { ask }), [
    '9996621234\tAda',
    'auth.signIn: 401 SESSION_PASSWORD_NEEDED',
    'false\tauth.checkPassword: 400 PASSWORD_HASH_INVALID',
    'user',
  ])
  assert.deepEqual(asked, ['Code: false', 'Password: true', 'Who? false'])
})

test('a call that gets no answer is an error of the client, with its code', async () => {
  const cablegram = await startCablegram({ users: [] })
  await cablegram.client.connect()
  await cablegram.close()
  const code = `local ok, e = pcall(help.getConfig) print(ok, e.kind, e.code, e.type, e.method)
    help.getConfig()`
  assert.deepEqual(await linesOf(cablegram, code), [
    'false\tclient\tCLIENT_CLOSED\tnil\thelp.getConfig',
    '! script:2: help.getConfig: The client was closed',
  ])
})

test('require reads below the folder, once, and follows no link that leads out of it', async () => {
  await using cablegram = await startCablegram({ users: [] })
  const home = join(folder, 'home')
  mkdirSync(join(home, 'lib'), { recursive: true })
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text)
  file('outside.lua', 'return 1')
  file('home/once.lua', "print('loaded', ...) return {}")
  file('home/nothing.lua', '')
  file('home/lib/init.lua', 'return "init"')
  file('home/lib/part.lua', 'return "part"')
  file('home/a.lua', "return require('b')")
  file('home/b.lua', "return require('a')")
  file('home/bad.lua', 'x = = 1')
  file('home/fails.lua', "error('at load')")
  symlinkSync(join(folder, 'outside.lua'), join(home, 'link.lua'))
  symlinkSync(folder, join(home, 'up'))
  symlinkSync(join(home, 'lib/part.lua'), join(home, 'inside.lua'))
  const code = `print(require('once') == require('once'), require('nothing'), require('lib'), require('lib.part'), require('inside'))
    for _, name in ipairs{'link', 'up.outside', '../outside', 'lib/part', '', 'a', 'bad', 'fails'} do
      print(name, select(2, pcall(require, name)))
    end`
  const lines = await linesOf(cablegram, code, { folder: home })
  assert.deepEqual(lines.slice(0, 4), [
    'loaded\tonce',
    'true\ttrue\tinit\tpart\tpart',
    "link\tscript:3: require: there is no link.lua in the script's folder",
    "up.outside\tscript:3: require: there is no up/outside.lua in the script's folder",
  ])
  for (const line of lines.slice(4, 7)) assert.match(line, /is no name of a file below the script/)
  assert.deepEqual(lines.slice(7), [
    'a\tb.lua:1: require: a requires itself while it loads',
    "bad\tscript:3: bad.lua:1: unexpected symbol near '='",
    'fails\tfails.lua:1: at load',
  ])
})

test('an error that is a table shows its text, or its kind', async () => {
  await using cablegram = await startCablegram({ users: [] })
  const errors: readonly (readonly [string, string])[] = [
    ['error({})', '(error object is a table)'],
    ['error(nil)', '(error object is nil)'],
    ["error(setmetatable({}, {__tostring = function() return 'mine' end}))", 'mine'],
    ["error(setmetatable({}, {__tostring = function() error('worse') end}))", '(error object is a table)'],
    ["error('text')", 'script:1: text'],
  ]
  for (const [code, message] of errors) assert.deepEqual(await linesOf(cablegram, code), [`! ${message}`])
})
