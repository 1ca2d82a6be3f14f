import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { InputPhoto, Photo, User, VideoSize } from '@cablegram/tl/api'
import { int } from '../database/columns.ts'
import { sql } from '../database/decision.ts'
import { film } from '../files/images/test-film.ts'
import type { PictureMaker } from '../files/pictures/port.ts'
import { findPhoto } from '../rules/files/decide-media.ts'
import { sweepFiles } from '../rules/files/sweep.ts'
import { createBotUser } from '../rules/logins/decide-bots.ts'
import type { WorldOptions } from '../rules/test-world.ts'
import { createCallers, type Person, png } from './test-callers.ts'

const countMedia = sql`SELECT count(*) AS n FROM media`

async function createScene(options: WorldOptions = {}) {
  const { world, personOf } = await createCallers(options)
  const withPhotos = (person: Person) => {
    const { ask, sent, input } = person
    const upload = async (bytes: Uint8Array, fallback?: true) => {
      const file = await sent(bytes)
      const { photo } = await ask('photos.uploadProfilePhoto', { file, ...(fallback && { fallback }) })
      assert.ok(photo._ === 'photo')
      return photo
    }
    const see = async (userId: bigint): Promise<Extract<User, { _: 'user' }>> => {
      const [user] = await ask('users.getUsers', { id: [{ _: 'inputUser', ...input(userId) }] })
      assert.ok(user?._ === 'user')
      return user
    }
    const photos = async (userId: bigint, offset = 0, maxId = 0n, limit = 10) =>
      await ask('photos.getUserPhotos', {
        userId: { _: 'inputUser', ...input(userId) },
        offset,
        maxId,
        limit,
      })
    return { ...person, upload, see, photos }
  }
  return {
    world,
    ada: withPhotos(await personOf('9996621234')),
    ben: withPhotos(await personOf('9996625678')),
  }
}

const inputOf = ({ id, ...rest }: Extract<Photo, { _: 'photo' }>): InputPhoto => ({
  _: 'inputPhoto',
  id,
  accessHash: rest.accessHash,
  fileReference: rest.fileReference,
})
const shown = ({ photo }: Extract<User, { _: 'user' }>): bigint | undefined =>
  photo?._ === 'userProfilePhoto' ? photo.photoId : undefined
const idsOf = (list: readonly Photo[]): bigint[] => list.map(({ id }) => id)

test('a photo of somebody is seen by others, in the user, the profile and the list, and its bytes are read', async () => {
  const { ada, ben } = await createScene()
  assert.equal(shown(await ben.see(ada.id)), undefined)
  const bytes = png(640)
  const photo = await ada.upload(bytes)
  assert.deepEqual(
    photo.sizes.map((size) => [size._ === 'photoSize' && size.type, size._ === 'photoSize' && size.w]),
    [
      ['a', 640],
      ['c', 640],
    ],
  )
  assert.equal(shown(await ben.see(ada.id)), photo.id)
  const full = await ben.ask('users.getFullUser', { id: { _: 'inputUser', ...ben.input(ada.id) } })
  assert.equal(full.fullUser.profilePhoto?.id, photo.id)
  const list = await ben.photos(ada.id)
  assert.deepEqual([list._, idsOf(list.photos)], ['photos.photos', [photo.id]])
  for (const big of [true, undefined]) {
    const part = await ben.ask('upload.getFile', {
      location: {
        _: 'inputPeerPhotoFileLocation',
        ...(big && { big }),
        peer: { _: 'inputPeerUser', ...ben.input(ada.id) },
        photoId: photo.id,
      },
      offset: 0n,
      limit: 4096,
    })
    assert.ok(part._ === 'upload.file')
    assert.deepEqual(part.bytes, bytes)
    assert.equal(part.type._, 'storage.filePng')
  }
})

/** A picture maker whose sizes are filled with their letters. */
const letters: PictureMaker = {
  async draw(_, wanted) {
    const sizes = wanted.map(({ letter, pixels }) => {
      return { letter, width: pixels, height: pixels, bytes: Buffer.from(letter.repeat(9)) }
    })
    return { kind: 'made', sizes, stripped: Uint8Array.of(1, 2, 3) }
  },
  close: async () => {},
}

