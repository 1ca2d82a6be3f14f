import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api, auth, Errors, Params, Requests, Results, User } from '@cablegram/tl/api'
import * as api from '@cablegram/tl/api'
import { methodErrors } from '@cablegram/tl/errors'

/** Compiles only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <_ extends true>() => undefined

test('types follow the schema, as the type checker confirms', () => {
  same<Same<Results['auth.sendCode'], auth.SentCode>>()
  same<Same<Results['users.getUsers'], User[]>>()
  same<Same<Results['invokeWithLayer'], Uint8Array>>()
  same<Same<Results['auth.cancelCode'], boolean>>()
  same<Same<keyof Params<'auth.sendCode'>, 'phoneNumber' | 'apiId' | 'apiHash' | 'settings'>>()
  same<Same<Params<'auth.signIn'>['phoneCode'], string | undefined>>()
  same<Same<Parameters<Api['auth']['sendCode']>[0], Params<'auth.sendCode'>>>()
  same<Same<Parameters<Api['help']['getConfig']>[0], Params<'help.getConfig'> | undefined>>()
  same<Same<ReturnType<Api['root']['invokeAfterMsg']>, Promise<Uint8Array>>>()
  same<Same<Errors['auth.cancelCode'] & 'PHONE_NUMBER_INVALID', 'PHONE_NUMBER_INVALID'>>()
  // Inside a namespace a top-level type keeps its meaning.
  same<Same<api.messages.chatFull['fullChat'], api.ChatFull>>()
  same<Same<api.photos.photo['photo'], api.Photo>>()
  const sent = {
    _: 'auth.sentCode',
    phoneCodeHash: '',
    type: { _: 'auth.sentCodeTypeApp', length: 5 },
  } as const
  const request: Requests['auth.logOut'] = { _: 'auth.logOut' }
  // @ts-expect-error: a required field is missing
  const missing: auth.sentCode = { _: 'auth.sentCode', phoneCodeHash: '' }
  // @ts-expect-error: long is a bigint
  const number: api.peerUser = { _: 'peerUser', userId: 1 }
  assert.ok(sent && request && missing && number)
})

test('the errors of a method exist at run time by code and type', () => {
  const errors = methodErrors['auth.sendCode'] ?? []
  assert.ok(errors.some(({ code, name }) => code === 406 && name === 'PHONE_NUMBER_INVALID'))
  assert.ok(errors.every(({ name }) => !name.includes('%')))
})

test('every method and constructor is known by name and id', () => {
  assert.equal(api.LAYER, 228)
  assert.ok(api.methods().length > 700)
  for (const name of api.methods()) assert.equal(api.methodName(api.methodId(name)), name)
  assert.equal(api.methodName(0xa677244f | 0), 'auth.sendCode')
  assert.equal(api.constructorName(0x5e002502), 'auth.sentCode')
  assert.equal(api.constructorName(1), undefined)
})
