import { defineExample, type Example } from '../printers/example.ts'

export const example: Example = defineExample('account.setReactionsNotifySettings', {
  given: 'signedIn',
  params: {
    settings: {
      _: 'reactionsNotifySettings',
      messagesNotifyFrom: { _: 'reactionNotificationsFromAll' },
      sound: { _: 'notificationSoundDefault' },
      showPreviews: true,
    },
  },
  as: 'settings',
  shows: { 'messagesNotifyFrom._': 'reactionNotificationsFromAll' },
})
