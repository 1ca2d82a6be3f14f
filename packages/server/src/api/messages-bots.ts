import { answerQuery, pressButton } from '../rules/bots/press-button.ts'
import { sharePeers } from '../rules/bots/share-peers.ts'
import { startBot as start } from '../rules/bots/start-bot.ts'
import type { PressAnswer } from '../rules/bots/words.ts'
import { refusal } from '../rules/index.ts'
import { checkTexts } from './check-texts.ts'
import { membersUpdate } from './groups.ts'
import type { Handler, ResultOf } from './handler.ts'
import { answerOf } from './password-answers.ts'
import { peerOf, peersOf, userIdOf } from './peers.ts'
import { sentUpdates } from './sent-updates.ts'

/** Starts a bot, in its own chat or in a group. Some clients leave the chat empty where it is the bot's own. */
export const startBot: Handler<'messages.startBot'> = async (request, context) => {
  const { startParam: param, randomId } = request
  checkTexts(param)
  const botId = await userIdOf(request.bot, context, 'BOT_INVALID')
  const peerId = request.peer._ === 'inputPeerEmpty' ? botId : await peerOf(request.peer, context)
  const { events } = await start(context.on, context.caller, { botId, peerId, param, randomId })
  const answer = await sentUpdates(context, events)
  const hasJoined = events.length > 1 && peerId < 0n && answer._ === 'updates'
  if (!hasJoined) return answer
  return { ...answer, updates: [...answer.updates, ...(await membersUpdate(-peerId, context))] }
}

/** Presses a button of a bot's. The answer comes when the bot has answered. */
export const getBotCallbackAnswer: Handler<'messages.getBotCallbackAnswer'> = async (request, context) => {
  // This server has no games.
  if (request.data === undefined || request.game === true) throw refusal('DATA_INVALID')
  const peerId = await peerOf(request.peer, context)
  const press = { peerId, messageId: request.msgId, data: request.data }
  const password = request.password && answerOf(request.password)
  return tlAnswer(await pressButton(context.on, context.caller, { ...press, password }))
}

function tlAnswer({ message, isAlert, url, cacheS }: PressAnswer): ResultOf<'messages.getBotCallbackAnswer'> {
  return {
    _: 'messages.botCallbackAnswer',
    ...(isAlert && { alert: true }),
    ...(url !== undefined && { hasUrl: true, url }),
    ...(message !== undefined && { message }),
    cacheTime: cacheS,
  }
}

/** Answers the press of a button. */
export const setBotCallbackAnswer: Handler<'messages.setBotCallbackAnswer'> = async (request, context) => {
  const { queryId, message, url, cacheTime } = request
  checkTexts(message ?? '', url ?? '')
  await answerQuery(context.on, context.caller, queryId, {
    message: message === '' ? undefined : message,
    isAlert: request.alert === true,
    url: url === '' ? undefined : url,
    cacheS: Math.max(0, cacheTime),
  })
  return true
}

/** Gives a bot the people or the group that a button of its keyboard asked for. */
export const sendBotRequestedPeer: Handler<'messages.sendBotRequestedPeer'> = async (request, context) => {
  const { msgId: messageId, webappReqId, buttonId: buttonNumber } = request
  const botId = await peerOf(request.peer, context)
  // This server has no web apps.
  if (messageId === undefined || webappReqId !== undefined) throw refusal('MESSAGE_ID_INVALID')
  const peerIds = await peersOf(request.requestedPeers, context)
  const sharing = { botId, messageId, buttonNumber, peerIds }
  const { events, joinedId } = await sharePeers(context.on, context.caller, sharing)
  const answer = await sentUpdates(context, events)
  if (joinedId === undefined || answer._ !== 'updates') return answer
  return { ...answer, updates: [...answer.updates, ...(await membersUpdate(-joinedId, context))] }
}
