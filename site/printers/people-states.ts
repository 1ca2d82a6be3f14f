/** States in which Ada knows somebody, or a bot. */
import { refOf } from './ref.ts'
import { ADD_BOT, CODE, type Known, type NoNames, PHONE, SIGNED_UP } from './scene.ts'
import type { CallStep, State, TextStep } from './state.ts'

/** Grace has an account with a username. */
export const GRACE_PHONE = '+9996625678'
export const ADD_GRACE: string = `npx cablegram user add ${GRACE_PHONE} --first-name Grace --username grace_h`

const RESOLVE_GRACE = `npx cablegram call contacts.resolveUsername '{"username":"grace_h"}'`

/** Grace, as the client knows her: her id, and the access hash that is this client's. */
export const graceKnown: TextStep = {
  as: 'grace',
  typescript: [
    "const { users } = await client.contacts.resolveUsername({ username: 'grace_h' })",
    'const [grace] = users',
    "if (grace?._ !== 'user' || grace.accessHash === undefined) throw new Error('nobody has this name')",
  ].join('\n'),
  lua: "local grace = contacts.resolveUsername{ username = 'grace_h' }.users[1]",
  command: [
    `id=$(${RESOLVE_GRACE} --get users.0.id)`,
    `accessHash=$(${RESOLVE_GRACE} --get users.0.accessHash)`,
  ].join('\n'),
}

const RESOLVE_BOT = `npx cablegram call contacts.resolveUsername '{"username":"echo_bot"}'`

/** A bot, as the client knows it. */
const botKnown: TextStep = {
  as: 'bot',
  typescript: [
    "const { users } = await client.contacts.resolveUsername({ username: 'echo_bot' })",
    'const [bot] = users',
    "if (bot?._ !== 'user' || bot.accessHash === undefined) throw new Error('nobody has this name')",
  ].join('\n'),
  lua: "local bot = contacts.resolveUsername{ username = 'echo_bot' }.users[1]",
  command: [
    `id=$(${RESOLVE_BOT} --get users.0.id)`,
    `accessHash=$(${RESOLVE_BOT} --get users.0.accessHash)`,
  ].join('\n'),
}

const hideNumber: CallStep = {
  method: 'account.setPrivacy',
  params: {
    key: { _: 'inputPrivacyKeyPhoneNumber' },
    rules: [{ _: 'inputPrivacyValueDisallowAll' }],
  },
}

const writeToGrace: CallStep = {
  method: 'messages.sendMessage',
  params: {
    peer: { _: 'inputPeerUser', userId: refOf('grace', 'id'), accessHash: refOf('grace', 'accessHash') },
    message: 'Hello, Grace',
    randomId: 5_120_394_857_660_213n,
  },
}

const addGrace: CallStep = {
  method: 'contacts.addContact',
  params: {
    id: { _: 'inputUser', userId: refOf('grace', 'id'), accessHash: refOf('grace', 'accessHash') },
    firstName: 'Grace',
    lastName: '',
    phone: '',
  },
}

const waitForGrace: CallStep = {
  method: 'messages.sendMessage',
  params: {
    peer: { _: 'inputPeerUser', userId: refOf('grace', 'id'), accessHash: refOf('grace', 'accessHash') },
    message: 'Welcome back',
    randomId: 1n,
    // When she is online.
    scheduleDate: 2147483646,
  },
}

/** The names that each of these states gives to values. */
export interface PeopleNames {
  readonly withGrace: NoNames
  readonly graceKnown: { readonly grace: { readonly id: bigint; readonly accessHash: bigint } }
  readonly graceHasRead: { readonly grace: Known }
  readonly graceWritten: { readonly grace: { readonly id: bigint; readonly accessHash: bigint } }
  readonly graceWaits: { readonly grace: { readonly id: bigint; readonly accessHash: bigint } }
  readonly botKnown: { readonly bot: Known }
  readonly messageWaits: { readonly grace: Known }
}

export const PEOPLE_STATES: Readonly<Record<keyof PeopleNames, State>> = {
  withGrace: {
    words: 'Ada is signed in; Grace has an account with a username.',
    first: ['npx cablegram user add +9996625678 --first-name Grace --username grace_h'],
    start: SIGNED_UP,
  },
  graceKnown: {
    words: 'Ada is signed in and has found Grace by her username.',
    first: ['npx cablegram user add +9996625678 --first-name Grace --username grace_h'],
    start: SIGNED_UP,
    steps: [graceKnown],
  },
  graceHasRead: {
    words: 'Ada is signed in and has found Grace, who has read the first message from her.',
    first: [
      ADD_GRACE,
      `npx cablegram user add ${PHONE} --first-name Ada`,
      `npx cablegram people send ${PHONE} @grace_h 'Hello'`,
      `npx cablegram people read @grace_h ${PHONE}`,
    ],
    start: { phone: PHONE, code: CODE },
    steps: [graceKnown],
  },
  graceWritten: {
    words: 'Ada is signed in and has written to Grace.',
    first: ['npx cablegram user add +9996625678 --first-name Grace --username grace_h'],
    start: SIGNED_UP,
    steps: [graceKnown, writeToGrace],
  },
  graceWaits: {
    words: 'Ada is signed in and shows her number to nobody; Grace is a contact of hers.',
    first: ['npx cablegram user add +9996625678 --first-name Grace --username grace_h'],
    start: SIGNED_UP,
    steps: [hideNumber, graceKnown, addGrace],
  },
  botKnown: {
    words: 'Ada is signed in and has found a bot.',
    first: [ADD_BOT],
    start: SIGNED_UP,
    steps: [botKnown],
  },
  messageWaits: {
    words: 'Ada is signed in and has a message to Grace that waits until Grace is online.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, waitForGrace],
  },
}
