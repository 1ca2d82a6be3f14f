import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { Params } from '@cablegram/tl/api'
import { signUp } from '../e2e/logins.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

type Peer = Params<'messages.sendMessage'>['peer']

/** Ada’s chat with herself. */
export const SELF = { _: 'inputPeerSelf' } as const
/** The group of Ada and Bob. */
export const GROUP = { _: 'inputPeerChat', chatId: 1n } as const
const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const

export const ADA = '(SELECT min(id) FROM users)'
export const BOB = '(SELECT max(id) FROM users)'

/** Bob leads group 1, and Ada has this part in it. */
export const groupWith = (role: string, columns = ''): string => `
  INSERT INTO chats (chat_id, creator_id, title, created_at_s) SELECT 1, max(id), 'A group', 1 FROM users;
  INSERT INTO chat_members (chat_id, user_id, role, inviter_id, joined_at_s)
    SELECT 1, id, CASE WHEN id = ${ADA} THEN '${role}' ELSE 'creator' END, id, 1 FROM users;
  ${columns === '' ? '' : `UPDATE chats SET ${columns};`}`

/** Ada, who is signed in and has written `first` to herself, and Bob; the data is changed before she goes on. */
async function pair(world: World, sql: string): Promise<{ client: TelegramClient; bob: Peer }> {
  const { client } = await world.damaged(async (server, ada) => {
    await signUp(ada, server.info, world.phone())
    await ada.messages.sendMessage({ peer: SELF, message: 'first', randomId: 1n })
    await server.users.create({ phone: world.phone(), firstName: 'Bob', username: 'bob_of_causes' })
  }, sql)
  const { users } = await client.contacts.resolveUsername({ username: 'bob_of_causes' })
  const [bob] = users
  assert.ok(bob?._ === 'user' && bob.accessHash !== undefined)
  return { client, bob: { _: 'inputPeerUser', userId: bob.id, accessHash: bob.accessHash } }
}

/** Something that Ada does. */
export type Act = (client: TelegramClient, bob: Peer) => Promise<unknown>

/** The cause of an error that Ada meets after a change of the data. */
export const after = (method: string, error: string, sql: string, act: Act): Cause =>
  cause(method, error, async (world) => {
    const { client, bob } = await pair(world, sql)
    await act(client, bob)
  })

/** Ada has written `first` to herself. */
export const saved = (
  method: string,
  error: string,
  act: (client: TelegramClient) => Promise<unknown>,
): Cause =>
  cause(method, error, async (world) => {
    const client = await world.user(await world.server())
    await client.messages.sendMessage({ peer: SELF, message: 'first', randomId: 1n })
    await act(client)
  })

const text = (change: Partial<Params<'messages.sendMessage'>>) => (client: TelegramClient) =>
  client.messages.sendMessage({ peer: SELF, message: 'a', randomId: 2n, ...change })
const edit = (change: Partial<Params<'messages.editMessage'>>) => (client: TelegramClient) =>
  client.messages.editMessage({ peer: SELF, id: 1, message: 'a', ...change })
const COPY = { fromPeer: SELF, id: [1], randomId: [3n], toPeer: SELF } as const
const copy = (change: Partial<Params<'messages.forwardMessages'>>) => (client: TelegramClient) =>
  client.messages.forwardMessages({ ...COPY, id: [1], randomId: [3n], ...change })

/** Both ways of writing in a chat are refused for the same reasons. */
const writing = (error: string, sql: string, peerOf: (bob: Peer) => Peer): readonly Cause[] => [
  after('messages.sendMessage', error, sql, (client, bob) => text({ peer: peerOf(bob) })(client)),
  after('messages.forwardMessages', error, sql, (client, bob) => copy({ toPeer: peerOf(bob) })(client)),
]

const pin = (change: Partial<Params<'messages.updatePinnedMessage'>>) => (client: TelegramClient) =>
  client.messages.updatePinnedMessage({ peer: SELF, id: 1, ...change })

const NONE = { _: 'inputMessagesFilterEmpty' } as const
const DATES = { minDate: 0, maxDate: 0 }
const find = (change: Partial<Params<'messages.search'>>) => (client: TelegramClient) =>
  client.messages.search({
    ...{ peer: SELF, q: 'a', filter: NONE, ...DATES, offsetId: 0, addOffset: 0, limit: 1 },
    ...{ maxId: 0, minId: 0, hash: 0n, ...change },
  })
const findAnywhere = (change: Partial<Params<'messages.searchGlobal'>>) => (client: TelegramClient) =>
  client.messages.searchGlobal({
    ...{ q: 'a', filter: NONE, ...DATES, offsetRate: 0, offsetPeer: { _: 'inputPeerEmpty' }, offsetId: 0 },
    ...{ limit: 1, ...change },
  })
const typing = (peer: Peer) => (client: TelegramClient) =>
  client.messages.setTyping({ peer, action: { _: 'sendMessageTypingAction' } })

