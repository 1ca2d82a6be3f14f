/** Lost answers of codes, logins and their payment. */
import assert from 'node:assert/strict'
import { createUser, listCodes, waitForCode } from './console.ts'
import { TEST_CODE } from './logins.ts'
import { EMAIL, type LostAnswerRow, type LostWorld, settings, signsIn } from './lost-world.ts'

/** A code that has to be paid for, and its payment. */
async function unpaid(world: LostWorld) {
  const phone = await world.channels(world.phone(), 'payment', 'sms')
  const client = world.client()
  const asked = await client.auth.sendCode({
    phoneNumber: phone,
    ...world.app,
    settings: { _: 'codeSettings' },
  })
  assert.equal(asked._, 'auth.sentCodePaymentRequired')
  const { phoneCodeHash, currency, amount, premiumDays } = asked
  const held = { phoneNumber: phone, phoneCodeHash }
  const purpose = { _: 'inputStorePaymentAuthCode', ...held, currency, amount, premiumDays } as const
  const check = async () => assert.equal((await listCodes(world.ready.console, phone)).length, 1)
  return { client, held, purpose, check }
}

/** A login that sets up its e-mail first. */
async function settingUp(world: LostWorld) {
  const phone = await world.channels(world.phone(), 'setUpEmail', 'sms')
  const client = world.client()
  const sent = await world.sent(client, phone)
  return { phone, client, sent, purpose: { _: 'emailVerifyPurposeLoginSetup', ...sent } as const }
}

