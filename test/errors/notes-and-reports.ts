import type { TelegramClient } from '@cablegram/client'
import type { MessageEntity } from '@cablegram/tl/api'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const user = async (world: World) => world.user(await world.server())
const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const STRANGER = { ...NOBODY, _: 'inputUser' } as const
const SELF = { _: 'inputPeerSelf' } as const

const note = (text: string, ...entities: readonly MessageEntity[]) => ({
  _: 'textWithEntities' as const,
  text,
  entities: [...entities],
})
const NAMES = { firstName: 'Bob', lastName: '', phone: '' }
const BAD_BOLD: MessageEntity = { _: 'messageEntityBold', offset: 1, length: 1 }
const UNKNOWN: MessageEntity = {
  _: 'inputMessageEntityMentionName',
  offset: 0,
  length: 1,
  userId: STRANGER,
}

type Act = (client: TelegramClient) => Promise<unknown>

const of = (method: string, error: string, act: Act): Cause =>
  cause(method, `400 ${error}`, async (world) => act(await user(world)))

/** A contact to write a note about, both ways. */
const noted = (error: string, text: ReturnType<typeof note>): readonly Cause[] => [
  cause('contacts.addContact', `400 ${error}`, async (world) => {
    const { client, id } = await withContact(world)
    return client.contacts.addContact({ id, ...NAMES, note: text })
  }),
  cause('contacts.updateContactNote', `400 ${error}`, async (world) => {
    const { client, id } = await withContact(world)
    return client.contacts.updateContactNote({ id, note: text })
  }),
]

async function withContact(world: World) {
  const server = await world.server()
  const client = await user(world)
  const phone = world.phone()
  await server.users.create({ phone, firstName: 'Bob' })
  const { users } = await client.contacts.resolvePhone({ phone })
  const [bob] = users
  if (bob?._ !== 'user') throw new Error('nobody has the number')
  const id = { _: 'inputUser', userId: bob.id, accessHash: bob.accessHash ?? 0n } as const
  await client.contacts.addContact({ id, ...NAMES })
  return { client, id }
}

/** Causes of errors about birthdays, notes, usernames and reports. */
export const NOTE_CAUSES: readonly Cause[] = [
  of('account.updateBirthday', 'BIRTHDAY_INVALID', ({ account }) =>
    account.updateBirthday({ birthday: { _: 'birthday', day: 31, month: 2 } }),
  ),
  of('contacts.updateContactNote', 'CONTACT_MISSING', ({ contacts }) =>
    contacts.updateContactNote({ id: { _: 'inputUserSelf' }, note: note('a') }),
  ),
  of('contacts.updateContactNote', 'CONTACT_ID_INVALID', ({ contacts }) =>
    contacts.updateContactNote({ id: STRANGER, note: note('a') }),
  ),
  ...noted('MESSAGE_TOO_LONG', note('a'.repeat(129))),
  ...noted('ENTITY_BOUNDS_INVALID', note('a', BAD_BOLD)),
  ...noted('ENTITY_MENTION_USER_INVALID', note('a', UNKNOWN)),
  of('account.reportPeer', 'PEER_ID_INVALID', ({ account }) =>
    account.reportPeer({ peer: NOBODY, reason: { _: 'inputReportReasonSpam' }, message: '' }),
  ),
  of('contacts.resetTopPeerRating', 'PEER_ID_INVALID', ({ contacts }) =>
    contacts.resetTopPeerRating({ category: { _: 'topPeerCategoryCorrespondents' }, peer: NOBODY }),
  ),
  of('contacts.setBlocked', 'PEER_ID_INVALID', ({ contacts }) =>
    contacts.setBlocked({ id: [NOBODY], limit: 10 }),
  ),
  of('contacts.setBlocked', 'LIMIT_INVALID', ({ contacts }) =>
    contacts.setBlocked({ id: Array(1001).fill(SELF), limit: 10 }),
  ),
  of('contacts.getSponsoredPeers', 'SEARCH_QUERY_EMPTY', ({ contacts }) =>
    contacts.getSponsoredPeers({ q: ' ' }),
  ),
  of('users.getSavedMusic', 'USER_ID_INVALID', ({ users }) =>
    users.getSavedMusic({ id: STRANGER, offset: 0, limit: 1, hash: 0n }),
  ),
  of('messages.report', 'PEER_ID_INVALID', ({ messages }) =>
    messages.report({ peer: NOBODY, id: [1], option: new Uint8Array(), message: '' }),
  ),
  of('messages.report', 'OPTION_INVALID', ({ messages }) =>
    messages.report({ peer: SELF, id: [1], option: Uint8Array.of(255), message: '' }),
  ),
  of('messages.report', 'LIMIT_INVALID', ({ messages }) =>
    messages.report({
      peer: SELF,
      id: Array(201).fill(1),
      option: new TextEncoder().encode('spam'),
      message: '',
    }),
  ),
  of('messages.reportSpam', 'PEER_ID_INVALID', ({ messages }) => messages.reportSpam({ peer: NOBODY })),
  of('messages.reportReaction', 'PEER_ID_INVALID', ({ messages }) =>
    messages.reportReaction({ peer: NOBODY, id: 1, reactionPeer: SELF }),
  ),
  of('messages.reportReaction', 'USER_ID_INVALID', ({ messages }) =>
    messages.reportReaction({ peer: SELF, id: 1, reactionPeer: NOBODY }),
  ),
  of('messages.reportReaction', 'MSG_ID_INVALID', ({ messages }) =>
    messages.reportReaction({ peer: SELF, id: 99, reactionPeer: SELF }),
  ),
  cause('messages.toggleDialogFilterTags', '403 PREMIUM_ACCOUNT_REQUIRED', async (world) =>
    (await user(world)).messages.toggleDialogFilterTags({ enabled: true }),
  ),
]
