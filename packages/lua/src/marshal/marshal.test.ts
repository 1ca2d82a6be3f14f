import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLuaEncoder, LuaError } from '@cablegram/lua'
import * as api from '@cablegram/tl/api'
import { constructorShape, methodNames, methodShape } from '@cablegram/tl/fields'
import fc from 'fast-check'
import { generatedSchema } from '../../../tl/src/properties/schemas.ts'
import { type TlObject, ValueMaker } from '../../../tl/src/properties/values.ts'
import { Script } from '../library/script.ts'
import { LuaMemory } from '../state/memory.ts'
import { loadLua } from '../state/module.ts'
import { Mistake } from '../state/thrown.ts'

const shape = generatedSchema('api')
const maker = new ValueMaker(shape)
const encoder = await createLuaEncoder({ apiId: 7, apiHash: 'hash' })

test('every method of the schema can be called, and a request in Lua encodes to the same bytes', () => {
  for (const name of methodNames()) {
    const method = shape.methods.get(name)
    assert.ok(method)
    const [params] = fc.sample(
      fc.gen().map((g) => maker.combinator(g, method)),
      { numRuns: 1, seed: method.id | 0 },
    )
    assert.ok(params)
    const { _, ...fields } = params
    const source = `${name}${tableOf(fields, methodShape(name)?.fields ?? [])}`
    const bytes = encoder.encode(source)
    assert.deepEqual(bytes, api.encodeRequest(params as unknown as api.Requests[api.MethodName]), source)
  }
})

test('an answer in Lua, given back in a call, is the same value', async () => {
  const media = shape.types.get('InputMedia') ?? []
  let given: TlObject | undefined
  let taken: unknown
  const unused = (): never => {
    throw new Mistake('not here')
  }
  const host = {
    call(method: string, params: object) {
      if (method === 'messages.uploadMedia') taken = (params as { media: unknown }).media
      return { value: method === 'messages.uploadMedia' ? undefined : given }
    },
    app: () => ({ value: undefined }),
    start: unused,
    answerStart: unused,
    proof: unused,
    client: unused,
    startTimer: unused,
    news: unused,
    waitFor: unused,
    listen: unused,
    ask: unused,
    readLine: () => undefined,
    readModule: () => undefined,
    write() {},
    exit: unused,
  }
  const module = await loadLua()
  const script = new Script({ module, memory: new LuaMemory(module) }, host, {
    args: [],
    seeds: [1n, 2n],
    maxMemoryBytes: 1 << 26,
  })
  const code = new TextEncoder().encode(
    "messages.uploadMedia{peer = {_ = 'inputPeerSelf'}, media = help.getConfig()}",
  )
  fc.assert(
    fc.property(fc.gen(), fc.constantFrom(...media), (g, combinator) => {
      given = maker.combinator(g, combinator)
      assert.equal(script.run(code, 'x'), undefined)
      const bytes = (value: unknown) => api.encode('InputMedia', value as api.InputMedia)
      assert.deepEqual(bytes(taken), bytes(given))
    }),
    { numRuns: 200 },
  )
  script.close()
})

test('numbers keep every digit, and only whole ones in range are taken', () => {
  const longs = ['math.mininteger', 'math.maxinteger', '9007199254740993', '2^53 - 1', '1e3', '-0.0']
  for (const long of longs)
    encoder.encode(`users.getUsers{id = {{_ = 'inputUser', user_id = ${long}, access_hash = 0}}}`)
  const at = "users.getUsers{id = {{_ = 'inputUser', access_hash = 0, user_id = "
  const place = 'script:1: users.getUsers.id[1].user_id: expected a 64-bit integer, got '
  refused(`${at}2^53}}}`, `${place}9007199254740992`)
  refused(`${at}1.5}}}`, `${place}1.5`)
  refused(`${at}0/0}}}`, `${place}NaN`)
  refused(`${at}'1'}}}`, `${place}a string`)
  refused(
    `${at}-9223372036854775808}}}`,
    `${place}-9223372036854776000, a float in Lua: write math.mininteger`,
  )
  const answer = encoder.encode(
    "auth.sendCode{phone_number='', api_id=cablegram.app.api_id, api_hash='', settings={_='codeSettings'}}",
  )
  assert.equal(new DataView(answer.buffer).getInt32(8, true), 7)
})

