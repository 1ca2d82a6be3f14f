/** Lost answers of profiles and settings. */
import assert from 'node:assert/strict'
import { listUsers } from './console.ts'
import { type LostAnswerRow, SELF, settings } from './lost-world.ts'

/** Methods that change an account. */
export const LOST_ACCOUNT_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'account.updateNotifySettings': (world) =>
    settings(world, ({ account }) =>
      account.updateNotifySettings({
        peer: { _: 'inputNotifyUsers' },
        settings: { _: 'inputPeerNotifySettings', silent: true },
      }),
    ),
  'account.resetNotifySettings': (world) => settings(world, ({ account }) => account.resetNotifySettings()),
  'account.deleteAccount': async (world) => {
    const phone = world.phone()
    const client = await world.user(phone)
    const check = async () => assert.deepEqual(await listUsers(world.ready.console, phone), [])
    // Nobody is signed in on the key any more, and no account has the number.
    return { client, call: () => client.account.deleteAccount({ reason: '' }), told: /^401 /, check }
  },
  'account.updateStatus': (world) =>
    settings(world, (client) => client.account.updateStatus({ offline: false })),
  'account.updateBirthday': (world) =>
    settings(world, ({ account }) =>
      account.updateBirthday({ birthday: { _: 'birthday', day: 10, month: 12 } }),
    ),
  'account.reportPeer': (world) =>
    settings(world, ({ account }) =>
      account.reportPeer({ peer: SELF, reason: { _: 'inputReportReasonSpam' }, message: '' }),
    ),
  'account.setContentSettings': (world) =>
    settings(world, ({ account }) => account.setContentSettings({ sensitiveEnabled: true })),
  'account.setReactionsNotifySettings': async (world) => {
    const client = await world.user()
    const call = () =>
      client.account.setReactionsNotifySettings({
        settings: {
          _: 'reactionsNotifySettings',
          sound: { _: 'notificationSoundNone' },
          showPreviews: false,
        },
      })
    return { client, call, told: 'reactionsNotifySettings' }
  },
  'account.updateProfile': async (world) => {
    const client = await world.user()
    return { client, call: () => client.account.updateProfile({ about: 'once' }), told: 'user' }
  },
  'account.toggleUsername': { because: 'accounts have one username: nothing is ever changed' },
  'account.reorderUsernames': { because: 'accounts have one username: nothing is ever changed' },
  'account.updateUsername': async (world) => {
    const client = await world.user()
    const username = 'lost_username'
    return {
      client,
      // The name is the account's by then: the refusal is true.
      call: () => client.account.updateUsername({ username }),
      told: '400 USERNAME_NOT_MODIFIED',
    }
  },
  'account.setPrivacy': async (world) => {
    const client = await world.user()
    const rules = [{ _: 'inputPrivacyValueAllowAll' as const }]
    const call = () => client.account.setPrivacy({ key: { _: 'inputPrivacyKeyAbout' }, rules })
    return { client, call, told: 'account.privacyRules' }
  },
  'account.setGlobalPrivacySettings': async (world) => {
    const client = await world.user()
    const call = () =>
      client.account.setGlobalPrivacySettings({
        settings: { _: 'globalPrivacySettings', hideReadMarks: true },
      })
    return { client, call, told: 'globalPrivacySettings' }
  },
  'account.setAccountTTL': (world) =>
    settings(world, (client) => client.account.setAccountTTL({ ttl: { _: 'accountDaysTTL', days: 180 } })),
  'account.setContactSignUpNotification': (world) =>
    settings(world, (client) => client.account.setContactSignUpNotification({ silent: true })),
}