test('the larger size of a photo comes with big, the smaller one without', async () => {
  const { ada, ben } = await createScene({ pictures: letters })
  const photo = await ada.upload(png(640))
  for (const [big, letter] of [
    [true, 'c'],
    [undefined, 'a'],
  ] as const) {
    const location = {
      _: 'inputPeerPhotoFileLocation',
      ...(big && { big }),
      peer: { _: 'inputPeerUser', ...ben.input(ada.id) },
      photoId: photo.id,
    } as const
    const part = await ben.ask('upload.getFile', { location, offset: 0n, limit: 4096 })
    assert.ok(part._ === 'upload.file')
    assert.equal(Buffer.from(part.bytes).toString(), letter.repeat(9))
    const [hash] = await ben.ask('upload.getFileHashes', { location, offset: 0n })
    assert.deepEqual(Buffer.from(hash?.hash ?? []), createHash('sha256').update(part.bytes).digest())
  }
})

test('the newest photo comes first, an older one is shown again, and removed ones make place', async () => {
  const { ada, ben } = await createScene()
  const [one, two, three] = [
    await ada.upload(png(200, 1)),
    await ada.upload(png(200, 2)),
    await ada.upload(png(200, 3)),
  ]
  assert.deepEqual(idsOf((await ben.photos(ada.id)).photos), [three.id, two.id, one.id])
  const page = await ben.photos(ada.id, 1, 0n, 1)
  assert.deepEqual([page._, idsOf(page.photos)], ['photos.photosSlice', [two.id]])
  assert.deepEqual(idsOf((await ben.photos(ada.id, 0, three.id)).photos), [two.id, one.id])
  assert.deepEqual(idsOf((await ben.photos(ada.id, -1, two.id, 1)).photos), [two.id])
  await ada.ask('photos.updateProfilePhoto', { id: inputOf(one) })
  assert.equal(shown(await ben.see(ada.id)), one.id)
  assert.deepEqual(await ada.ask('photos.deletePhotos', { id: [inputOf(one), inputOf(two)] }), [
    one.id,
    two.id,
  ])
  assert.equal(shown(await ben.see(ada.id)), three.id)
  const gone = await ada.ask('photos.updateProfilePhoto', { id: { _: 'inputPhotoEmpty' } })
  assert.equal(gone.photo._, 'photoEmpty')
  assert.equal(shown(await ben.see(ada.id)), undefined)
  assert.deepEqual((await ben.photos(ada.id)).photos, [])
})

test('those whom privacy keeps from the photos see the fallback, and read no other', async () => {
  const { ada, ben } = await createScene()
  const photo = await ada.upload(png(200, 1))
  const fallback = await ada.upload(png(200, 2), true)
  await ada.ask('account.setPrivacy', {
    key: { _: 'inputPrivacyKeyProfilePhoto' },
    rules: [{ _: 'inputPrivacyValueDisallowAll' }],
  })
  assert.equal(shown(await ben.see(ada.id)), fallback.id)
  assert.equal(shown(await ada.see(ada.id)), photo.id)
  assert.deepEqual((await ben.photos(ada.id)).photos, [])
  const full = await ben.ask('users.getFullUser', { id: { _: 'inputUser', ...ben.input(ada.id) } })
  assert.deepEqual([full.fullUser.profilePhoto, full.fullUser.fallbackPhoto?.id], [undefined, fallback.id])
  const read = (photoId: bigint) =>
    ben.ask('upload.getFile', {
      location: {
        _: 'inputPeerPhotoFileLocation',
        peer: { _: 'inputPeerUser', ...ben.input(ada.id) },
        photoId,
      },
      offset: 0n,
      limit: 4096,
    })
  assert.equal((await read(fallback.id))._, 'upload.file')
  await assert.rejects(read(photo.id), { message: 'LOCATION_INVALID' })
})

