/** Refusals that only the console is told: its accounts and bots are made by rules that refuse with names of Telegram's. */
export const CONSOLE_ERRORS = [
  { code: 400, name: 'USERNAME_INVALID', methods: [] },
  { code: 400, name: 'USERNAME_OCCUPIED', methods: [] },
] as const
