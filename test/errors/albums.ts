import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { document, InputDocument, InputMedia, InputPeer, Params } from '@cablegram/tl/api'
import { signUp } from '../e2e/logins.ts'
import { after, GROUP, groupWith, SELF, saved } from './chats.ts'
import { bot } from './content.ts'
import { documentOf, file, full, photoOf, png, RIGHTS, small } from './files.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const ALBUM = 'messages.sendMultiMedia'
const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const STRANGER = { _: 'inputUser', userId: 999_999_999n, accessHash: 1n } as const
const ADA = '(SELECT min(id) FROM users)'
const BOB = '(SELECT max(id) FROM users)'
const DAY_S = 86_400
const WHEN_ONLINE = 2_147_483_646
const SEND_MEDIA = 1 << 2

type Change = Partial<Params<'messages.sendMultiMedia'>>

const item = (media: InputMedia, change: object = {}) =>
  ({ _: 'inputSingleMedia', media, randomId: 3n, message: 'a', ...change }) as const
const album = (client: TelegramClient, change: Change = {}) =>
  client.messages.sendMultiMedia({ peer: SELF, multiMedia: [item(documentOf())], ...change })

/** Ada sends a part, and an album with it. */
const sent = (error: string, change: Change, before = small([0, 1])): Cause =>
  saved(ALBUM, error, async (client) => {
    await before(client)
    await album(client, change)
  })
const of = (error: string, media: InputMedia, before = small([0, 1])): Cause =>
  sent(`400 ${error}`, { multiMedia: [item(media)] }, before)

const toOther = (error: string, sql: string, peer?: InputPeer): Cause =>
  after(ALBUM, error, sql, async (client, bob) => {
    await small([0, 1])(client)
    await album(client, { peer: peer ?? bob })
  })

async function ownDocument(client: TelegramClient): Promise<document> {
  await small([0, 1])(client)
  const media = await client.messages.uploadMedia({ peer: SELF, media: documentOf() })
  assert.ok(media._ === 'messageMediaDocument' && media.document?._ === 'document')
  return media.document
}

const named = (error: string, referenceOf: (own: Uint8Array) => Uint8Array, aheadS = 0): Cause =>
  cause(ALBUM, `400 ${error}`, async (world) => {
    const server = await (aheadS > 0 ? world.start() : world.server())
    const client = await world.user(server)
    const { id, accessHash, fileReference } = await ownDocument(client)
    if (aheadS > 0) await server.clock.advance(aheadS)
    const named: InputDocument = {
      _: 'inputDocument',
      id,
      accessHash,
      fileReference: referenceOf(fileReference),
    }
    await album(client, { multiMedia: [item({ _: 'inputMediaDocument', id: named })] })
  })

const inDays = (days: number): number => Math.floor(Date.now() / 1000) + days * DAY_S

async function fillQueue(client: TelegramClient): Promise<void> {
  const id = Array<number>(100).fill(1)
  const randomId = id.map((_, n) => BigInt(1000 + n))
  await client.messages.forwardMessages({
    fromPeer: SELF,
    toPeer: SELF,
    id,
    randomId,
    scheduleDate: inDays(1),
  })
}

const sendOne = (client: TelegramClient, media: InputMedia, change: object = {}) =>
  client.messages.sendMedia({ peer: SELF, media, message: '', randomId: 4n, ...change })

/** A kind of media that the group forbids is refused however it comes. */
const forbidden = (kind: string, bits: number, media: InputMedia, bytes: Uint8Array): readonly Cause[] => {
  const error = `403 CHAT_SEND_${kind}_FORBIDDEN`
  const forbidding = groupWith('member', `default_rights = ${bits}`)
  return [
    after(ALBUM, error, forbidding, async (client) => {
      await small([0, bytes])(client)
      await album(client, { peer: GROUP, multiMedia: [item(media)] })
    }),
    after('messages.forwardMessages', error, forbidding, async (client) => {
      await small([0, bytes])(client)
      await sendOne(client, media)
      await client.messages.forwardMessages({ fromPeer: SELF, toPeer: GROUP, id: [2], randomId: [5n] })
    }),
    cause('messages.sendScheduledMessages', error, async (world) => {
      const client = await withWaiting(world, media, bytes, bits)
      await client.messages.sendScheduledMessages({ peer: GROUP, id: [1] })
    }),
  ]
}

