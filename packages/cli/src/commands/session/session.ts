import type { Command } from '../../command.ts'
import { CommandLineError } from '../../errors.ts'
import { clone } from './clone.ts'
import { convert } from './convert.ts'
import { inspect } from './inspect.ts'

/** `cablegram session`: sessions of this library and of others. */
export const sessionCommand: Command = {
  name: 'session',
  summary: 'Look into a session, convert it from or to another library, or sign in a second one.',
  actions: [inspect, convert, clone],
  options: {},
  notes: ['A session opens the account: a person who has the file, or a copy of it, is signed in.'],
  examples: [
    ['npx cablegram session inspect me.session', 'say whose session it is, without the key'],
    ['npx cablegram session convert telethon.session me.session --server production', 'from Telethon'],
    ['npx cablegram session clone me.session second.session', 'sign in a second session'],
  ],
  run: () => Promise.reject(new CommandLineError('name what to do: inspect, convert or clone.')),
}
