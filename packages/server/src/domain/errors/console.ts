/** What only the console is told: its accounts and bots are made by rules that refuse with names of Telegram's. */
export const CONSOLE_ERRORS = [
  {
    code: 400,
    name: 'USERNAME_INVALID',
    methods: [],
    cause: 'The name is no bot’s.',
    advice: 'Give a name of 5 to 32 letters, digits and underscores that ends in bot.',
    definition: 'ours',
  },
  {
    code: 400,
    name: 'USERNAME_OCCUPIED',
    methods: [],
    cause: 'Another bot has the name.',
    advice: 'Choose another name.',
    definition: 'ours',
  },
] as const