/** Methods that change a login. */
export const LOST_LOGIN_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'auth.sendCode': async (world) => {
    const [client, phoneNumber] = [world.client(), world.phone()]
    await client.help.getNearestDc()
    return {
      client,
      call: () => client.auth.sendCode({ phoneNumber, ...world.app, settings: { _: 'codeSettings' } }),
      told: 'auth.sentCode',
      check: async () => assert.equal((await listCodes(world.ready.console, phoneNumber)).length, 1),
    }
  },
  'auth.resendCode': async (world) => {
    const client = world.client()
    const phone = await world.channels(world.phone(), 'sms', 'call', 'fragment')
    const sent = await world.sent(client, phone)
    return {
      client,
      call: () => client.auth.resendCode(sent),
      told: 'auth.sentCode',
      async check(answer) {
        assert.equal((answer as { type: { _: string } }).type._, 'auth.sentCodeTypeCall')
        assert.equal((await listCodes(world.ready.console, phone)).length, 2, 'it was sent again once')
        const next = await client.auth.resendCode(sent)
        assert.equal(next._ === 'auth.sentCode' && next.type._, 'auth.sentCodeTypeFragmentSms')
      },
    }
  },
  'auth.requestFirebaseSms': async (world) => {
    const client = world.client()
    const sent = await world.sent(client, await world.channels(world.phone(), 'firebase', 'sms'))
    return {
      client,
      call: () => client.auth.requestFirebaseSms({ ...sent, playIntegrityToken: 'a' }),
      told: true,
    }
  },
  'auth.reportMissingCode': async (world) => {
    const client = world.client()
    const sent = await world.sent(client)
    return { client, call: () => client.auth.reportMissingCode({ ...sent, mnc: '' }), told: true }
  },
  'auth.cancelCode': async (world) => {
    const client = world.client()
    const sent = await world.sent(client)
    const check = () =>
      assert.rejects(client.auth.signIn({ ...sent, phoneCode: TEST_CODE }), { type: 'PHONE_CODE_EXPIRED' })
    return { client, call: () => client.auth.cancelCode(sent), told: true, check }
  },
  'auth.signIn': async (world) => {
    const phone = world.phone()
    await world.user(phone)
    const client = world.client()
    const sent = await world.sent(client, phone)
    const [entry] = await listCodes(world.ready.console, phone)
    return {
      client,
      call: () => client.auth.signIn({ ...sent, phoneCode: entry?.code ?? '' }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 2),
    }
  },
  'auth.signUp': async (world) => {
    const [client, phone] = [world.client(), world.phone()]
    const sent = await world.sent(client, phone)
    await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
    return {
      client,
      call: () => client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 1),
    }
  },
  'auth.logOut': async (world) => {
    const client = await world.user()
    // Nobody is signed in any more: every client takes that for success.
    return { client, call: () => client.auth.logOut(), told: '401 AUTH_KEY_UNREGISTERED' }
  },
  'auth.dropTempAuthKeys': async (world) => {
    const client = await world.user()
    return { client, call: () => client.auth.dropTempAuthKeys({ exceptAuthKeys: [] }), told: true }
  },
  'account.sendVerifyEmailCode': async (world) => {
    const { client, purpose } = await settingUp(world)
    return {
      client,
      call: () => client.account.sendVerifyEmailCode({ purpose, email: EMAIL }),
      told: 'account.sentEmailCode',
    }
  },
  'account.verifyEmail': async (world) => {
    const { client, phone, purpose } = await settingUp(world)
    await client.account.sendVerifyEmailCode({ purpose, email: EMAIL })
    const { code } = await waitForCode(world.ready.console, phone)
    const verification = { _: 'emailVerificationCode', code } as const
    const call = () => client.account.verifyEmail({ purpose, verification })
    return { client, call, told: 'account.emailVerifiedLogin' }
  },
  'auth.resetLoginEmail': async (world) => {
    const phone = world.phone()
    await createUser(world.ready.console, { phone, firstName: 'Ada', loginEmail: EMAIL })
    const client = world.client()
    const sent = await world.sent(client, phone)
    // The reset has been requested: the repeat says so.
    return { client, call: () => client.auth.resetLoginEmail(sent), told: '400 TASK_ALREADY_EXISTS' }
  },
  'auth.resetAuthorizations': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    await world.again(phone)
    const check = signsIn(world, client, phone, 1)
    return { client, call: () => client.auth.resetAuthorizations(), told: true, check }
  },
  'account.resetAuthorization': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    await world.again(phone)
    const { authorizations } = await client.account.getAuthorizations()
    const hash = authorizations.find(({ current }) => !current)?.hash ?? 0n
    const check = signsIn(world, client, phone, 1)
    return { client, call: () => client.account.resetAuthorization({ hash }), told: true, check }
  },
  'account.changeAuthorizationSettings': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    await world.again(phone)
    const { authorizations } = await client.account.getAuthorizations()
    const hash = authorizations.find(({ current }) => !current)?.hash ?? 0n
    const call = () => client.account.changeAuthorizationSettings({ hash, confirmed: true })
    return { client, call, told: true }
  },
  'account.setAuthorizationTTL': (world) =>
    settings(world, (client) => client.account.setAuthorizationTTL({ authorizationTtlDays: 7 })),
  'account.invalidateSignInCodes': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    await world.sent(world.client(), phone)
    const call = () => client.account.invalidateSignInCodes({ codes: [TEST_CODE] })
    return { client, call, told: true }
  },
  'payments.assignAppStoreTransaction': async (world) => {
    const { client, purpose, check } = await unpaid(world)
    const call = () => client.payments.assignAppStoreTransaction({ receipt: new Uint8Array(4), purpose })
    return { client, call, told: 'updateShort', check }
  },
  'payments.assignPlayMarketTransaction': async (world) => {
    const { client, purpose, check } = await unpaid(world)
    const receipt = { _: 'dataJSON', data: '{}' } as const
    const call = () => client.payments.assignPlayMarketTransaction({ receipt, purpose })
    return { client, call, told: 'updateShort', check }
  },
  'payments.sendPaymentForm': async (world) => {
    const { client, purpose, check } = await unpaid(world)
    const invoice = { _: 'inputInvoicePremiumAuthCode', purpose } as const
    const form = await client.payments.getPaymentForm({ invoice })
    const data = { _: 'dataJSON', data: '{}' } as const
    const credentials = { _: 'inputPaymentCredentials', data } as const
    const call = () => client.payments.sendPaymentForm({ formId: form.formId, invoice, credentials })
    return { client, call, told: 'payments.paymentResult', check }
  },
  'help.acceptTermsOfService': {
    because: 'it notes which terms were accepted; the same terms can be accepted again',
  },
  'auth.bindTempAuthKey': {
    because:
      'a temporary key lives in memory: the killed server has forgotten it, and the client makes another',
  },
}
