/** Lost answers of passwords and of their recovery. */
import assert from 'node:assert/strict'
import { newPasswordSettings, type TelegramClient } from '@cablegram/client'
import { waitForCode } from './console.ts'
import {
  EMAIL,
  type LostAnswerRow,
  type LostWorld,
  PASSWORD,
  proofOf,
  random,
  signsIn,
} from './lost-world.ts'

const EMPTY = { _: 'inputCheckPasswordEmpty' } as const

async function settingsOf(client: TelegramClient, password: string) {
  return newPasswordSettings(await client.account.getPassword(), password, '', random)
}

/** A user whose recovery address waits for its code. */
async function unconfirmed(world: LostWorld) {
  const phone = world.phone()
  const client = await world.user(phone)
  const newSettings = { ...(await settingsOf(client, PASSWORD)), email: EMAIL }
  const update = client.account.updatePasswordSettings({ password: EMPTY, newSettings })
  await assert.rejects(update, { type: 'EMAIL_UNCONFIRMED' })
  return { client, phone }
}

/** Methods that change or prove a password. */
export const LOST_PASSWORD_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'auth.checkPassword': async (world) => {
    const phone = world.phone()
    const client = await world.pending(phone)
    const password = await proofOf(client)
    return {
      client,
      call: () => client.auth.checkPassword({ password }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 1),
    }
  },
  'account.getPasswordSettings': async (world) => {
    const client = await world.protected()
    const password = await proofOf(client)
    // It changes nothing, but the challenge is spent.
    const call = () => client.account.getPasswordSettings({ password })
    return { client, call, told: 'account.passwordSettings' }
  },
  'account.updatePasswordSettings': async (world) => {
    const client = await world.protected()
    const [password, newSettings] = [await proofOf(client), await settingsOf(client, 'staple battery 34')]
    return {
      client,
      call: () => client.account.updatePasswordSettings({ password, newSettings }),
      told: true,
      async check() {
        const next = await proofOf(client, 'staple battery 34')
        assert.equal(
          (await client.account.getPasswordSettings({ password: next }))._,
          'account.passwordSettings',
        )
      },
    }
  },
  'account.getTmpPassword': async (world) => {
    const client = await world.protected()
    const password = await proofOf(client)
    const call = () => client.account.getTmpPassword({ password, period: 60 })
    return { client, call, told: '400 TMP_PASSWORD_DISABLED' }
  },
  'account.confirmPasswordEmail': async (world) => {
    const { client, phone } = await unconfirmed(world)
    const { code } = await waitForCode(world.ready.console, phone)
    const check = async () => assert.equal((await client.account.getPassword()).hasRecovery, true)
    return { client, call: () => client.account.confirmPasswordEmail({ code }), told: true, check }
  },
  'account.resendPasswordEmail': async (world) => {
    const { client } = await unconfirmed(world)
    return { client, call: () => client.account.resendPasswordEmail(), told: true }
  },
  'account.cancelPasswordEmail': async (world) => {
    const { client } = await unconfirmed(world)
    const check = async () =>
      assert.equal((await client.account.getPassword()).emailUnconfirmedPattern, undefined)
    return { client, call: () => client.account.cancelPasswordEmail(), told: true, check }
  },
  'account.resetPassword': async (world) => {
    const client = await world.pending()
    return { client, call: () => client.account.resetPassword(), told: 'account.resetPasswordRequestedWait' }
  },
  'account.declinePasswordReset': async (world) => {
    const phone = world.phone()
    const client = await world.protected(phone)
    await (await world.half(phone)).account.resetPassword()
    const check = async () => assert.equal((await client.account.getPassword()).pendingResetDate, undefined)
    return { client, call: () => client.account.declinePasswordReset(), told: true, check }
  },
  'auth.requestPasswordRecovery': async (world) => {
    const client = await world.pending(world.phone(), EMAIL)
    return { client, call: () => client.auth.requestPasswordRecovery(), told: 'auth.passwordRecovery' }
  },
  'auth.recoverPassword': async (world) => {
    const phone = world.phone()
    const client = await world.pending(phone, EMAIL)
    await client.auth.requestPasswordRecovery()
    const { code } = await waitForCode(world.ready.console, phone)
    return {
      client,
      call: () => client.auth.recoverPassword({ code }),
      told: 'auth.authorization',
      check: signsIn(world, client, phone, 1),
    }
  },
}