test('a photo of a message is shown for a person or a group only if it is large enough', async () => {
  const { ada } = await createScene()
  const updateTo = async (pixels: number) => {
    const media = { _: 'inputMediaUploadedPhoto', file: await ada.sent(png(pixels)) } as const
    const made = await ada.ask('messages.uploadMedia', { peer: { _: 'inputPeerSelf' }, media })
    assert.ok(made._ === 'messageMediaPhoto' && made.photo?._ === 'photo')
    return await ada.ask('photos.updateProfilePhoto', { id: inputOf(made.photo) })
  }
  await assert.rejects(updateTo(159), { message: 'PHOTO_CROP_SIZE_SMALL' })
  assert.equal((await updateTo(160)).photo._, 'photo')
})

test('pictures that are too small, none, or missing are refused', async () => {
  const { ada } = await createScene()
  await assert.rejects(ada.upload(png(159)), { message: 'PHOTO_CROP_SIZE_SMALL' })
  await assert.rejects(ada.upload(Uint8Array.of(1, 2, 3)), { message: 'IMAGE_PROCESS_FAILED' })
  await assert.rejects(ada.ask('photos.uploadProfilePhoto', {}), { message: 'PHOTO_FILE_MISSING' })
  await assert.rejects(
    ada.ask('photos.updateProfilePhoto', {
      id: { _: 'inputPhoto', id: 5n, accessHash: 1n, fileReference: new Uint8Array() },
    }),
    { message: 'PHOTO_ID_INVALID' },
  )
})

test('no photo is made for a group in which somebody may not show it', async () => {
  const { world, ada, ben } = await createScene()
  const made = await ada.ask('messages.createChat', {
    users: [{ _: 'inputUser', ...ada.input(ben.id) }],
    title: 'Club',
  })
  assert.ok(made.updates._ === 'updates')
  const own = made.updates.chats[0]?.id ?? 0n
  await ada.ask('messages.deleteChatUser', {
    chatId: own,
    userId: { _: 'inputUser', ...ada.input(ben.id) },
  })
  for (const [chatId, message] of [
    [own, 'CHAT_WRITE_FORBIDDEN'],
    [own + 1n, 'CHAT_ID_INVALID'],
  ] as const) {
    const photo = { _: 'inputChatUploadedPhoto', file: await ben.sent(png(300)) } as const
    await assert.rejects(ben.ask('messages.editChatPhoto', { chatId, photo }), { message })
  }
  const count = await world.rules.store.look(() => countMedia.row({}))
  assert.equal(int(count ?? {}, 'n'), 0)
})

test('a photo of a group is in its service message, in the group and its page, and members read it', async () => {
  const { ada, ben } = await createScene()
  const made = await ada.ask('messages.createChat', {
    users: [{ _: 'inputUser', ...ada.input(ben.id) }],
    title: 'Club',
  })
  assert.ok(made.updates._ === 'updates')
  const chatId = made.updates.chats[0]?.id ?? 0n
  const groupOf = async () => {
    const [group] = (await ben.ask('messages.getChats', { id: [chatId] })).chats
    assert.ok(group?._ === 'chat')
    return group.photo
  }
  assert.equal((await groupOf())._, 'chatPhotoEmpty')
  const bytes = png(300)
  const file = await ada.sent(bytes)
  const updates = await ada.ask('messages.editChatPhoto', {
    chatId,
    photo: { _: 'inputChatUploadedPhoto', file },
  })
  assert.ok(updates._ === 'updates')
  const [told] = updates.updates.flatMap((one) => (one._ === 'updateNewMessage' ? one.message : []))
  assert.ok(told?._ === 'messageService' && told.action._ === 'messageActionChatEditPhoto')
  const photoId = told.action.photo.id
  const shownNow = await groupOf()
  assert.ok(shownNow._ === 'chatPhoto')
  assert.equal(shownNow.photoId, photoId)
  const full = await ben.ask('messages.getFullChat', { chatId })
  assert.ok(full.fullChat._ === 'chatFull')
  assert.equal(full.fullChat.chatPhoto?.id, photoId)
  const part = await ben.ask('upload.getFile', {
    location: { _: 'inputPeerPhotoFileLocation', peer: { _: 'inputPeerChat', chatId }, photoId },
    offset: 0n,
    limit: 4096,
  })
  assert.ok(part._ === 'upload.file')
  assert.deepEqual(part.bytes, bytes)
  await ada.ask('messages.editChatPhoto', { chatId, photo: { _: 'inputChatPhotoEmpty' } })
  assert.equal((await groupOf())._, 'chatPhotoEmpty')
  const peer = { _: 'inputPeerChat', chatId } as const
  const filter = { _: 'inputMessagesFilterChatPhotos' } as const
  const page = { offsetId: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, minDate: 0, maxDate: 0, hash: 0n }
  const found = await ben.ask('messages.search', { peer, q: '', filter, ...page })
  const photos = 'messages' in found ? found.messages : []
  assert.deepEqual(
    photos.map((each) => each._ === 'messageService' && each.action._),
    ['messageActionChatEditPhoto'],
  )
})

