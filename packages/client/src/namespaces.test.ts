import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import * as schema from '@cablegram/tl/api'
import { checkMethodName } from './method-names.ts'
import { type ClientApi, defineNamespaces } from './namespaces.ts'
import type { CallOptions } from './options.ts'

interface Call {
  method: string
  params: object
  options: CallOptions | undefined
}

function api() {
  const calls: Call[] = []
  const target = {} as ClientApi
  defineNamespaces(target, async (method, params, options) => {
    calls.push({ method, params, options })
    return 'answer'
  })
  return { target, calls }
}

test('every method of the schema can be called by its name', async () => {
  const { target, calls } = api()
  for (const method of schema.methods()) {
    const [namespace, name] = method.includes('.') ? method.split('.') : ['root', method]
    await Reflect.get(Reflect.get(target, namespace ?? ''), name ?? '')()
  }
  assert.deepEqual(
    calls.map(({ method }) => method),
    schema.methods(),
  )
})

test('a method is called with its parameters and options', async () => {
  const { target, calls } = api()
  const params = { phoneNumber: '+1', apiId: 1, apiHash: '', settings: { _: 'codeSettings' } } as const
  assert.equal(await target.auth.sendCode(params, { timeoutMs: 5 }), 'answer')
  await target.auth.logOut()
  assert.deepEqual(calls, [
    { method: 'auth.sendCode', params, options: { timeoutMs: 5 } },
    { method: 'auth.logOut', params: {}, options: undefined },
  ])
})

test('an unknown method is an error that suggests the right one', () => {
  assert.equal(checkMethodName('auth.sendCode', schema), 'auth.sendCode')
  assert.throws(() => checkMethodName('auth.sendcod', schema), {
    name: 'UsageError',
    code: 'UNKNOWN_METHOD',
    message: 'There is no method auth.sendcod. Did you mean auth.sendCode?',
  })
  assert.throws(() => checkMethodName('auth.somethingElseEntirely', schema), {
    message:
      'There is no method auth.somethingElseEntirely. The methods are listed at https://core.telegram.org/methods.',
  })
})

test('a namespace can be awaited, printed and turned into JSON', async () => {
  const { target } = api()
  const { auth } = target
  assert.equal(await auth, auth)
  assert.doesNotThrow(() => inspect(auth))
  assert.doesNotThrow(() => JSON.stringify(auth))
})
