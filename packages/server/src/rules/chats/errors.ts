/** Errors of what people do in chats. */
export const CHAT_ERRORS = [
  {
    code: 400,
    name: 'ENTITY_MENTION_USER_INVALID',
    methods: ['messages.sendMessage', 'messages.editMessage'],
  },
  { code: 400, name: 'ENTITY_DATE_INVALID', methods: ['messages.sendMessage', 'messages.editMessage'] },
  {
    code: 400,
    name: 'ENTITY_DATE_FORMAT_INVALID',
    methods: ['messages.sendMessage', 'messages.editMessage'],
  },
  { code: 400, name: 'ENTITY_DATE_TOO_LONG', methods: ['messages.sendMessage', 'messages.editMessage'] },
  { code: 500, name: 'RANDOM_ID_DUPLICATE', methods: ['messages.sendMessage', 'messages.forwardMessages'] },
  {
    code: 400,
    name: 'INPUT_USER_DEACTIVATED',
    methods: ['messages.sendMessage', 'messages.forwardMessages', 'messages.setTyping'],
  },
  { code: 400, name: 'YOU_BLOCKED_USER', methods: ['messages.sendMessage', 'messages.forwardMessages'] },
  {
    code: 403,
    name: 'USER_IS_BLOCKED',
    methods: ['messages.sendMessage', 'messages.forwardMessages', 'messages.setTyping'],
  },
  {
    code: 400,
    name: 'CHAT_ID_INVALID',
    methods: ['messages.sendMessage', 'messages.forwardMessages', 'messages.setTyping'],
  },
  {
    code: 403,
    name: 'CHAT_WRITE_FORBIDDEN',
    methods: [
      'messages.sendMessage',
      'messages.editMessage',
      'messages.forwardMessages',
      'messages.setTyping',
    ],
  },
  {
    code: 403,
    name: 'CHAT_SEND_PLAIN_FORBIDDEN',
    methods: ['messages.sendMessage', 'messages.forwardMessages'],
  },
  { code: 400, name: 'REPLY_MESSAGE_ID_INVALID', methods: ['messages.sendMessage'] },
  { code: 400, name: 'QUOTE_TEXT_INVALID', methods: ['messages.sendMessage'] },
  {
    code: 400,
    name: 'MESSAGE_ID_INVALID',
    methods: ['messages.editMessage', 'messages.forwardMessages', 'messages.updatePinnedMessage'],
  },
  { code: 403, name: 'MESSAGE_AUTHOR_REQUIRED', methods: ['messages.editMessage'] },
  { code: 400, name: 'MESSAGE_EDIT_TIME_EXPIRED', methods: ['messages.editMessage'] },
  { code: 400, name: 'MESSAGE_NOT_MODIFIED', methods: ['messages.editMessage'] },
  { code: 403, name: 'MESSAGE_DELETE_FORBIDDEN', methods: ['messages.deleteMessages'] },
  { code: 400, name: 'MESSAGE_IDS_EMPTY', methods: ['messages.forwardMessages'] },
  { code: 400, name: 'RANDOM_ID_INVALID', methods: ['messages.forwardMessages'] },
  { code: 406, name: 'CHAT_FORWARDS_RESTRICTED', methods: ['messages.forwardMessages'] },
  {
    code: 400,
    name: 'CHAT_ADMIN_REQUIRED',
    methods: ['messages.updatePinnedMessage', 'messages.unpinAllMessages'],
  },
  { code: 400, name: 'CHAT_NOT_MODIFIED', methods: ['messages.updatePinnedMessage'] },
] as const
