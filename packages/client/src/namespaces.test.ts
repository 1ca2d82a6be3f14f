import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { methods } from '@cablegram/tl/api'
import { makeNamespace, namespaceNames } from './namespaces.ts'
import type { CallOptions } from './options.ts'

interface Call {
  method: string
  params: object
  options: CallOptions | undefined
}

function namespace(name: string) {
  const calls: Call[] = []
  const made = makeNamespace(name, async (method, params, options) => {
    calls.push({ method, params, options })
    return 'answer'
  })
  const call = (method: string, ...args: unknown[]) => Reflect.get(made, method)(...args)
  return { made, calls, call }
}

test('every method of the schema is in one of the namespaces', () => {
  const found = namespaceNames().flatMap((name) =>
    Object.keys(namespace(name).made).map((method) => (name === 'root' ? method : `${name}.${method}`)),
  )
  assert.deepEqual(found.sort(), [...methods()].sort())
})

test('a method calls by its full name, with its parameters and options', async () => {
  const { calls, call } = namespace('auth')
  assert.equal(await call('sendCode', { phoneNumber: '+1' }, { timeoutMs: 5 }), 'answer')
  await call('logOut')
  assert.deepEqual(calls, [
    { method: 'auth.sendCode', params: { phoneNumber: '+1' }, options: { timeoutMs: 5 } },
    { method: 'auth.logOut', params: {}, options: undefined },
  ])
})

test('methods without a namespace are on root', async () => {
  const { calls, call } = namespace('root')
  await call('invokeWithLayer', {})
  assert.equal(calls[0]?.method, 'invokeWithLayer')
})

test('a method that does not exist is an error with the one that was meant', () => {
  const { made } = namespace('auth')
  assert.throws(() => Reflect.get(made, 'sendCod'), {
    name: 'UsageError',
    code: 'UNKNOWN_METHOD',
    message: 'The schema has no method auth.sendCod; did you mean auth.sendCode?',
  })
  assert.throws(() => Reflect.get(made, 'somethingElseEntirely'), {
    message: 'The schema has no method auth.somethingElseEntirely',
  })
})

test('a namespace can be awaited, printed and turned to JSON', async () => {
  const { made } = namespace('auth')
  assert.equal(await made, made)
  assert.doesNotThrow(() => inspect(made))
  assert.doesNotThrow(() => JSON.stringify(made))
  assert.doesNotThrow(() => `${Object.prototype.toString.call(made)}`)
})