test('people and groups are told of with the smallest size of their photo, and whether it moves', async () => {
  const { ada, ben } = await createScene({ pictures: letters })
  const users = [{ _: 'inputUser' as const, ...ada.input(ben.id) }]
  const { updates } = await ada.ask('messages.createChat', { users, title: 'Club' })
  const chatId = updates._ === 'updates' ? (updates.chats[0]?.id ?? 0n) : 0n
  const chatOf = async () => {
    const [chat] = (await ben.ask('messages.getChats', { id: [chatId] })).chats
    return chat?._ === 'chat' ? chat.photo : assert.fail()
  }
  const photo = await ada.upload(png(640))
  const strippedThumb = Uint8Array.of(1, 2, 3)
  const shown = { _: 'userProfilePhoto', photoId: photo.id, strippedThumb, dcId: photo.dcId }
  assert.deepEqual((await ben.see(ada.id)).photo, shown)
  // It is known by now.
  assert.deepEqual((await ben.see(ada.id)).photo, shown)

  const uploaded = { _: 'inputChatUploadedPhoto' } as const
  await ada.ask('messages.editChatPhoto', { chatId, photo: { ...uploaded, file: await ada.sent(png(320)) } })
  const still = await chatOf()
  assert.ok(still._ === 'chatPhoto')
  assert.deepEqual([still.strippedThumb, still.hasVideo], [strippedThumb, undefined])
  const video = await ada.sent(film(640, 640), 'a.mp4')
  await ada.ask('messages.editChatPhoto', { chatId, photo: { ...uploaded, video } })
  const moving = await chatOf()
  assert.ok(moving._ === 'chatPhoto' && moving.photoId !== still.photoId)
  assert.ok(moving.hasVideo)

  const emoji: VideoSize = { _: 'videoSizeEmojiMarkup', emojiId: 7n, backgroundColors: [0xff0000] }
  await ada.ask('photos.uploadProfilePhoto', { videoEmojiMarkup: emoji })
  const { photo: drawn } = await ben.see(ada.id)
  assert.ok(drawn?._ === 'userProfilePhoto' && drawn.hasVideo)
})

test('photos that are shown are swept no more than those of messages, and go once nothing shows them', async () => {
  const { world, ada } = await createScene()
  const photo = await ada.upload(png(200))
  const isThere = async () =>
    (await world.rules.store.look(() => findPhoto(world.rules.store.secret, photo.id))) !== undefined
  const sweep = async () => {
    world.clock.advance(2 * 3_600_000)
    await sweepFiles(world.rules)
  }
  await sweep()
  assert.ok(await isThere())
  await ada.ask('photos.deletePhotos', { id: [inputOf(photo)] })
  await sweep()
  assert.ok(await isThere(), 'for an hour after the sweep that has seen it unused')
  await sweep()
  assert.equal(await isThere(), false)
})

