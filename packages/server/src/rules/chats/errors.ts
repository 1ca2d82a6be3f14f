/** Errors of what people do in chats. */
export const CHAT_ERRORS = [
  { code: 400, name: 'ENTITY_MENTION_USER_INVALID', methods: ['messages.sendMessage'] },
  { code: 400, name: 'ENTITY_DATE_INVALID', methods: ['messages.sendMessage'] },
  { code: 400, name: 'ENTITY_DATE_FORMAT_INVALID', methods: ['messages.sendMessage'] },
  { code: 400, name: 'ENTITY_DATE_TOO_LONG', methods: ['messages.sendMessage'] },
] as const
