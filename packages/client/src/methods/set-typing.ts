import { UsageError } from '@cablegram/tl'
import type { SendMessageAction } from '@cablegram/tl/api'
import { checkOptions } from '../check-options.ts'
import { type PeerLike, usePeer } from '../peers/resolve.ts'
import { LIMIT_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { type CallLimits, callOptions } from './sending.ts'

/** What the others in a chat are shown. */
export type TypingAction =
  | 'typing'
  | 'cancel'
  | 'recordVideo'
  | 'recordVoice'
  | 'recordRound'
  | 'chooseSticker'
  | 'chooseContact'
  | 'chooseLocation'
  | 'playGame'

const ACTIONS: Readonly<Record<TypingAction, SendMessageAction>> = {
  typing: { _: 'sendMessageTypingAction' },
  cancel: { _: 'sendMessageCancelAction' },
  recordVideo: { _: 'sendMessageRecordVideoAction' },
  recordVoice: { _: 'sendMessageRecordAudioAction' },
  recordRound: { _: 'sendMessageRecordRoundAction' },
  chooseSticker: { _: 'sendMessageChooseStickerAction' },
  chooseContact: { _: 'sendMessageChooseContactAction' },
  chooseLocation: { _: 'sendMessageGeoLocationAction' },
  playGame: { _: 'sendMessageGamePlayAction' },
}

/**
 * Shows the others in a chat that this account types, or does something else, for six seconds or until it sends something.
 *
 * @throws PeerError; UsageError ACTION_INVALID; RpcError
 *
 * @example
 * ```ts
 * import { setTyping, type TelegramClient } from '@cablegram/client'
 *
 * export async function think(client: TelegramClient, chatId: bigint) {
 *   await setTyping(client, chatId)
 *   await setTyping(client, chatId, 'cancel')
 * }
 * ```
 */
export async function setTyping(
  client: MethodClient,
  peer: PeerLike,
  action: TypingAction = 'typing',
  limits: CallLimits = {},
): Promise<void> {
  checkOptions(limits, LIMIT_CHECKS, 'of setTyping')
  if (!Object.hasOwn(ACTIONS, action)) {
    const message = `There is no action ${JSON.stringify(action)}. It may be ${Object.keys(ACTIONS).join(', ')}.`
    throw new UsageError('ACTION_INVALID', message)
  }
  await usePeer(client, peer, async ({ inputPeer }) => {
    const params = { peer: inputPeer, action: ACTIONS[action] }
    await client.call('messages.setTyping', params, callOptions(limits))
  })
}
