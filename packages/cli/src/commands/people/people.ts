import type { Command } from '../../command.ts'
import { ANSWER_OPTIONS } from '../../console.ts'
import { create, list } from './accounts.ts'
import { answer, press, presses, start } from './bots.ts'
import { calls, idle } from './clients.ts'
import { download } from './download.ts'
import { events } from './events.ts'
import { add, block, group, join, leave, link, promote, removeMember } from './groups.ts'
import { chats, messages, read, wait } from './reading.ts'
import { album, edit, forward, pin, react, remove, send, type, vote } from './writing.ts'

/** `cablegram people`: people to act as, without a client. */
export const peopleCommand: Command = {
  name: 'people',
  summary: 'Act as the people of your server, without a client: write, wait, react, vote.',
  actions: [
    create,
    list,
    send,
    album,
    messages,
    wait,
    download,
    events,
    chats,
    read,
    edit,
    remove,
    forward,
    pin,
    react,
    vote,
    type,
    start,
    press,
    presses,
    answer,
    calls,
    idle,
    group,
    link,
    join,
    add,
    removeMember,
    promote,
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
