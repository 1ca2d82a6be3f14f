/** Errors about people. */
export const PEOPLE_ERRORS = [
  { code: 400, name: 'MSG_ID_INVALID', methods: ['users.getFullUser'] },
  { code: 400, name: 'FROM_MESSAGE_BOT_DISABLED', methods: ['users.getUsers'] },
] as const
