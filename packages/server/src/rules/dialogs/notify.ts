import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { CHANNELS_BELOW, type PeerId } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { findNotifySettings, keepNotifySettings, listNotifyExceptions, resetNotify } from './decide-notify.ts'
import { nowS, ownerOf } from './drafts.ts'
import type { NotifyException, NotifyKind, NotifyScope, NotifySettings } from './words.ts'

/** The settings of a kind as long as nobody has made others: clients take an object without these fields for a muted chat. */
const DEFAULTS = { muteUntilS: 0, isSilent: false, showsPreviews: true } as const

/** The notification settings of a chat or a kind. Those of a chat that has none of its own are undefined. */
export async function notifySettingsOf(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
  scope: NotifyScope,
): Promise<NotifySettings> {
  const made = await store.look(() => findNotifySettings(userId, scope))
  if (scope.kind === 'peer') return made
  const { muteUntilS, isSilent, showsPreviews } = made
  return {
    muteUntilS: muteUntilS ?? DEFAULTS.muteUntilS,
    isSilent: isSilent ?? DEFAULTS.isSilent,
    showsPreviews: showsPreviews ?? DEFAULTS.showsPreviews,
  }
}

/** Makes notification settings for a chat or a kind of the caller's. @throws {RpcError} SETTINGS_INVALID */
export async function setNotifySettings(
  { store, clock }: Ground,
  caller: Caller,
  scope: NotifyScope,
  settings: NotifySettings,
): Promise<void> {
  if ((settings.muteUntilS ?? 0) < 0) throw refusal('SETTINGS_INVALID')
  const owner = ownerOf(caller)
  const atS = nowS(clock)
  await store.decide(() => keepNotifySettings(owner, scope, settings, atS))
}

/** Forgets all of the caller's notification settings. */
export async function forgetNotifySettings({ store, clock }: Ground, caller: Caller): Promise<void> {
  const owner = ownerOf(caller)
  const atS = nowS(clock)
  await store.decide(() => resetNotify(owner, atS))
}

/** The caller's chats with notification settings of their own: all of them, those of a kind, or one. */
export async function notifyExceptionsOf(
  { store }: Ground,
  { state }: Caller,
  scope: NotifyScope | undefined,
): Promise<readonly NotifyException[]> {
  const userId = requireUserId(state)
  const all = await store.look(() => listNotifyExceptions(userId))
  if (scope === undefined) return all
  return all.filter(({ peerId }) =>
    scope.kind === 'peer' ? peerId === scope.peerId : kindOf(peerId) === scope.kind,
  )
}

function kindOf(peerId: PeerId): NotifyKind {
  if (peerId > 0n) return 'users'
  return peerId > CHANNELS_BELOW ? 'groups' : 'channels'
}
