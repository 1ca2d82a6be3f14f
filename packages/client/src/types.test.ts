import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import type { TelegramClient } from './client.ts'
import type { LoginActions, LoginStep } from './login/actions.ts'
import type { LoginState } from './login/states.ts'
import {
  type DocumentedError,
  type DocumentedErrorType,
  type GlobalError,
  isRpcError,
  type RpcErrorOf,
} from './rpc-errors.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Checked by the compiler: each line marked as an error must be one, and no other may be. Never called. */
export async function heldByTheCompiler(client: TelegramClient): Promise<void> {
  const settings = { _: 'codeSettings' } as const
  const sent = await client.auth.sendCode(
    { phoneNumber: '+1', apiId: 1, apiHash: '', settings },
    { timeoutMs: 5 },
  )
  if (sent._ === 'auth.sentCode') sent.phoneCodeHash.toUpperCase()
  // @ts-expect-error the answer is a union: without a look at `_` there is no hash
  sent.phoneCodeHash
  // @ts-expect-error a field's name is wrong
  await client.auth.sendCode({ phone_number: '+1', apiId: 1, apiHash: '', settings })
  // @ts-expect-error a field is missing
  await client.auth.sendCode({ phoneNumber: '+1', apiId: 1, settings })
  // @ts-expect-error a field is of another type
  await client.auth.sendCode({ phoneNumber: 1, apiId: 1, apiHash: '', settings })
  // @ts-expect-error a constructor of another type
  await client.auth.sendCode({ phoneNumber: '', apiId: 1, apiHash: '', settings: { _: 'inputUserSelf' } })
  // @ts-expect-error there is no such method
  await client.auth.sendCod({})
  // @ts-expect-error there is no such namespace
  client.author
  client.on('wait', (wait) => {
    if (wait.reason === 'flood') wait.error.argument?.toFixed()
    // @ts-expect-error a lost connection may have no error
    if (wait.reason === 'reconnect') wait.error.message
    if (wait.reason === 'retry') return wait.method.toUpperCase()
    return wait.error?.message
  })
  client.on(
    'message',
    async ({ message, chat, sender, reply }) => {
      await reply(`${message.text.length} ${chat.title} ${sender.id + 1n}`)
      // @ts-expect-error there is no such field
      message.txt
    },
    { incoming: true, text: /^\/start/ },
  )
  client.on('delete', ({ ids, chat }) => [ids.length, chat?.title], { chat: [-5n, '@ada', 'me'] })
  client.on('raw', (update) => update._ === 'updateConfig', { _: 'updateConfig' })
  // @ts-expect-error there is no such event
  client.on('mesage', () => {})
  // @ts-expect-error the event has no such filter
  client.on('read', () => {}, { text: 'hi' })
  // @ts-expect-error an id is a bigint
  client.on('message', () => {}, { chat: 5 })
  // @ts-expect-error there is no such option
  await client.help.getConfig({}, { timeout: 5 })
  const config = await client.help.getConfig()
  config.thisDc.toFixed()
  const [me] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  // @ts-expect-error there may be none
  me.id
  const id: bigint | undefined = me?.id
  // @ts-expect-error a long is a bigint
  const wrongId: number | undefined = me?.id
  const named = await client.call('auth.logOut', {})
  const same: Equal<typeof named, Awaited<ReturnType<TelegramClient['auth']['logOut']>>> = true
  assert.ok(same || id === wrongId)
}

