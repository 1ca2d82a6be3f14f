import type { Command } from '../../command.ts'
import { ANSWER_OPTIONS } from '../../console.ts'
import { printAnswer } from '../../print.ts'
import { type Card, cardName } from './message-line.ts'
import { doAs, PERSON } from './person-path.ts'

const GROUP = { name: 'GROUP', help: 'the id of the group, which is below zero', required: true } as const
const USER = { name: 'USER', help: 'a @username, a +phone or an id', required: true } as const
const GIVEN = { chat: GROUP.name, user: USER.name } as const

/** `cablegram people group`. */
export const group: Command = {
  name: 'group',
  summary: 'Make a group as somebody, and print its id.',
  positionals: [
    PERSON,
    { name: 'TITLE', help: 'the title', required: true },
    USER,
    { name: 'USER', help: 'any number of them', isRest: true },
  ],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram people group @ada_lovelace Tea @bob_builder @echo_bot', 'a group of three']],
  async run(args) {
    const [, title, ...members] = args.positionals
    const given = { title: 'TITLE', with: 'USER' }
    const made = (await doAs(args, 'groups', { title, with: members }, given)) as Card
    printAnswer(args, made, String(made.id))
    return 0
  },
}

/** `cablegram people link`. */
export const link: Command = {
  name: 'link',
  summary: 'Make a link to a group as somebody, and print it.',
  positionals: [PERSON, GROUP],
  options: { request: { help: 'who comes by it has to be let in' }, ...ANSWER_OPTIONS },
  examples: [['npx cablegram people link @ada_lovelace -1', 'a link to group -1']],
  async run(args) {
    const [, chat] = args.positionals
    const body = { chat, needsRequest: args.flag('request') }
    const made = (await doAs(args, 'links', body, GIVEN)) as { readonly link: string }
    printAnswer(args, made, made.link)
    return 0
  },
}

/** `cablegram people join`. */
export const join: Command = {
  name: 'join',
  summary: 'Join a group by a link as somebody.',
  positionals: [PERSON, { name: 'LINK', help: 'the link', required: true }],
  options: ANSWER_OPTIONS,
  examples: [
    ['npx cablegram people join @bob_builder https://t.me/+AbCdEfGhIjKlMnOp', 'Bob is a member from now on'],
  ],
  async run(args) {
    const joined = (await doAs(args, 'joins', { link: args.positionals[1] }, { link: 'LINK' })) as Card
    printAnswer(args, joined, `Joined ${cardName(joined)} (${joined.id}).`)
    return 0
  },
}

/** `cablegram people add`. */
export const add: Command = {
  name: 'add',
  summary: 'Bring somebody into a group.',
  positionals: [PERSON, GROUP, USER],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram people add @ada_lovelace -1 @echo_bot', 'Ada brings a bot into group -1']],
  async run(args) {
    const [, chat, user] = args.positionals
    await doAs(args, 'members', { chat, user }, GIVEN)
    printAnswer(args, {}, `Brought ${user} into ${chat}.`)
    return 0
  },
}

/** `cablegram people remove`. */
export const removeMember: Command = {
  name: 'remove',
  summary: 'Take somebody out of a group.',
  positionals: [PERSON, GROUP, USER],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram people remove @ada_lovelace -1 @bob_builder', 'Ada takes Bob out of group -1']],
  async run(args) {
    const [, chat, user] = args.positionals
    await doAs(args, 'removals', { chat, user }, GIVEN)
    printAnswer(args, {}, `Took ${user} out of ${chat}.`)
    return 0
  },
}

/** `cablegram people promote`. */
export const promote: Command = {
  name: 'promote',
  summary: 'Make a member of a group an admin.',
  positionals: [PERSON, GROUP, USER],
  options: { off: { help: 'make the admin a member like others' }, ...ANSWER_OPTIONS },
  examples: [
    ['npx cablegram people promote @ada_lovelace -1 @echo_bot', 'the bot sees every message of group -1'],
    ['npx cablegram people promote @ada_lovelace -1 @echo_bot --off', 'it is an admin no longer'],
  ],
  async run(args) {
    const [, chat, user] = args.positionals
    const isOff = args.flag('off')
    await doAs(args, 'admins', { chat, user, on: !isOff }, GIVEN)
    printAnswer(args, {}, `${user} is ${isOff ? 'no admin' : 'an admin'} of ${chat} now.`)
    return 0
  },
}

/** `cablegram people leave`. */
export const leave: Command = {
  name: 'leave',
  summary: 'Leave a group as somebody.',
  positionals: [PERSON, GROUP],
  options: ANSWER_OPTIONS,
  examples: [['npx cablegram people leave @bob_builder -1', 'Bob is in group -1 no longer']],
  async run(args) {
    const [, chat] = args.positionals
    await doAs(args, 'leaves', { chat }, GIVEN)
    printAnswer(args, {}, `Left ${chat}.`)
    return 0
  },
}

/** `cablegram people block`. */
export const block: Command = {
  name: 'block',
  summary: 'Block somebody as somebody.',
  positionals: [PERSON, USER],
  options: { off: { help: 'end the block' }, ...ANSWER_OPTIONS },
  examples: [
    ['npx cablegram people block @ada_lovelace @echo_bot', 'the bot cannot write to Ada'],
    ['npx cablegram people block @ada_lovelace @echo_bot --off', 'it can again'],
  ],
  async run(args) {
    const [, user] = args.positionals
    const isOff = args.flag('off')
    await doAs(args, 'blocks', { user, on: !isOff }, GIVEN)
    printAnswer(args, {}, `${isOff ? 'Unblocked' : 'Blocked'} ${user}.`)
    return 0
  },
}
