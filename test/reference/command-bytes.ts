import assert from 'node:assert/strict'
import { encodeRequest, type MethodName, type Requests } from '@cablegram/tl/api'
import { paramsFromJson } from '../../packages/cli/src/tl-json.ts'
import { commandsIn } from './printed-text.ts'
import { encodeCall } from './recorded-calls.ts'
import { words } from './shell.ts'

/** The request that the last of some commands, a `cablegram call`, would send. */
export function bytesOfCommand(method: string, text: string): Uint8Array {
  const [npx, program, call, name, json = '{}'] = words(commandsIn(text).at(-1) ?? '', new Map())
  assert.deepEqual([npx, program, call, name], ['npx', 'cablegram', 'call', method])
  const encode = (request: object) => encodeRequest(request as Requests[MethodName])
  return encodeCall(method, paramsFromJson(method, json, encode))
}