/** The documented errors of a method are exactly those of its page. Never called. */
export function documentedErrors(error: unknown): void {
  const exact: Equal<
    DocumentedErrorType<'auth.signUp'>,
    | 'FIRSTNAME_INVALID'
    | 'LASTNAME_INVALID'
    | 'PHONE_CODE_EMPTY'
    | 'PHONE_CODE_EXPIRED'
    | 'PHONE_CODE_INVALID'
    | 'PHONE_NUMBER_FLOOD'
    | 'PHONE_NUMBER_INVALID'
    | 'PHONE_NUMBER_OCCUPIED'
  > = true
  assert.ok(exact)
  if (isRpcError(error, 'auth.signIn')) {
    assert.ok(error.type === 'PHONE_CODE_INVALID' || error.type === 'FLOOD_WAIT')
    // @ts-expect-error no error of signIn, nor of all methods
    assert.ok(error.type === 'FIRSTNAME_INVALID')
  }
  if (isRpcError(error, 'auth.signIn')) {
    // @ts-expect-error no code of signIn, nor of all methods
    const noCode = error.code === 402
    assert.ok(!noCode)
    if (error.code === 406) {
      const under406: Equal<
        typeof error.type,
        'PHONE_NUMBER_INVALID' | 'UPDATE_APP_TO_LOGIN' | 'AUTH_KEY_DUPLICATED'
      > = true
      assert.ok(under406)
    }
    if (error.type === 'PHONE_CODE_EXPIRED') {
      const codeOfIt: Equal<typeof error.code, 400> = true
      const method: 'auth.signIn' = error.method
      assert.ok(codeOfIt && method)
    }
    if (error.type === 'PHONE_NUMBER_INVALID') {
      const either: Equal<typeof error.code, 400 | 406> = true
      assert.ok(either)
    }
  }
  // The errors that Telegram's page of the method lists, -500 and -503 included.
  const onThePage: (DocumentedError<'auth.sendCode'> | GlobalError)[] = [
    { code: 400, type: 'API_ID_INVALID' },
    { code: 400, type: 'API_ID_PUBLISHED_FLOOD' },
    { code: 400, type: 'INPUT_REQUEST_TOO_LONG' },
    { code: 400, type: 'PHONE_NUMBER_APP_SIGNUP_FORBIDDEN' },
    { code: 400, type: 'PHONE_NUMBER_BANNED' },
    { code: 400, type: 'PHONE_NUMBER_FLOOD' },
    { code: 400, type: 'PHONE_NUMBER_INVALID' },
    { code: 400, type: 'PHONE_PASSWORD_PROTECTED' },
    { code: 400, type: 'SMS_CODE_CREATE_FAILED' },
    { code: 406, type: 'AUTH_KEY_DUPLICATED' },
    { code: 406, type: 'PHONE_NUMBER_INVALID' },
    { code: 406, type: 'PHONE_PASSWORD_FLOOD' },
    { code: 401, type: 'AUTH_KEY_PERM_EMPTY' },
    { code: -500, type: 'No workers running' },
    { code: -503, type: 'Timeout' },
  ]
  assert.ok(onThePage)
  const none: Equal<DocumentedError<'auth.logOut'>, never> = true
  const named = (refused: RpcErrorOf<'auth.sendCode'>): number | undefined => refused.argument
  assert.ok(none && named)
}

/** True for a type whose values JSON can express, undefined fields left out. */
type IsJson<T> = T extends string | number | boolean | undefined | null
  ? true
  : T extends readonly (infer Item)[]
    ? IsJson<Item>
    : T extends bigint | symbol | ((...params: never[]) => unknown) | Uint8Array
      ? false
      : { [Field in keyof T]-?: IsJson<T[Field]> }[keyof T]

/** The states of a login are JSON, and each has exactly its own actions. Never called. */
export function loginSteps(step: LoginStep): void {
  const states: Equal<IsJson<LoginState>, true> = true
  const notBytes: Equal<IsJson<{ at: string; token: Uint8Array }>, boolean> = true
  const ofAll: Equal<LoginState['at'], keyof LoginActions> = true
  assert.ok(states && notBytes && ofAll)
  if (step.at === 'waitCode') {
    void step.signIn({ code: step.phoneCodeHash })
    void step.resendCode()
    // @ts-expect-error the code is missing
    void step.signIn()
    // @ts-expect-error a password is for another state
    void step.checkPassword({ password: '' })
  }
  // @ts-expect-error not before it is known what the state is
  void step.signIn({ code: '' })
}

test('isRpcError asks for the class, and for the method if one is given', () => {
  assert.ok(isRpcError(new RpcError(400, 'PHONE_CODE_INVALID', 'auth.signIn')))
  assert.ok(!isRpcError(new Error('PHONE_CODE_INVALID')))
  assert.ok(isRpcError(new RpcError(400, 'PHONE_CODE_INVALID', 'auth.signIn'), 'auth.signIn'))
  assert.ok(!isRpcError(new RpcError(400, 'PHONE_CODE_INVALID', 'auth.signUp'), 'auth.signIn'))
  assert.ok(!isRpcError(new Error('PHONE_CODE_INVALID'), 'auth.signIn'))
})
