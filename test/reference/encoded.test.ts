/** The examples made from the schema: the three languages say the same, to the byte. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLuaEncoder } from '@cablegram/lua'
import { encodeRequest, type MethodName, type Requests } from '@cablegram/tl/api'
import { paramsFromJson } from '../../packages/cli/src/tl-json.ts'
import { printedExamples } from '../../site/printers/index.ts'
import { commandsIn } from './printed-text.ts'
import { encodeCall, recordCalls } from './recorded-calls.ts'
import { words } from './shell.ts'

const samples = [...(await printedExamples()).values()].filter(({ executed }) => !executed)

test('the call in TypeScript and the command of a method that the server lacks are the same bytes', async () => {
  assert.ok(samples.length > 700)
  for (const { method, typescript, command = '' } of samples) {
    const [inTypeScript] = await recordCalls(typescript)
    assert.ok(inTypeScript, method)
    assert.deepEqual(bytesOfCommand(method, command), inTypeScript, method)
  }
})

function bytesOfCommand(method: string, text: string): Uint8Array {
  const [npx, program, call, name, json = '{}'] = words(commandsIn(text).at(-1) ?? '', new Map())
  assert.deepEqual([npx, program, call, name], ['npx', 'cablegram', 'call', method])
  const encode = (request: object) => encodeRequest(request as Requests[MethodName])
  return encodeCall(method, paramsFromJson(method, json, encode))
}

test('the call in Lua of a method that the server lacks is the same bytes', async () => {
  const encoder = await createLuaEncoder()
  try {
    for (const { method, lua, command = '' } of samples) {
      // The encoder has no server to sign in to.
      const call = lua.replace(/^cablegram\.start\{.*\}\n/, '')
      assert.deepEqual(
        Buffer.from(encoder.encode(call)),
        Buffer.from(bytesOfCommand(method, command)),
        method,
      )
    }
  } finally {
    encoder.close()
  }
})
