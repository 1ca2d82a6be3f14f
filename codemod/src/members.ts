import type { Kind } from './kinds.ts'

const ENTITY = {
  firstName: 'user.firstName',
  lastName: 'user.lastName',
  username: 'user.username',
  phone: 'user.phone',
}

/** The new names of the members of values. */
export const MEMBERS: Partial<Record<Kind, Readonly<Record<string, string>>>> = {
  event: { chatId: 'chat.id', isPrivate: "chat.kind === 'user'" },
  callbackEvent: { chatId: 'chat?.id', messageId: 'messageId', senderId: 'sender.id', queryId: 'queryId' },
  message: {
    message: 'text',
    senderId: 'sender.id',
    chatId: 'chat.id',
    peerId: 'chat',
    fromId: 'sender',
    date: 'dateS',
    editDate: 'editDateS',
    out: 'isOut',
    groupedId: 'albumId',
    replyToMsgId: 'replyTo',
    isPrivate: "chat.kind === 'user'",
    isGroup: "chat.kind.endsWith('group')",
    isChannel: "chat.kind === 'channel'",
  },
  dialog: {
    title: 'chat.title',
    name: 'chat.title',
    id: 'chat.id',
    entity: 'chat',
    inputEntity: 'chat',
    pinned: 'isPinned',
    archived: 'isArchived',
    isUser: "chat.kind === 'user'",
    isGroup: "chat.kind.endsWith('group')",
    isChannel: "chat.kind === 'channel'",
  },
  member: ENTITY,
  error: { errorMessage: 'type', seconds: 'argument' },
}
