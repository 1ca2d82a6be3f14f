import type { Command } from '../../command.ts'
import { ANSWER_OPTIONS } from '../../console.ts'
import { create, list } from './accounts.ts'
import { press, start } from './bots.ts'
import { calls, idle } from './clients.ts'
import { add, block, group, join, leave, link } from './groups.ts'
import { chats, messages, read, wait } from './reading.ts'
import { edit, react, remove, send, vote } from './writing.ts'

/** `cablegram people`: people to act as, without a client. */
export const peopleCommand: Command = {
  name: 'people',
  summary: 'Act as the people of your server, without a client: write, wait, react, vote.',
  actions: [
    create,
    list,
    send,
    messages,
    wait,
    chats,
    read,
    edit,
    remove,
    react,
    vote,
    start,
    press,
    calls,
    idle,
    group,
    link,
    join,
    add,
    leave,
    block,
  ],
  options: ANSWER_OPTIONS,
  notes: [
    'Each side of a chat has its own ids of messages. A group is named by its id, which is below zero.',
  ],
  examples: [
    ['npx cablegram people', 'everybody: people and bots'],
    ['npx cablegram people create Ada --username ada_lovelace', 'make somebody'],
    ["npx cablegram people send @ada_lovelace @echo_bot 'Hello'", 'write as her to a bot'],
    ['npx cablegram people wait @ada_lovelace --from @echo_bot', 'wait for the answer'],
  ],
  run: (args) => list.run(args),
}
