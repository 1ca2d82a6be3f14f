import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import type { TelegramClient } from './client.ts'
import { type DocumentedErrorType, isRpcError } from './rpc-errors.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Held by the compiler: each line marked as an error must be one, and no other may be. Never called. */
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
}

test('isRpcError asks for the class and the method', () => {
  assert.ok(isRpcError(new RpcError(400, 'PHONE_CODE_INVALID', 'auth.signIn'), 'auth.signIn'))
  assert.ok(!isRpcError(new RpcError(400, 'PHONE_CODE_INVALID', 'auth.signUp'), 'auth.signIn'))
  assert.ok(!isRpcError(new Error('PHONE_CODE_INVALID'), 'auth.signIn'))
})
