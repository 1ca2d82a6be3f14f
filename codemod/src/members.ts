import type { Kind } from './kinds.ts'

const ENTITY = {
  firstName: 'user.firstName',
  lastName: 'user.lastName',
  username: 'user.username',
  phone: 'user.phone',
}

/** The new names of the members of values. */
export const MEMBERS: Partial<Record<Kind, Readonly<Record<string, string>>>> = {
  event: {
    chatId: 'chat.id',
    senderId: 'sender.id',
    isPrivate: "chat.kind === 'user'",
    isGroup: "chat.kind.endsWith('group')",
    isChannel: "chat.kind === 'channel'",
  },
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
  member: { ...ENTITY, id: 'user.id', bot: 'user.isBot' },
  entity: { bot: 'isBot', self: 'isSelf' },
  error: { errorMessage: 'type', seconds: 'argument' },
}

/** Members that have the same name and meaning. An error may be any other one, so that nothing is said about its members. */
export const KEPT: Partial<Record<Kind, readonly string[]>> = {
  event: ['message', 'chat', 'sender', 'reply'],
  callbackEvent: ['data', 'chat', 'sender', 'answer', 'edit'],
  message: ['id', 'text', 'media', 'entities', 'action', 'chat', 'sender', 'file', 'toJSON'],
  dialog: ['message', 'unreadCount'],
  member: [],
  entity: ['id', 'title', 'firstName', 'lastName', 'username', 'phone', 'toJSON'],
}

/** The constructors of the TL values behind them. */
export const RAW: Partial<Record<Kind, readonly string[]>> = {
  message: ['message', 'messageService'],
  entity: ['user', 'chat', 'channel'],
}
