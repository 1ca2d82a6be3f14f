/** States of groups. */
import { savePicture } from './file-states.ts'
import { ADD_GRACE, GRACE_PHONE, graceKnown } from './people-states.ts'
import { refOf } from './ref.ts'
import { CODE, type Known, PHONE, SIGNED_UP } from './scene.ts'
import type { CallStep, State, TextStep } from './state.ts'

type GroupLink = { readonly group: { readonly chatId: bigint }; readonly invite: { readonly link: string } }

const MADE = `npx cablegram call messages.createChat '{"users":[{"_":"inputUser","userId":"'$id'","accessHash":"'$accessHash'"}],"title":"Chess club"}'`

/** A group of Ada and Grace. */
const groupMade: TextStep = {
  as: 'group',
  typescript: [
    "const invited = [{ _: 'inputUser', userId: grace.id, accessHash: grace.accessHash }] as const",
    "const made = await client.messages.createChat({ users: [...invited], title: 'Chess club' })",
    "if (made.updates._ !== 'updates') throw new Error('the group is not in the answer')",
    'const group = { chatId: made.updates.chats[0]?.id ?? 0n }',
  ].join('\n'),
  lua: [
    "local user = { _ = 'inputUser', user_id = grace.id, access_hash = grace.access_hash }",
    "local made = messages.createChat{ users = { user }, title = 'Chess club' }",
    'local group = { chat_id = made.updates.chats[1].id }',
  ].join('\n'),
  command: `chatId=$(${MADE} --get updates.chats.0.id)`,
}

const makeGroup: CallStep = {
  method: 'messages.createChat',
  params: {
    users: [{ _: 'inputUser', userId: refOf('grace', 'id'), accessHash: refOf('grace', 'accessHash') }],
    title: 'Chess club',
  },
}

const leaveGroup: CallStep = {
  method: 'messages.deleteChatUser',
  params: { chatId: refOf('group', 'chatId'), userId: { _: 'inputUserSelf' } },
}

const GROUP_PEER = { _: 'inputPeerChat', chatId: refOf('group', 'chatId') }

const exportInvite: CallStep = {
  method: 'messages.exportChatInvite',
  params: { peer: GROUP_PEER, title: 'For friends' },
  as: 'invite',
  takes: 'chatInviteExported',
}

const endInvite: CallStep = {
  method: 'messages.editExportedChatInvite',
  params: { peer: GROUP_PEER, link: refOf('invite', 'link'), revoked: true },
}

const ADD_BOB = 'npx cablegram user add +9996625679 --first-name Bob --username bob_builder'

/** Commands with which somebody makes a group with Bob, and a link to it. */
function clubOf(session: string, linkOptions: string): string[] {
  const resolve = `npx cablegram call contacts.resolveUsername '{"username":"bob_builder"}' --session ${session}`
  const peer = `"peer":{"_":"inputPeerChat","chatId":"'$chatId'"}`
  return [
    `id=$(${resolve} --get users.0.id)`,
    `accessHash=$(${resolve} --get users.0.accessHash)`,
    `chatId=$(${MADE} --session ${session} --get updates.chats.0.id)`,
    `link=$(npx cablegram call messages.exportChatInvite '{${peer}${linkOptions}}' --session ${session} --get link)`,
  ]
}

/** The names that each of these states gives to values. */
export interface GroupNames {
  readonly group: { readonly grace: Known; readonly group: { readonly chatId: bigint } }
  readonly groupAndPicture: { readonly grace: Known; readonly group: { readonly chatId: bigint } }
  readonly groupReacted: { readonly grace: Known; readonly group: { readonly chatId: bigint } }
  readonly commonGroup: { readonly grace: Known }
  readonly groupLeft: { readonly grace: Known; readonly group: { readonly chatId: bigint } }
  readonly groupLink: GroupLink
  readonly groupLinkEnded: GroupLink
  readonly linkOfClub: { readonly link: string }
  readonly graceAsks: { readonly grace: Known; readonly chatId: bigint }
}

export const GROUP_STATES: Readonly<Record<keyof GroupNames, State>> = {
  group: {
    words: 'Ada is signed in and has made a group with Grace.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, groupMade],
  },
  groupAndPicture: {
    words:
      'Ada is signed in, has made a group with Grace, and has sent a picture as the only part of a file.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, groupMade, savePicture],
  },
  groupReacted: {
    words: 'Ada is signed in; she has made a group with Grace, and has reacted to a message in it.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [
      graceKnown,
      groupMade,
      { method: 'messages.sendMessage', params: { peer: GROUP_PEER, message: 'Hello', randomId: 1n } },
      {
        method: 'messages.sendReaction',
        params: { peer: GROUP_PEER, msgId: 2, reaction: [{ _: 'reactionEmoji', emoticon: '👍' }] },
      },
    ],
  },
  commonGroup: {
    words: 'Ada is signed in and has made a group with Grace.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, makeGroup],
  },
  groupLeft: {
    words: 'Ada is signed in; she has made a group with Grace, and left it.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, groupMade, leaveGroup],
  },
  groupLink: {
    words: 'Ada is signed in; she has made a group with Grace, and a link to it.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, groupMade, exportInvite],
  },
  groupLinkEnded: {
    words: 'Ada is signed in; she has made a group with Grace, and a link to it that she has ended.',
    first: [ADD_GRACE],
    start: SIGNED_UP,
    steps: [graceKnown, groupMade, exportInvite, endInvite],
  },
  linkOfClub: {
    words: 'Ada is signed in; Grace has made a group with Bob, and passed a link to it on.',
    first: [
      ADD_BOB,
      `npx cablegram login ${GRACE_PHONE} --code ${CODE} --first-name Grace --session grace.session`,
      ...clubOf('grace.session', ''),
    ],
    args: [{ name: 'link', kind: 'text' }],
    start: SIGNED_UP,
  },
  graceAsks: {
    words: 'Ada is signed in; Grace has a link to her group and has asked to be let in.',
    first: [
      ADD_BOB,
      `npx cablegram login ${PHONE} --code ${CODE} --first-name Ada --session laptop.session`,
      ...clubOf('laptop.session', ',"requestNeeded":true'),
      ADD_GRACE,
      `npx cablegram login ${GRACE_PHONE} --code ${CODE} --session grace.session`,
      `npx cablegram call messages.importChatInvite '{"hash":"'$link'"}' --session grace.session  # 400 INVITE_REQUEST_SENT`,
    ],
    args: [{ name: 'chatId', kind: 'long' }],
    start: { phone: PHONE, code: CODE },
    steps: [graceKnown],
  },
}