test('a film and an emoji are told to others with the photo, and the film is read', async () => {
  const { ada, ben } = await createScene()
  const bytes = film(640, 640)
  const video = await ada.sent(bytes)
  const videoEmojiMarkup: VideoSize = { _: 'videoSizeEmojiMarkup', emojiId: 7n, backgroundColors: [0xff] }
  await ada.ask('photos.uploadProfilePhoto', { video, videoStartTs: 0.5, videoEmojiMarkup })
  const [photo] = (await ben.photos(ada.id)).photos
  assert.ok(photo?._ === 'photo')
  assert.deepEqual(photo.videoSizes, [
    { _: 'videoSize', type: 'u', w: 640, h: 640, size: bytes.length, videoStartTs: 0.5 },
    videoEmojiMarkup,
  ])
  const { id, accessHash, fileReference } = photo
  const location = { _: 'inputPhotoFileLocation', id, accessHash, fileReference, thumbSize: 'u' } as const
  const part = await ben.ask('upload.getFile', { location, offset: 0n, limit: 4096 })
  assert.ok(part._ === 'upload.file')
  assert.deepEqual(Buffer.from(part.bytes), bytes)
  assert.equal(part.type._, 'storage.fileMp4')
})

test('a group that its creator has ended keeps its photo no longer', async () => {
  const { world, ada, ben } = await createScene()
  const photo = await ada.upload(png(200))
  const { chatId, shownAs } = { chatId: 1n, shownAs: { _: 'inputChatPhoto', id: inputOf(photo) } as const }
  await ada.ask('messages.createChat', { users: [{ _: 'inputUser', ...ada.input(ben.id) }], title: 'Tea' })
  await ada.ask('messages.editChatPhoto', { chatId, photo: shownAs })
  const kept = sql`SELECT count(*) AS n FROM chats WHERE photo_id <> 0`
  const count = () => world.rules.store.look(() => kept.row())
  assert.deepEqual(await count(), { n: 1n })
  await ada.ask('messages.deleteChat', { chatId })
  assert.deepEqual(await count(), { n: 0n })
})

test('those near somebody are told of a new photo', async () => {
  const { ada, ben, world } = await createScene()
  await ben.ask('messages.sendMessage', {
    peer: { _: 'inputPeerUser', ...ben.input(ada.id) },
    message: 'Tea?',
    randomId: 1n,
  })
  const { date, pts } = await ben.ask('updates.getState', {})
  world.clock.advance(10_000)
  await ada.upload(png(200))
  const difference = await ben.ask('updates.getDifference', { pts, date, qts: 0 })
  assert.ok(difference._ === 'updates.difference')
  assert.deepEqual(
    difference.otherUpdates.filter(({ _ }) => _ === 'updateUser'),
    [{ _: 'updateUser', userId: ada.id }],
  )
  assert.ok(difference.users.some((user) => user._ === 'user' && shown(user) !== undefined))
})

test("the owner of a bot gives it a photo, which others see, and takes it away; nobody else's bot gets one", async () => {
  const { ada, ben, world } = await createScene()
  const given = { accessHash: 1n, username: 'photo_bot', createdAtS: 1, homeDc: undefined, ownerId: ada.id }
  const made = await world.rules.store.decide(() => createBotUser(given))
  assert.ok(made)
  const bot = (person: Person) => ({ _: 'inputUser' as const, ...person.input(made.id) })
  const file = await ada.sent(png(200))
  const answer = await ada.ask('photos.uploadProfilePhoto', { bot: bot(ada), file })
  assert.equal(shown(await ben.see(made.id)), answer.photo.id)
  assert.equal(shown(await ben.see(ada.id)), undefined)
  assert.deepEqual(idsOf((await ben.photos(made.id)).photos), [answer.photo.id])
  for (const person of [ben, ada]) {
    const target = person === ben ? bot(ben) : ({ _: 'inputUserSelf' } as const)
    await assert.rejects(
      person.ask('photos.updateProfilePhoto', { bot: target, id: { _: 'inputPhotoEmpty' } }),
      { message: 'BOT_INVALID' },
    )
  }
  await ada.ask('photos.updateProfilePhoto', { bot: bot(ada), id: { _: 'inputPhotoEmpty' } })
  assert.equal(shown(await ben.see(made.id)), undefined)
})