test('each value that does not fit is a mistake with the path of its field', () => {
  const send = "auth.sendCode{phone_number = '', api_id = 1, api_hash = '', "
  const rows: readonly (readonly [string, string])[] = [
    ['auth.sendCode{}', 'auth.sendCode.phone_number is missing: expected a string'],
    ['auth.sendCode{[1] = 2}', 'auth.sendCode has no 1; it has phone_number, api_id, api_hash, settings'],
    ['help.getConfig{x = 1}', 'help.getConfig has no "x"; it has no fields'],
    ["auth.signIn{phoneNumber = '1'}", 'auth.signIn has no "phoneNumber"; did you mean phone_number?'],
    ['auth.sendCode(1)', 'auth.sendCode: expected one table of parameters, got 1'],
    ['auth.sendCode({}, {})', 'auth.sendCode: expected one table of parameters, got 2 arguments'],
    [
      `${send}settings = 1}`,
      "auth.sendCode.settings: expected a CodeSettings with _ = 'codeSettings', got 1",
    ],
    [
      `${send}settings = {_ = 'codeSettings', logout_tokens = {a = 'x'}}}`,
      'auth.sendCode.settings.logout_tokens: expected a sequence with the keys 1, 2, 3 and so on, got a table with the key "a"',
    ],
    [
      `${send}settings = {_ = 'codeSettings', logout_tokens = {'x', nil, 'z'}}}`,
      'auth.sendCode.settings.logout_tokens: expected a sequence with the keys 1, 2, 3 and so on, got a table with 2 of the keys 1 to 3',
    ],
    [
      `${send}settings = {_ = 'codeSettings', app_sandbox = 0}}`,
      'auth.sendCode.settings.app_sandbox: expected true or false, got 0',
    ],
    [
      "auth.checkPassword{password = {_ = 'inputCheckPasswordSRP', srp_id = 1, A = 'x', M1 = true}}",
      'auth.checkPassword.password.M1: expected a string of bytes, got a boolean',
    ],
    ['auth.sendcode()', 'there is no method auth.sendcode; did you mean auth.sendCode?'],
    ['cablegram.onupdate(print)', 'cablegram has no "onupdate"; did you mean on_update?'],
    ['cablegram.sleep(-1)', 'cablegram.sleep: expected 0 to 2147483 seconds, got -1'],
    ["cablegram.sleep('1')", 'cablegram.sleep: expected 0 to 2147483 seconds, got a string'],
    ['cablegram.on_update(1)', 'cablegram.on_update: expected a function or nil, got 1'],
    ['cablegram.start{phne = 1}', 'cablegram.start has no "phne"; did you mean phone?'],
    ['cablegram.start{phone = 1}', 'cablegram.start.phone: expected a string or a function, got 1'],
    ['require(1)', 'require: expected a name, got 1'],
  ]
  for (const [source, message] of rows) refused(source, `script:1: ${message}`)
})

test('a table that contains itself is a mistake, and so is one that is nested too deep', () => {
  const cycle =
    "local p = {_ = 'inputPeerUserFromMessage', msg_id = 1, user_id = 1} p.peer = p messages.getPeerSettings{peer = p}"
  refused(cycle, 'script:1: messages.getPeerSettings.peer.peer: the table contains itself')
  const deep = `local p = {_ = 'inputPeerSelf'}
    for i = 1, 200 do p = {_ = 'inputPeerUserFromMessage', msg_id = 1, user_id = 1, peer = p} end
    messages.getPeerSettings{peer = p}`
  refused(deep, /^script:3: messages\.getPeerSettings\.peer(\.peer)+: tables are nested too deep$/)
})

test('a place is found through pcall, too', () => {
  refused(
    'local ok, e = pcall(auth.sendCode, {}) error(e, 0)',
    /^script:1: auth\.sendCode\.phone_number is missing/,
  )
})

function refused(source: string, message: string | RegExp): void {
  assert.throws(
    () => encoder.encode(source),
    (error) => {
      assert.ok(error instanceof LuaError, String(error))
      if (typeof message === 'string') assert.equal(error.message, message)
      else assert.match(error.message, message)
      return true
    },
    source,
  )
}

type Fields = NonNullable<ReturnType<typeof methodShape>>['fields']

/** A value as a table of Lua, by the schema's names. */
function tableOf(value: object, fields: Fields, head = ''): string {
  const parts = fields.flatMap(({ name, key, type }) => {
    const part = (value as Record<string, unknown>)[key]
    return type === '#' || part === undefined ? [] : [`['${name}'] = ${literal(part, type)}`]
  })
  return `{${[head, ...parts].filter(Boolean).join(', ')}}`
}

function literal(value: unknown, type: string): string {
  const item = /^Vector<(.+)>$/.exec(type)?.[1]
  if (item !== undefined) return `{${(value as unknown[]).map((each) => literal(each, item)).join(', ')}}`
  if (typeof value === 'bigint') return value === -(2n ** 63n) ? 'math.mininteger' : String(value)
  if (typeof value === 'string') return bytesLiteral(new TextEncoder().encode(value))
  if (value instanceof Uint8Array) return bytesLiteral(value)
  if (typeof value === 'number' && type === 'double') return doubleLiteral(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const name = String((value as TlObject)._)
  return tableOf(value, constructorShape(name)?.fields ?? [], `_ = '${name}'`)
}

function bytesLiteral(bytes: Uint8Array): string {
  return `'${[...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`
}

/** Lua has no names for infinities; NaN has a sign there, and 0 / 0 is the negative one. */
function doubleLiteral(value: number): string {
  if (Number.isNaN(value)) return '-(0/0)'
  if (!Number.isFinite(value)) return value > 0 ? 'math.huge' : '-math.huge'
  return Object.is(value, -0) ? '-0.0' : String(value)
}
