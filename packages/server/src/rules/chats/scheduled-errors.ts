/** Errors of messages that are sent later. */
export const SCHEDULED_ERRORS = [
  {
    code: 400,
    name: 'SCHEDULE_BOT_NOT_ALLOWED',
    methods: ['messages.sendMessage', 'messages.sendMedia', 'messages.forwardMessages'],
  },
  {
    code: 400,
    name: 'SCHEDULE_DATE_TOO_LATE',
    methods: ['messages.sendMessage', 'messages.sendMedia', 'messages.forwardMessages'],
  },
  {
    code: 400,
    name: 'SCHEDULE_STATUS_PRIVATE',
    methods: ['messages.sendMessage', 'messages.sendMedia', 'messages.forwardMessages'],
  },
  {
    code: 400,
    name: 'SCHEDULE_TOO_MUCH',
    methods: ['messages.sendMessage', 'messages.sendMedia', 'messages.forwardMessages'],
  },
  { code: 400, name: 'SCHEDULE_DATE_INVALID', methods: ['messages.editMessage'] },
  {
    code: 400,
    name: 'PEER_ID_INVALID',
    methods: [
      'messages.getScheduledHistory',
      'messages.getScheduledMessages',
      'messages.sendScheduledMessages',
      'messages.deleteScheduledMessages',
    ],
  },
  {
    code: 400,
    name: 'LIMIT_INVALID',
    methods: [
      'messages.getScheduledMessages',
      'messages.sendScheduledMessages',
      'messages.deleteScheduledMessages',
    ],
  },
  { code: 400, name: 'MESSAGE_ID_INVALID', methods: ['messages.sendScheduledMessages'] },
  { code: 400, name: 'INPUT_USER_DEACTIVATED', methods: ['messages.sendScheduledMessages'] },
  { code: 400, name: 'YOU_BLOCKED_USER', methods: ['messages.sendScheduledMessages'] },
  { code: 403, name: 'USER_IS_BLOCKED', methods: ['messages.sendScheduledMessages'] },
  { code: 400, name: 'CHAT_ID_INVALID', methods: ['messages.sendScheduledMessages'] },
  { code: 403, name: 'CHAT_WRITE_FORBIDDEN', methods: ['messages.sendScheduledMessages'] },
  { code: 403, name: 'CHAT_SEND_PLAIN_FORBIDDEN', methods: ['messages.sendScheduledMessages'] },
  { code: 403, name: 'CHAT_SEND_POLL_FORBIDDEN', methods: ['messages.sendScheduledMessages'] },
] as const
