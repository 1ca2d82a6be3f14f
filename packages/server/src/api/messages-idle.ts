/** Questions of idle clients about what this server does not have: each has the answer that puts the client at rest. */
import { constantAnswer, type Handler, type ResultOf } from './handler.ts'
import { peerOf } from './peers.ts'

const NO_MENU_BOTS = constantAnswer<ResultOf<'messages.getAttachMenuBots'>>({
  _: 'attachMenuBots',
  hash: 0n,
  bots: [],
  users: [],
})
const NO_QUICK_REPLIES = constantAnswer<ResultOf<'messages.getQuickReplies'>>({
  _: 'messages.quickReplies',
  quickReplies: [],
  messages: [],
  chats: [],
  users: [],
})
const NO_ADVERTISING = constantAnswer<ResultOf<'messages.getSponsoredMessages'>>({
  _: 'messages.sponsoredMessagesEmpty',
})
const NEVER_DELETED = constantAnswer<ResultOf<'messages.getDefaultHistoryTTL'>>({
  _: 'defaultHistoryTTL',
  period: 0,
})
const WHOLE_BOX = constantAnswer<ResultOf<'messages.getSplitRanges'>>([
  { _: 'messageRange', minId: 1, maxId: 2 ** 31 - 1 },
])
const NO_PREVIEW = constantAnswer<ResultOf<'messages.getWebPagePreview'>>({
  _: 'messages.webPagePreview',
  media: { _: 'messageMediaEmpty' },
  chats: [],
  users: [],
})

/** Lists the bots in the menu of the paper clip. */
export const getAttachMenuBots: Handler<'messages.getAttachMenuBots'> = () => NO_MENU_BOTS

/** Lists the texts that the user keeps for quick replies. */
export const getQuickReplies: Handler<'messages.getQuickReplies'> = () => NO_QUICK_REPLIES

/** Asks for advertising to show in a chat. @throws {RpcError} PEER_ID_INVALID */
export const getSponsoredMessages: Handler<'messages.getSponsoredMessages'> = async ({ peer }, context) => {
  await peerOf(peer, context)
  return NO_ADVERTISING
}

/** Tells after how many seconds messages of a new chat delete themselves: never. */
export const getDefaultHistoryTTL: Handler<'messages.getDefaultHistoryTTL'> = () => NEVER_DELETED

/** Gets the ranges of ids in which an export should read messages. */
export const getSplitRanges: Handler<'messages.getSplitRanges'> = () => WHOLE_BOX

/** Gets the preview of the first link of a text. */
export const getWebPagePreview: Handler<'messages.getWebPagePreview'> = () => NO_PREVIEW

/** Gets the preview of a page. */
export const getWebPage: Handler<'messages.getWebPage'> = ({ url }) => ({
  _: 'messages.webPage',
  webpage: { _: 'webPageEmpty', id: 0n, url },
  chats: [],
  users: [],
})

/** Takes note that messages reached the device. @throws {RpcError} PEER_ID_INVALID */
export const reportMessagesDelivery: Handler<'messages.reportMessagesDelivery'> = async (
  { peer },
  context,
) => {
  await peerOf(peer, context)
  return true
}

/** Takes note of how long messages were on the screen. @throws {RpcError} PEER_ID_INVALID */
export const reportReadMetrics: Handler<'messages.reportReadMetrics'> = async ({ peer }, context) => {
  await peerOf(peer, context)
  return true
}
