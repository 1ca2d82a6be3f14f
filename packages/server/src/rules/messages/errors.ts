/** Errors of messages, and of asking for their events. */
export const MESSAGE_ERRORS = [
  {
    code: 400,
    name: 'PEER_ID_INVALID',
    methods: [
      'messages.getPeerDialogs',
      'messages.getHistory',
      'messages.readHistory',
      'messages.sendMessage',
    ],
  },
  { code: 400, name: 'MESSAGE_EMPTY', methods: ['messages.sendMessage'] },
  { code: 400, name: 'MESSAGE_TOO_LONG', methods: ['messages.sendMessage'] },
  { code: 400, name: 'RANDOM_ID_EMPTY', methods: ['messages.sendMessage'] },
  { code: 400, name: 'ENTITY_BOUNDS_INVALID', methods: ['messages.sendMessage'] },
  { code: 400, name: 'REPLY_MARKUP_INVALID', methods: ['messages.sendMessage'] },
  { code: 400, name: 'SCHEDULE_TOO_MUCH', methods: ['messages.sendMessage'] },
  { code: 400, name: 'QUICK_REPLIES_TOO_MUCH', methods: ['messages.sendMessage'] },
  { code: 400, name: 'SUGGESTED_POST_PEER_INVALID', methods: ['messages.sendMessage'] },
  { code: 400, name: 'SEND_AS_PEER_INVALID', methods: ['messages.sendMessage'] },
  { code: 400, name: 'INPUT_PEERS_EMPTY', methods: ['messages.getPeerDialogs'] },
  { code: 400, name: 'FOLDER_ID_INVALID', methods: ['messages.getDialogs', 'messages.getPinnedDialogs'] },
  { code: 400, name: 'PERSISTENT_TIMESTAMP_EMPTY', methods: ['updates.getDifference'] },
  { code: 400, name: 'PERSISTENT_TIMESTAMP_INVALID', methods: ['updates.getDifference'] },
  { code: 400, name: 'DATE_EMPTY', methods: ['updates.getDifference'] },
] as const
