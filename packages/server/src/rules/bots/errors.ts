/** Errors of bots and of those who use them. */
export const BOT_ERRORS = [
  { code: 400, name: 'START_PARAM_EMPTY', methods: ['messages.startBot'] },
  { code: 400, name: 'START_PARAM_INVALID', methods: ['messages.startBot'] },
  { code: 400, name: 'START_PARAM_TOO_LONG', methods: ['messages.startBot'] },
  { code: 400, name: 'BOT_INVALID', methods: ['messages.startBot'] },
  { code: 400, name: 'PEER_ID_INVALID', methods: ['messages.startBot', 'messages.getBotCallbackAnswer'] },
  { code: 403, name: 'CHAT_WRITE_FORBIDDEN', methods: ['messages.startBot'] },
  { code: 400, name: 'CHAT_ADMIN_REQUIRED', methods: ['messages.startBot'] },
  { code: 500, name: 'RANDOM_ID_DUPLICATE', methods: ['messages.startBot'] },
  { code: 400, name: 'USER_IS_BOT', methods: ['messages.sendMessage'] },
  { code: 400, name: 'MESSAGE_ID_INVALID', methods: ['messages.getBotCallbackAnswer'] },
  { code: 400, name: 'DATA_INVALID', methods: ['messages.getBotCallbackAnswer'] },
  { code: 400, name: 'BOT_RESPONSE_TIMEOUT', methods: ['messages.getBotCallbackAnswer'] },
  { code: 400, name: 'PASSWORD_MISSING', methods: ['messages.getBotCallbackAnswer'] },
  { code: 400, name: 'QUERY_ID_INVALID', methods: ['messages.setBotCallbackAnswer'] },
  { code: 400, name: 'MESSAGE_TOO_LONG', methods: ['messages.setBotCallbackAnswer'] },
  { code: 400, name: 'URL_INVALID', methods: ['messages.setBotCallbackAnswer'] },
] as const
