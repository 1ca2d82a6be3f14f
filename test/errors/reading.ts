import type { TelegramClient } from '@cablegram/client'
import { type Act, after, GROUP, groupWith, SELF, saved } from './chats.ts'
import type { Cause } from './registry.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const ADA = '(SELECT min(id) FROM users)'
const BOB = '(SELECT max(id) FROM users)'
const MISSING = 999
const FILTER = { _: 'inputMessagesFilterPoll' } as const

/** Ada's first message is one of hers to Bob. */
const TO_BOB = `UPDATE messages SET peer_id = ${BOB};`
const IN_GROUP = `${groupWith('member')} UPDATE messages SET peer_id = -1;`
const HIDES = (id: string) => `
  INSERT INTO account_settings VALUES (${id}, 'globalPrivacy', '{"hidesReadMarks":true}');
  INSERT INTO privacy VALUES (${id}, 'status', '[{"isAllowed":false,"whom":"all"}]');`
const OLD = 'UPDATE messages SET date_s = date_s - 700000;'
const CROWD = Array.from({ length: 100 }, (_, index) => `(1, ${index + 1}, 'member', 1, 1)`).join(', ')

const readDate: Act = (client, peer) => client.messages.getOutboxReadDate({ peer, msgId: 1 })
const asked = (error: string, sql: string): Cause =>
  after('messages.getOutboxReadDate', error, `${TO_BOB} ${sql}`, readDate)
const readers = (error: string, sql: string, msgId = 1): Cause =>
  after('messages.getMessageReadParticipants', error, sql, (client) =>
    client.messages.getMessageReadParticipants({ peer: GROUP, msgId }),
  )
const editData =
  (change: { peer?: typeof NOBODY; id?: number }) =>
  (client: TelegramClient): Promise<unknown> =>
    client.messages.getMessageEditData({ peer: SELF, id: 1, ...change })

/** Editing and asking whether one may are refused for the same reasons. */
const editing = (error: string, sql: string): readonly Cause[] => [
  after('messages.editMessage', error, `${TO_BOB} ${sql}`, (client, peer) =>
    client.messages.editMessage({ peer, id: 1, message: 'a' }),
  ),
  after('messages.getMessageEditData', error, `${TO_BOB} ${sql}`, (client, peer) =>
    client.messages.getMessageEditData({ peer, id: 1 }),
  ),
]

/** Causes of errors about reading, counting, and whether a message can be edited. */
export const READING_CAUSES: readonly Cause[] = [
  asked('400 MESSAGE_NOT_READ_YET', ''),
  asked('400 MESSAGE_TOO_OLD', OLD),
  asked('403 YOUR_PRIVACY_RESTRICTED', HIDES(ADA)),
  asked('403 USER_PRIVACY_RESTRICTED', HIDES(BOB)),
  after('messages.getOutboxReadDate', '400 MESSAGE_ID_INVALID', '', readDate),
  saved('messages.getOutboxReadDate', '400 PEER_ID_INVALID', (client) =>
    client.messages.getOutboxReadDate({ peer: SELF, msgId: 1 }),
  ),
  readers('400 MSG_ID_INVALID', IN_GROUP, MISSING),
  readers('400 MSG_TOO_OLD', `${IN_GROUP} ${OLD}`),
  readers(
    '400 CHAT_TOO_BIG',
    `${IN_GROUP} INSERT INTO chat_members
    (chat_id, user_id, role, inviter_id, joined_at_s) VALUES ${CROWD};`,
  ),
  saved('messages.getMessageReadParticipants', '400 PEER_ID_INVALID', (client) =>
    client.messages.getMessageReadParticipants({ peer: SELF, msgId: 1 }),
  ),
  saved('messages.getMessagesViews', '400 PEER_ID_INVALID', (client) =>
    client.messages.getMessagesViews({ peer: NOBODY, id: [1], increment: false }),
  ),
  saved('messages.getMessagesViews', '400 MSG_ID_INVALID', (client) =>
    client.messages.getMessagesViews({ peer: SELF, id: [], increment: false }),
  ),
  saved('messages.getMessagesViews', '400 LIMIT_INVALID', (client) =>
    client.messages.getMessagesViews({ peer: SELF, id: Array(101).fill(1), increment: false }),
  ),
  saved('messages.getSearchCounters', '400 PEER_ID_INVALID', (client) =>
    client.messages.getSearchCounters({ peer: NOBODY, filters: [FILTER] }),
  ),
  saved('messages.getSearchCounters', '400 LIMIT_INVALID', (client) =>
    client.messages.getSearchCounters({ peer: SELF, filters: Array(21).fill(FILTER) }),
  ),
  saved('messages.getSearchResultsCalendar', '400 PEER_ID_INVALID', (client) =>
    client.messages.getSearchResultsCalendar({ peer: NOBODY, filter: FILTER, offsetId: 0, offsetDate: 0 }),
  ),
  saved('messages.getSearchResultsCalendar', '400 FILTER_NOT_SUPPORTED', (client) =>
    client.messages.getSearchResultsCalendar({
      peer: SELF,
      filter: { _: 'inputMessagesFilterEmpty' },
      offsetId: 0,
      offsetDate: 0,
    }),
  ),
  saved('messages.getSearchResultsPositions', '400 PEER_ID_INVALID', (client) =>
    client.messages.getSearchResultsPositions({ peer: NOBODY, filter: FILTER, offsetId: 0, limit: 1 }),
  ),
  saved('messages.getMessageEditData', '400 PEER_ID_INVALID', editData({ peer: NOBODY })),
  saved('messages.getMessageEditData', '400 MESSAGE_ID_INVALID', editData({ id: MISSING })),
  saved('messages.getMessageEditData', '403 MESSAGE_AUTHOR_REQUIRED', async (client) => {
    await client.messages.forwardMessages({ fromPeer: SELF, id: [1], randomId: [3n], toPeer: SELF })
    await editData({ id: 2 })(client)
  }),
  after('messages.getMessageEditData', '400 MESSAGE_EDIT_TIME_EXPIRED', `${TO_BOB} ${OLD}`, (client, peer) =>
    client.messages.getMessageEditData({ peer, id: 1 }),
  ),
  after(
    'messages.getMessageEditData',
    '403 CHAT_WRITE_FORBIDDEN',
    `${groupWith('left')} UPDATE messages SET peer_id = -1;`,
    (client) => client.messages.getMessageEditData({ peer: GROUP, id: 1 }),
  ),
  ...editing('400 YOU_BLOCKED_USER', `INSERT INTO blocks VALUES (${ADA}, ${BOB}, 1);`),
  ...editing('403 USER_IS_BLOCKED', `INSERT INTO blocks VALUES (${BOB}, ${ADA}, 1);`),
]
