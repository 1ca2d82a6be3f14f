/** What only the console is told: its accounts and bots are made by rules that refuse with names of Telegram's. */
export const CONSOLE_ERRORS = [
  {
    code: 400,
    name: 'USERNAME_INVALID',
    methods: [],
    cause: 'The text cannot be the username of a bot.',
    advice: 'Use 5 to 32 letters, digits and underscores, with bot at the end.',
    definition: 'ours',
  },
  {
    code: 400,
    name: 'USERNAME_OCCUPIED',
    methods: [],
    cause: 'Another bot has this username.',
    advice: 'Choose another username.',
    definition: 'ours',
  },
] as const
