/** The examples made from the schema: the three languages say the same, to the byte. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLuaEncoder } from '@cablegram/lua'
import { printedExamples } from '../../site/printers/index.ts'
import { bytesOfCommand } from './command-bytes.ts'
import { recordCalls } from './recorded-calls.ts'

const samples = [...(await printedExamples()).values()].filter(({ executed }) => !executed)

test('the call in TypeScript and the command of a method that the server lacks are the same bytes', async () => {
  assert.ok(samples.length > 400)
  for (const { method, typescript, command = '' } of samples) {
    const [inTypeScript] = await recordCalls(typescript)
    assert.ok(inTypeScript, method)
    assert.deepEqual(bytesOfCommand(method, command), inTypeScript, method)
  }
})

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