/** Ada has media that wait in a group, in which something is forbidden since. */
async function withWaiting(world: World, media: InputMedia, bytes: Uint8Array, bits: number) {
  const sql = `UPDATE chat_members SET role = 'member'; UPDATE chats SET default_rights = ${bits}`
  const { client } = await world.damaged(async (server, ada) => {
    await signUp(ada, server.info, world.phone())
    await server.users.create({ phone: world.phone(), firstName: 'Bob', username: 'bob_of_rights' })
    const { users } = await ada.contacts.resolveUsername({ username: 'bob_of_rights' })
    const [bob] = users
    assert.ok(bob?._ === 'user' && bob.accessHash !== undefined)
    const input = { _: 'inputUser', userId: bob.id, accessHash: bob.accessHash } as const
    await ada.messages.createChat({ users: [input], title: 'A group' })
    await small([0, bytes])(ada)
    await sendOne(ada, media, { peer: GROUP, scheduleDate: inDays(1) })
  }, sql)
  return client
}

const limited = (error: string, act: 'message' | 'stranger'): Cause =>
  cause(ALBUM, error, async (world) => {
    const refusal = error === '400 PEER_FLOOD' ? { refusal: 'PEER_FLOOD' as const } : {}
    const actLimits = [{ act, max: 1, windowS: 60, ...refusal }]
    const server = await world.start({ settings: { actLimits } })
    const client = await world.user(server)
    await small([0, 1])(client)
    for (const [index, username] of ['bob_of_albums', 'cid_of_albums'].entries()) {
      await server.users.create({ phone: `+999662776${index}`, firstName: 'Bob', username })
      const { users } = await client.contacts.resolveUsername({ username })
      const [user] = users
      assert.ok(user?._ === 'user' && user.accessHash !== undefined)
      const peer: InputPeer = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash }
      await album(client, {
        peer,
        multiMedia: [item(documentOf(), { randomId: BigInt(index + 1) })],
      })
    }
  })

