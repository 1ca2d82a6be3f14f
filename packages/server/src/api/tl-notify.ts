import type { NotifyPeer, PeerNotifySettings, Update } from '@cablegram/tl/api'
import type { NotifyScope, NotifySettings } from '../rules/dialogs/words.ts'
import { tlPeer } from './peers.ts'

/** Notification settings in TL. */
export function tlNotifySettings({
  showsPreviews,
  isSilent,
  muteUntilS,
}: NotifySettings): PeerNotifySettings {
  return {
    _: 'peerNotifySettings',
    ...(showsPreviews !== undefined && { showPreviews: showsPreviews }),
    ...(isSilent !== undefined && { silent: isSilent }),
    ...(muteUntilS !== undefined && { muteUntil: muteUntilS }),
  }
}

function tlNotifyPeer(scope: NotifyScope): NotifyPeer {
  switch (scope.kind) {
    case 'peer':
      return { _: 'notifyPeer', peer: tlPeer(scope.peerId) }
    case 'users':
      return { _: 'notifyUsers' }
    case 'groups':
      return { _: 'notifyChats' }
    case 'channels':
      return { _: 'notifyBroadcasts' }
  }
}

/** The update that tells of notification settings. */
export function notifyUpdate(scope: NotifyScope, settings: NotifySettings): Update {
  return {
    _: 'updateNotifySettings',
    peer: tlNotifyPeer(scope),
    notifySettings: tlNotifySettings(settings),
  }
}
