import { constantAnswer, type Handler, type ResultOf } from './handler.ts'

/** Clients take an object without these fields for a muted chat. */
const NOT_MUTED = constantAnswer<ResultOf<'account.getNotifySettings'>>({
  _: 'peerNotifySettings',
  showPreviews: true,
  silent: false,
  muteUntil: 0,
})

/** Gets the notifications of a chat, or of all chats of a kind. */
export const getNotifySettings: Handler<'account.getNotifySettings'> = () => NOT_MUTED