/** Causes of errors of albums, and of media that groups forbid. */
export const ALBUM_CAUSES: readonly Cause[] = [
  sent('400 MEDIA_EMPTY', { multiMedia: [] }),
  of('MEDIA_INVALID', { _: 'inputMediaDice', emoticon: '🎲' }),
  sent('400 MULTI_MEDIA_TOO_LONG', { multiMedia: Array(11).fill(item(documentOf())) }),
  sent('400 MEDIA_GROUPED_INVALID', {
    multiMedia: [item(photoOf()), item(documentOf(), { randomId: 4n })],
  }),
  sent('500 RANDOM_ID_DUPLICATE', { multiMedia: [item(documentOf()), item(documentOf())] }),
  sent('400 RANDOM_ID_EMPTY', { multiMedia: [item(documentOf(), { randomId: 0n })] }),
  named('FILE_REFERENCE_X_EMPTY', () => new Uint8Array()),
  named('FILE_REFERENCE_X_EXPIRED', (own) => own, 2 * DAY_S),
  named('FILE_REFERENCE_X_INVALID', (own) => own.with(20, (own[20] ?? 0) ^ 1)),
  of('FILE_PARTS_INVALID', documentOf({ file: file({ parts: 0 }) })),
  of('FILE_PART_X_MISSING', documentOf({ file: file({ parts: 2 }) })),
  of('FILE_PART_LENGTH_INVALID', documentOf({ file: file({ parts: 2 }) }), small([0, 1024], [1, 2048])),
  of('MD5_CHECKSUM_INVALID', documentOf({ file: file({ md5Checksum: '0'.repeat(32) }) })),
  cause(
    ALBUM,
    '400 FILES_TOO_MUCH',
    full((client, media) => album(client, { multiMedia: [item(media)] })),
  ),
  of('PHOTO_EXT_INVALID', photoOf({ name: 'a.txt' })),
  of('PHOTO_SAVE_FILE_INVALID', {
    _: 'inputMediaUploadedPhoto',
    file: { _: 'inputFileBig', id: file().id, parts: 1, name: 'a.png' },
  }),
  of('IMAGE_PROCESS_FAILED', photoOf()),
  of('PHOTO_INVALID_DIMENSIONS', photoOf(), small([0, png(1, 21)])),
  of('TTL_MEDIA_INVALID', documentOf({ ttlSeconds: 0 })),
  sent('400 MEDIA_CAPTION_TOO_LONG', {
    multiMedia: [item(documentOf(), { message: 'a'.repeat(1025) })],
  }),
  sent('400 ENTITY_BOUNDS_INVALID', {
    multiMedia: [item(documentOf(), { entities: [{ _: 'messageEntityBold', offset: 1, length: 1 }] })],
  }),
  sent('400 ENTITY_MENTION_USER_INVALID', {
    multiMedia: [
      item(documentOf(), {
        entities: [{ _: 'inputMessageEntityMentionName', offset: 0, length: 1, userId: STRANGER }],
      }),
    ],
  }),
  sent('400 REPLY_MESSAGE_ID_INVALID', { replyTo: { _: 'inputReplyToMessage', replyToMsgId: 99 } }),
  sent('400 QUOTE_TEXT_INVALID', {
    replyTo: { _: 'inputReplyToMessage', replyToMsgId: 1, quoteText: 'second' },
  }),
  sent('400 SEND_AS_PEER_INVALID', { sendAs: NOBODY }),
  sent('400 QUICK_REPLIES_TOO_MUCH', {
    quickReplyShortcut: { _: 'inputQuickReplyShortcut', shortcut: 'a' },
  }),
  sent('400 PEER_ID_INVALID', { peer: NOBODY }),
  toOther('400 INPUT_USER_DEACTIVATED', `DELETE FROM boxes WHERE box_id = ${BOB}`),
  toOther('400 YOU_BLOCKED_USER', `INSERT INTO blocks VALUES (${ADA}, ${BOB}, 1)`),
  toOther('403 USER_IS_BLOCKED', `INSERT INTO blocks VALUES (${BOB}, ${ADA}, 1)`),
  toOther('400 CHAT_ID_INVALID', groupWith('member', 'is_deactivated = 1'), GROUP),
  toOther('403 CHAT_WRITE_FORBIDDEN', groupWith('left'), GROUP),
  ...RIGHTS.flatMap(([kind, bits, media, bytes = Uint8Array.of(1)]) => forbidden(kind, bits, media, bytes)),
  ...forbidden('MEDIA', SEND_MEDIA, documentOf(), Uint8Array.of(1)),
  after(
    'messages.sendMedia',
    '403 CHAT_SEND_MEDIA_FORBIDDEN',
    groupWith('member', `default_rights = ${SEND_MEDIA}`),
    async (client) => {
      await small([0, 1])(client)
      await sendOne(client, documentOf(), { peer: GROUP })
    },
  ),
  limited('420 FLOOD_WAIT_X', 'message'),
  limited('400 PEER_FLOOD', 'stranger'),
  cause(ALBUM, '400 SCHEDULE_BOT_NOT_ALLOWED', async (world) => {
    const client = await bot(world)
    await small([0, 1])(client)
    await album(client, { scheduleDate: inDays(1) })
  }),
  sent('400 SCHEDULE_DATE_TOO_LATE', { scheduleDate: inDays(400) }),
  sent('400 SCHEDULE_STATUS_PRIVATE', { scheduleDate: WHEN_ONLINE }),
  sent('400 SCHEDULE_TOO_MUCH', { scheduleDate: inDays(1) }, async (client) => {
    await small([0, 1])(client)
    await fillQueue(client)
  }),
]