/** Ada's first message is one of somebody else's in the group, or an old one of hers to Bob. */
const MOVED = 'UPDATE messages SET peer_id = -1, is_out = 0;'
const OLD = `UPDATE messages SET peer_id = ${BOB}, date_s = date_s - 172801;`
const UNPINNABLE = groupWith('member', 'default_rights = 131072')

const inGroup = (): Peer => GROUP
const toBob = (bob: Peer): Peer => bob
const DATE = { _: 'messageEntityFormattedDate', offset: 0, length: 1, date: 1 } as const
const TWO_DATES = { ...DATE, shortDate: true, longDate: true }
const BOLD = { _: 'messageEntityBold', offset: 0, length: 1 } as const
const STRANGER = {
  _: 'inputMessageEntityMentionName',
  offset: 0,
  length: 1,
  userId: { _: 'inputUser', userId: 999_999_999n, accessHash: 1n },
} as const
const LONG = 'a'.repeat(128)
const SHORTCUT = { _: 'inputQuickReplyShortcut', shortcut: 'a' } as const
const POST = { _: 'suggestedPost' } as const

/** Causes of errors about what people do in chats. */
export const CHAT_CAUSES: readonly Cause[] = [
  ...writing('400 INPUT_USER_DEACTIVATED', `DELETE FROM boxes WHERE box_id = ${BOB}`, toBob),
  ...writing('400 YOU_BLOCKED_USER', `INSERT INTO blocks VALUES (${ADA}, ${BOB}, 1)`, toBob),
  ...writing('403 USER_IS_BLOCKED', `INSERT INTO blocks VALUES (${BOB}, ${ADA}, 1)`, toBob),
  ...writing('400 CHAT_ID_INVALID', groupWith('member', 'is_deactivated = 1'), inGroup),
  ...writing('403 CHAT_WRITE_FORBIDDEN', groupWith('left'), inGroup),
  ...writing('403 CHAT_SEND_PLAIN_FORBIDDEN', groupWith('member', 'default_rights = 33554432'), inGroup),
  after('messages.sendMessage', '500 RANDOM_ID_DUPLICATE', '', (client, bob) =>
    text({ peer: bob, randomId: 1n })(client),
  ),
  saved('messages.sendMessage', '400 REPLY_MESSAGE_ID_INVALID', (client) =>
    text({ replyTo: { _: 'inputReplyToMessage', replyToMsgId: 99 } })(client),
  ),
  saved('messages.sendMessage', '400 QUOTE_TEXT_INVALID', (client) =>
    text({ replyTo: { _: 'inputReplyToMessage', replyToMsgId: 1, quoteText: 'second' } })(client),
  ),
  after(
    'messages.editMessage',
    '403 CHAT_WRITE_FORBIDDEN',
    `${groupWith('left')} ${MOVED}`,
    edit({ peer: GROUP }),
  ),
  after('messages.editMessage', '400 MESSAGE_EDIT_TIME_EXPIRED', OLD, (client, bob) =>
    edit({ peer: bob })(client),
  ),
  saved('messages.editMessage', '403 MESSAGE_AUTHOR_REQUIRED', async (client) => {
    await copy({})(client)
    await edit({ id: 2 })(client)
  }),
  saved('messages.editMessage', '400 MESSAGE_ID_INVALID', edit({ id: 99 })),
  saved('messages.editMessage', '400 MESSAGE_NOT_MODIFIED', edit({ message: 'first' })),
  saved('messages.editMessage', '400 MESSAGE_EMPTY', edit({ message: ' ' })),
  saved('messages.editMessage', '400 MESSAGE_TOO_LONG', edit({ message: 'a'.repeat(4097) })),
  saved('messages.editMessage', '400 PEER_ID_INVALID', edit({ peer: NOBODY })),
  saved(
    'messages.editMessage',
    '400 REPLY_MARKUP_INVALID',
    edit({ replyMarkup: { _: 'replyKeyboardHide' } }),
  ),
  saved('messages.editMessage', '400 ENTITY_BOUNDS_INVALID', edit({ entities: [{ ...BOLD, offset: 1 }] })),
  saved('messages.editMessage', '400 ENTITY_MENTION_USER_INVALID', edit({ entities: [STRANGER] })),
  saved('messages.editMessage', '400 ENTITY_DATE_INVALID', edit({ entities: [{ ...DATE, date: -1 }] })),
  saved('messages.editMessage', '400 ENTITY_DATE_FORMAT_INVALID', edit({ entities: [TWO_DATES] })),
  saved(
    'messages.editMessage',
    '400 ENTITY_DATE_TOO_LONG',
    edit({ message: LONG, entities: [{ ...DATE, length: 128 }] }),
  ),
  saved('messages.forwardMessages', '500 RANDOM_ID_DUPLICATE', copy({ id: [1, 1], randomId: [3n, 3n] })),
  saved('messages.forwardMessages', '400 RANDOM_ID_INVALID', copy({ randomId: [] })),
  saved('messages.forwardMessages', '400 MESSAGE_IDS_EMPTY', copy({ id: [], randomId: [] })),
  saved('messages.forwardMessages', '400 MESSAGE_ID_INVALID', copy({ id: [99] })),
  saved('messages.forwardMessages', '400 LIMIT_INVALID', copy({ id: Array<number>(101).fill(1) })),
  saved('messages.forwardMessages', '400 PEER_ID_INVALID', copy({ toPeer: NOBODY })),
  saved('messages.forwardMessages', '406 CHAT_FORWARDS_RESTRICTED', async (client) => {
    await text({ noforwards: true })(client)
    await copy({ id: [2] })(client)
  }),
  saved('messages.forwardMessages', '400 SEND_AS_PEER_INVALID', copy({ sendAs: NOBODY })),
  saved('messages.forwardMessages', '400 QUICK_REPLIES_TOO_MUCH', copy({ quickReplyShortcut: SHORTCUT })),
  saved('messages.forwardMessages', '400 SUGGESTED_POST_PEER_INVALID', copy({ suggestedPost: POST })),
  after(
    'messages.deleteMessages',
    '403 MESSAGE_DELETE_FORBIDDEN',
    `${groupWith('member')} ${MOVED}`,
    (client) => client.messages.deleteMessages({ id: [1], revoke: true }),
  ),
  saved('messages.deleteHistory', '400 PEER_ID_INVALID', (client) =>
    client.messages.deleteHistory({ peer: NOBODY, maxId: 0 }),
  ),
  saved('messages.updatePinnedMessage', '400 CHAT_NOT_MODIFIED', pin({ unpin: true })),
  saved('messages.updatePinnedMessage', '400 MESSAGE_ID_INVALID', pin({ id: 99 })),
  saved('messages.updatePinnedMessage', '400 PEER_ID_INVALID', pin({ peer: NOBODY })),
  after(
    'messages.updatePinnedMessage',
    '400 CHAT_ADMIN_REQUIRED',
    `${UNPINNABLE} ${MOVED}`,
    pin({ peer: GROUP }),
  ),
  after('messages.unpinAllMessages', '400 CHAT_ADMIN_REQUIRED', UNPINNABLE, (client) =>
    client.messages.unpinAllMessages({ peer: GROUP }),
  ),
  saved('messages.unpinAllMessages', '400 PEER_ID_INVALID', (client) =>
    client.messages.unpinAllMessages({ peer: NOBODY }),
  ),
  saved('messages.search', '400 SEARCH_QUERY_EMPTY', find({ q: '', peer: { _: 'inputPeerEmpty' } })),
  saved('messages.search', '400 FROM_PEER_INVALID', find({ fromId: NOBODY })),
  saved('messages.search', '400 PEER_ID_INVALID', find({ peer: NOBODY })),
  saved('messages.searchGlobal', '400 SEARCH_QUERY_EMPTY', findAnywhere({ q: '' })),
  saved('messages.searchGlobal', '400 FOLDER_ID_INVALID', findAnywhere({ folderId: 7 })),
  saved(
    'messages.searchGlobal',
    '400 INPUT_FILTER_INVALID',
    findAnywhere({ filter: { _: 'inputMessagesFilterPinned' } }),
  ),
  saved('messages.getUnreadMentions', '400 PEER_ID_INVALID', (client) =>
    client.messages.getUnreadMentions({
      peer: NOBODY,
      offsetId: 0,
      addOffset: 0,
      limit: 1,
      maxId: 0,
      minId: 0,
    }),
  ),
  saved('messages.readMentions', '400 PEER_ID_INVALID', (client) =>
    client.messages.readMentions({ peer: NOBODY }),
  ),
  saved('messages.readMessageContents', '400 LIMIT_INVALID', (client) =>
    client.messages.readMessageContents({ id: Array<number>(201).fill(1) }),
  ),
  saved('messages.setTyping', '400 PEER_ID_INVALID', typing(NOBODY)),
  after(
    'messages.setTyping',
    '400 INPUT_USER_DEACTIVATED',
    `DELETE FROM boxes WHERE box_id = ${BOB}`,
    (client, bob) => typing(bob)(client),
  ),
  after(
    'messages.setTyping',
    '403 USER_IS_BLOCKED',
    `INSERT INTO blocks VALUES (${BOB}, ${ADA}, 1)`,
    (client, bob) => typing(bob)(client),
  ),
  after(
    'messages.setTyping',
    '400 CHAT_ID_INVALID',
    groupWith('member', 'is_deactivated = 1'),
    typing(GROUP),
  ),
  after('messages.setTyping', '403 CHAT_WRITE_FORBIDDEN', groupWith('left'), typing(GROUP)),
  saved('messages.getDialogs', '400 OFFSET_PEER_ID_INVALID', (client) =>
    client.messages.getDialogs({ offsetDate: 1, offsetId: 1, offsetPeer: NOBODY, limit: 1, hash: 0n }),
  ),
]
