/** Terms of service and minimum client versions, over the wire. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { closeOpened, connect, isAt, serve, signedIn, testCode } from './login-steps.ts'

after(closeOpened)

const phone = '+9996621234'

test('terms are shown before the sign-up that accepts them', async () => {
  const server = await serve({ terms: { text: 'Be kind.\n', popup: true, minAge: 16 } })
  const client = connect(server)
  const login = await client.login()
  await login.act('sendCode', { phoneNumber: phone })
  const { termsOfService } = isAt(await login.act('signIn', { code: testCode(phone) }), 'waitSignUp')
  assert.ok(termsOfService)
  const { id, ...shown } = termsOfService
  assert.deepEqual(shown, {
    _: 'help.termsOfService',
    popup: true,
    text: 'Be kind.',
    entities: [],
    minAgeConfirm: 16,
  })
  isAt(await login.act('signUp', { firstName: 'Ada' }), 'authorized')
  assert.equal((await client.help.getTermsOfServiceUpdate())._, 'help.termsOfServiceUpdateEmpty')
  assert.equal(await client.help.acceptTermsOfService({ id }), true)
})

test('existing users are asked to accept the terms later', async () => {
  const server = await serve({ terms: { text: 'Be kind.' } })
  await server.users.create({ phone, firstName: 'Ada' })
  const client = await signedIn(server, phone)
  const update = await client.help.getTermsOfServiceUpdate()
  assert.ok(update._ === 'help.termsOfServiceUpdate')
  const wrong = client.help.acceptTermsOfService({ id: { _: 'dataJSON', data: '{"id":"0"}' } })
  await assert.rejects(wrong, { code: 400, type: 'DATA_JSON_INVALID' })
  assert.equal(await client.help.acceptTermsOfService({ id: update.termsOfService.id }), true)
  assert.equal((await client.help.getTermsOfServiceUpdate())._, 'help.termsOfServiceUpdateEmpty')
})

test('terms that cannot be shown stop the start', async () => {
  for (const terms of [{ text: ' ' }, { text: 'a', minAge: 1.5 }, { text: 'a', minAge: 200 }]) {
    await assert.rejects(serve({ terms }), { code: 'TERMS_INVALID' })
  }
})

test('clients below the minimum version of their app are told to update, at the code and at the sign-in', async () => {
  const server = await serve()
  const [app] = server.info.apps
  assert.ok(app)
  const client = connect(server, { appVersion: '1.9.9' })
  const login = await client.login()
  const { phoneCodeHash } = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitCode')
  await server.apps.change(app.apiId, { minAppVersion: '1.10' })
  const refused = { code: 406, type: 'UPDATE_APP_TO_LOGIN' }
  const sent = { phoneNumber: phone, phoneCodeHash, phoneCode: testCode(phone) }
  await assert.rejects(client.auth.signIn(sent), refused)
  await assert.rejects(login.act('sendCode'), refused)
  await signedIn(server, phone, { appVersion: '1.10' })
  await server.apps.change(app.apiId, { minAppVersion: '', minLayer: 999 })
  await assert.rejects(client.auth.signIn(sent), refused)
  await server.apps.change(app.apiId, { minLayer: 0 })
  isAt(await login.act('signIn', { code: testCode(phone) }), 'authorized')
})

test('an invalid number gives 400 if the option says so', async () => {
  for (const phoneInvalidCode of [400, 406, undefined] as const) {
    const login = await connect(await serve({ phoneInvalidCode })).login()
    const { problem } = isAt(await login.act('sendCode', { phoneNumber: '+1234' }), 'waitPhone')
    assert.deepEqual([problem?.type, problem?.code], ['PHONE_NUMBER_INVALID', phoneInvalidCode ?? 406])
  }
})
