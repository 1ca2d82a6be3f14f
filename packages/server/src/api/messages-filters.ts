import { constantAnswer, type Handler, type ResultOf } from './handler.ts'

const ALL_CHATS = constantAnswer<ResultOf<'messages.getDialogFilters'>>({
  _: 'messages.dialogFilters',
  filters: [{ _: 'dialogFilterDefault' }],
})

/** Lists the user's folders: the one of all chats. */
export const getDialogFilters: Handler<'messages.getDialogFilters'> = () => ALL_CHATS
