import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeRequest, encodeRequest, type MethodName, type Requests } from '@cablegram/tl/api'
import { CommandLineError } from './errors.ts'
import { paramsFromJson, toJson } from './tl-json.ts'

const encode = (request: { readonly _: string }) => encodeRequest(request as unknown as Requests[MethodName])

function request(method: string, json: string): unknown {
  const params = paramsFromJson(method, json, encode)
  return decodeRequest(encode({ ...params, _: method }))
}

test('the schema decides where decimal strings become longs and base64 becomes bytes', () => {
  assert.deepEqual(
    request('users.getUsers', '{"id":[{"_":"inputUser","userId":"9007199254740993","accessHash":"-5"}]}'),
    { _: 'users.getUsers', id: [{ _: 'inputUser', userId: 9007199254740993n, accessHash: -5n }] },
  )
  const sent = request(
    'auth.sendCode',
    '{"phoneNumber":"9996621234","apiId":1,"apiHash":"1234","settings":{"_":"codeSettings","logoutTokens":["AQI=","1234"]}}',
  )
  assert.deepEqual(JSON.parse(toJson(sent)).settings.logoutTokens, ['AQI=', '1234'])
  assert.equal((sent as { phoneNumber: unknown }).phoneNumber, '9996621234')
})

test('a long may be a small number, and null omits an optional field', () => {
  const json = '{"id":[{"_":"inputUser","userId":7,"accessHash":0}]}'
  assert.deepEqual(request('users.getUsers', json), {
    _: 'users.getUsers',
    id: [{ _: 'inputUser', userId: 7n, accessHash: 0n }],
  })
  const resend = request('auth.resendCode', '{"phoneNumber":"1","phoneCodeHash":"x","reason":null}')
  assert.deepEqual(resend, { _: 'auth.resendCode', phoneNumber: '1', phoneCodeHash: 'x', reason: undefined })
})

test('a field named like a property of arrays is an ordinary field', () => {
  const json =
    '{"peer":{"_":"inputPeerSelf"},"message":"hi","randomId":"5","entities":[{"_":"messageEntityBold","offset":0,"length":2}]}'
  const sent = request('messages.sendMessage', json) as Requests['messages.sendMessage']
  assert.deepEqual(sent.entities, [{ _: 'messageEntityBold', offset: 0, length: 2 }])
})

test('an invalid value or an unknown field is refused with its path', () => {
  const refused = (json: string, place: RegExp) =>
    assert.throws(
      () => paramsFromJson('users.getUsers', json, encode),
      (error: unknown) => {
        assert.ok(error instanceof CommandLineError)
        assert.match(error.message, place)
        return true
      },
    )
  refused('{"id":[{"_":"inputUser","userId":"seven","accessHash":"1"}]}', /userId/)
  refused('{"id":[{"_":"inputUser","userId":"99999999999999999999","accessHash":"1"}]}', /userId/)
  refused('{"id":[{"_":"inputChannel"}]}', /expected an InputUser, and inputChannel is not one\.$/)
  refused('{"id":[{"_":"inputUserSlef"}]}', /is not one\. Did you mean inputUserSelf\?$/)
  refused(
    '{"id":[{"_":"inputUser","accessHash":"1"}]}',
    /userId is missing: expected a long as a decimal string, such as "5"\.$/,
  )
  refused('{"id":[],"ids":[]}', /^users\.getUsers has no "ids"\. Did you mean id\?/)
  refused('{"id":[],"x":[]}', /^users\.getUsers has no "x"\. It has id\.$/)
  refused(
    '{"id":[{"_":"inputUser","userId":"1","accessHash":"1","self":true}]}',
    /users\.getUsers\.id\.0 has no "self"/,
  )
  refused('{}', /id/)
  refused('[]', /JSON object/)
  refused('{', /not JSON/)
})

test('answers are JSON with decimal longs and base64 bytes', () => {
  assert.equal(
    toJson({ id: 2n ** 62n, hash: new Uint8Array([1, 2]) }),
    '{"id":"4611686018427387904","hash":"AQI="}',
  )
})
