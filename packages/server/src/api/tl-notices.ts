import type { NotificationSound, ReactionNotificationsFrom, ReactionsNotifySettings } from '@cablegram/tl/api'
import type { NoticeSound, ReactionNotices, ReactionSource } from '../rules/people/words.ts'
import { checkTexts } from './check-texts.ts'

/** Notifications about reactions, as a client sets them. @throws {RpcError} INPUT_REQUEST_TOO_LONG */
export function reactionNotices(settings: ReactionsNotifySettings): ReactionNotices {
  return {
    messages: sourceIn(settings.messagesNotifyFrom),
    stories: sourceIn(settings.storiesNotifyFrom),
    pollVotes: sourceIn(settings.pollVotesNotifyFrom),
    sound: soundIn(settings.sound),
    showsPreviews: settings.showPreviews,
  }
}

function sourceIn(from: ReactionNotificationsFrom | undefined): ReactionSource | undefined {
  return from && (from._ === 'reactionNotificationsFromAll' ? 'all' : 'contacts')
}

function soundIn(sound: NotificationSound): NoticeSound {
  switch (sound._) {
    case 'notificationSoundDefault':
      return { kind: 'default' }
    case 'notificationSoundNone':
      return { kind: 'none' }
    case 'notificationSoundLocal':
      checkTexts(sound.title, sound.data)
      return { kind: 'local', title: sound.title, data: sound.data }
    case 'notificationSoundRingtone':
      return { kind: 'ringtone', id: String(sound.id) }
  }
}

/** Notifications about reactions in TL. */
export function tlReactionNotices(notices: ReactionNotices): ReactionsNotifySettings {
  const { messages, stories, pollVotes, sound, showsPreviews } = notices
  return {
    _: 'reactionsNotifySettings',
    ...(messages && { messagesNotifyFrom: tlSource(messages) }),
    ...(stories && { storiesNotifyFrom: tlSource(stories) }),
    ...(pollVotes && { pollVotesNotifyFrom: tlSource(pollVotes) }),
    sound: tlSound(sound),
    showPreviews: showsPreviews,
  }
}

function tlSource(source: ReactionSource): ReactionNotificationsFrom {
  return { _: source === 'all' ? 'reactionNotificationsFromAll' : 'reactionNotificationsFromContacts' }
}

function tlSound(sound: NoticeSound): NotificationSound {
  switch (sound.kind) {
    case 'default':
      return { _: 'notificationSoundDefault' }
    case 'none':
      return { _: 'notificationSoundNone' }
    case 'local':
      return { _: 'notificationSoundLocal', title: sound.title, data: sound.data }
    case 'ringtone':
      return { _: 'notificationSoundRingtone', id: BigInt(sound.id) }
  }
}
