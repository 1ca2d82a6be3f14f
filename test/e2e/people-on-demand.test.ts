/** People on demand: a test acts as somebody, in process and over HTTP, and everything that holds for clients holds. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type Person, type PersonMessage, startServer } from '@cablegram/server'
import { signUp } from './logins.ts'

const server = await startServer({ store: 'memory', testClock: true })
after(() => server.close())

let count = 0
/** Somebody of the test's own. */
async function somebody(firstName = 'Ada'): Promise<Person> {
  count += 1
  return await server.people.create({ firstName, username: `somebody_${count}` })
}

const textOf = ({ text }: { readonly text: string }) => text

describe('making somebody', () => {
  test('a number that is left out is a test number that nobody else has', async () => {
    const people = await Promise.all(
      ['Ada', 'Bob', 'Cleo'].map((firstName) => server.people.create({ firstName })),
    )
    const phones = people.map(({ phone = '' }) => phone)
    assert.equal(new Set(phones).size, 3)
    for (const phone of phones) assert.match(phone, /^\+99966[1-5]\d{4}$/)
  })

  test('a person is an account like any other: a client signs in to it', async () => {
    const ada = await somebody()
    const [account] = await server.users.list(ada.phone)
    assert.deepEqual([account?.id, account?.firstName], [ada.id, 'Ada'])
  })

  test('a bot has a token, and the name that it was given', async () => {
    const bot = await server.people.create({ firstName: 'Echo', bot: true })
    assert.match(bot.token ?? '', new RegExp(`^${bot.id}:`))
    assert.match(bot.username ?? '', /^echo_\d+_bot$/)
    assert.deepEqual([bot.isBot, bot.firstName, bot.phone], [true, 'Echo', undefined])
  })

  test('the same account is found by its id, its username and its number', async () => {
    const { id, username = '', phone = '' } = await somebody()
    for (const name of [id, String(id), username, `@${username.toUpperCase()}`, phone]) {
      assert.equal((await server.people.get(name)).id, id, String(name))
    }
    assert.ok((await server.people.list()).some((each) => each.id === id))
    for (const name of [777000, 'me', '+1', '@nobody_has_this', '-1', '9'.repeat(16)]) {
      await assert.rejects(server.people.get(name), { code: 'PERSON_NOT_FOUND' }, String(name))
    }
  })

  test('what the rules of accounts refuse is refused', async () => {
    const { username, phone } = await somebody()
    await assert.rejects(server.people.create({ firstName: 'A', username }), { code: 'USERNAME_OCCUPIED' })
    await assert.rejects(server.people.create({ firstName: 'A', phone }), { code: 'PHONE_NUMBER_OCCUPIED' })
    await assert.rejects(server.people.create({ firstName: 'A', username: 'no_bott', bot: true }), {
      code: 'USERNAME_INVALID',
    })
    await assert.rejects(server.people.create({ firstName: ' ' }), { code: 'REQUEST_INVALID' })
  })
})

describe('writing and reading', () => {
  test('each side has the message under its own id, and a reply finds the other copy', async () => {
    const [ada, bob] = [await somebody('Ada'), await somebody('Bob')]
    await bob.send('me', 'a note, so that ids differ')
    const sent = await ada.send(bob, 'Hello https://example.org', {
      entities: [{ kind: 'bold', offset: 0, length: 5 }],
    })
    const received = await bob.next()
    assert.deepEqual([sent.isOut, received.isOut, sent.boxId, received.boxId], [true, false, ada.id, bob.id])
    assert.notEqual(sent.id, received.id)
    assert.deepEqual(received.chat, { id: ada.id, kind: 'person', name: 'Ada', username: ada.username })
    assert.deepEqual(received.entities, [
      { kind: 'bold', offset: 0, length: 5 },
      { kind: 'url', offset: 6, length: 19 },
    ])
    const reply = await bob.send(received.chat, 'Hi', { replyTo: sent })
    assert.equal(reply.replyTo, received.id)
    assert.equal((await ada.next({ from: bob })).replyTo, sent.id)
  })

  test('a client is told of what a person writes, and a person of what a client writes', async () => {
    const client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
    try {
      await signUp(client, server.info, '+9996621777')
      const ada = await somebody()
      const found = await client.contacts.resolveUsername({ username: ada.username ?? '' })
      const [user] = found.users
      assert.ok(user?._ === 'user')
      const told = new Promise<string>((resolve) => {
        client.onUpdate((updates) => {
          const update =
            'updates' in updates ? updates.updates.find(({ _ }) => _ === 'updateNewMessage') : undefined
          if (update?._ === 'updateNewMessage' && update.message._ === 'message')
            resolve(update.message.message)
        })
      })
      const peer = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash ?? 0n } as const
      await client.messages.sendMessage({ peer, message: 'from a client', randomId: 1n })
      assert.equal((await ada.next()).text, 'from a client')
      await ada.send('+9996621777', 'from nobody’s client')
      assert.equal(await told, 'from nobody’s client')
    } finally {
      await client.close()
    }
  })

  test('a poll, a dice, a contact and a place are sent as media', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    await ada.send(bob, '', { media: { kind: 'poll', question: 'Tea?', answers: ['Yes', 'No'], correct: 0 } })
    await ada.send(bob, '', { media: { kind: 'dice', emoji: '🎲' } })
    await ada.send(bob, '', { media: { kind: 'contact', phone: '+15550100', firstName: 'Cleo' } })
    await ada.send(bob, '', { media: { kind: 'geo', lat: 51.5, long: -0.1 } })
    const kinds = (await bob.messages(ada)).map(({ media }) => media?.kind)
    assert.deepEqual(kinds, ['poll', 'dice', 'contact', 'geo'])
  })

  test('media without what it needs is refused', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const send = (media: object) => ada.send(bob, '', { media: media as never })
    await assert.rejects(send({ kind: 'geo', lat: 1 }), { code: 'REQUEST_INVALID', message: /media\.long/ })
    await assert.rejects(send({ kind: 'dice', emoji: 'x' }), { code: 'EMOTICON_INVALID' })
    await assert.rejects(send({ kind: 'poem' }), { code: 'REQUEST_INVALID' })
    assert.deepEqual(await bob.messages(ada), [])
  })

  test('a bot sends buttons, a person may not', async () => {
    const [ada, bot] = [await somebody(), await server.people.create({ firstName: 'Keys', bot: true })]
    const buttons = [
      [
        { text: 'Yes', data: 'y' },
        { text: 'Page', url: 'https://example.org' },
      ],
    ]
    await assert.rejects(bot.send(ada, 'Choose', { buttons }), {
      code: 'PEER_ID_INVALID',
      message: /a bot writes to those who have started it/,
    })
    await ada.start(bot)
    await bot.send(ada, 'Choose', { buttons })
    const { markup, buttons: shown } = await ada.next({ from: bot })
    assert.equal(markup, 'inline')
    assert.deepEqual(shown, [
      [
        { kind: 'callback', text: 'Yes', data: 'y' },
        { kind: 'url', text: 'Page', url: 'https://example.org' },
      ],
    ])
    await assert.rejects(ada.send(bot, 'Choose', { buttons }), { code: 'REPLY_MARKUP_INVALID' })
  })

  test('messages lists the last ones of a chat, or the first ones after another', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const ids: number[] = []
    for (const text of ['1', '2', '3', '4', '5']) ids.push((await ada.send(bob, text)).id)
    assert.deepEqual((await ada.messages(bob, { limit: 2 })).map(textOf), ['4', '5'])
    assert.deepEqual((await ada.messages(bob, { limit: 2, afterId: ids[1] })).map(textOf), ['3', '4'])
    assert.deepEqual((await ada.messages(bob, { afterId: ids[4] })).map(textOf), [])
    assert.deepEqual((await bob.messages('me')).map(textOf), [])
  })
})

describe('files', () => {
  const bytesOf = (length: number) => Uint8Array.from({ length }, (_, i) => (31 * i + 7) & 255)

  test('a small test file of each kind is sent, described and read', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const kinds = ['photo', 'document', 'voice', 'audio', 'video', 'animation', 'round'] as const
    for (const kind of kinds) {
      const sent = await ada.send(bob, kind, { media: { kind } })
      const received = await bob.next({ media: kind })
      assert.deepEqual(received.media, sent.media)
      assert.deepEqual([received.media?.kind, received.text], [kind, kind])
      const file = await bob.download(received)
      assert.equal(file.length, received.media?.bytes)
      assert.deepEqual(file, await ada.download(sent))
    }
    const [photo, text, voice, , film] = (await bob.messages(ada)).map(({ media }) => media)
    const size = { width: 320, height: 240, bytes: 818 }
    assert.deepEqual(photo, { kind: 'photo', ...size, sizes: [{ letter: 'm', ...size }] })
    assert.deepEqual(text, { kind: 'document', fileName: 'file.txt', mime: 'text/plain', bytes: 27 })
    assert.deepEqual(voice, { kind: 'voice', mime: 'audio/ogg', bytes: 955, durationS: 1 })
    assert.deepEqual([film?.mime, film?.width, film?.height, film?.durationS], ['video/mp4', 64, 64, 1])
  })

  test('bytes and paths are sent as they are, from one byte to more than a client sends as small', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    for (const length of [1, 131_073, 10 * 1024 * 1024 + 1]) {
      const file = bytesOf(length)
      await ada.send(bob, '', { media: { kind: 'document', file, fileName: 'a.bin', isSpoiler: true } })
      const { media, id } = await bob.next({ media: 'file' })
      assert.deepEqual(media, {
        kind: 'document',
        fileName: 'a.bin',
        mime: 'application/octet-stream',
        bytes: length,
        isSpoiler: true,
      })
      assert.ok(Buffer.from(await bob.download(id)).equals(file), String(length))
    }
    const path = new URL('../../LICENSE', import.meta.url)
    await ada.send(bob, '', { media: { kind: 'document', file: path, mime: 'text/plain' } })
    const licence = await bob.next()
    assert.deepEqual([licence.media?.fileName, licence.media?.mime], ['LICENSE', 'text/plain'])
    assert.deepEqual(Buffer.from(await bob.download(licence)), readFileSync(path))
  })

  test('a client downloads what a person sends, and a person what a client sends', async () => {
    const client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
    try {
      await signUp(client, server.info, '+9996621778')
      const ada = await somebody()
      await ada.send('+9996621778', '', { media: { kind: 'photo' } })
      const found = await client.contacts.resolveUsername({ username: ada.username ?? '' })
      const [user] = found.users
      assert.ok(user?._ === 'user')
      const peer = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash ?? 0n } as const
      const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0, hash: 0n }
      const history = await client.messages.getHistory({ peer, ...page })
      const message = 'messages' in history ? history.messages[0] : undefined
      assert.ok(message?._ === 'message' && message.media?._ === 'messageMediaPhoto')
      const { photo } = message.media
      assert.ok(photo?._ === 'photo')
      const { id, accessHash, fileReference } = photo
      assert.equal(photo.dcId, 2)
      const location = { _: 'inputPhotoFileLocation', id, accessHash, fileReference, thumbSize: 'm' } as const
      const file = await client.upload.getFile({ location, offset: 0n, limit: 4096 })
      assert.ok(file._ === 'upload.file' && file.type._ === 'storage.fileJpeg')
      const media = { _: 'inputMediaPhoto', id: { _: 'inputPhoto', id, accessHash, fileReference } } as const
      await client.messages.sendMedia({ peer, media, message: 'back', randomId: 1n })
      assert.deepEqual(await ada.download(await ada.next({ media: 'photo' })), file.bytes)
    } finally {
      await client.close()
    }
  })

  test('an album is sent together, with one text, and only of what goes together', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const file = bytesOf(5000)
    const sent = await ada.sendAlbum(bob, [{ kind: 'photo' }, { kind: 'video', file }], {
      text: 'Tea',
      isSilent: true,
    })
    const received = await bob.messages(ada)
    assert.deepEqual(
      received.map(({ text, media, isSilent }) => [text, media?.kind, isSilent]),
      [
        ['Tea', 'photo', true],
        ['', 'video', true],
      ],
    )
    assert.deepEqual(await bob.download(sent[1] ?? 0), file)
    const albums = new Set([...sent, ...received].map(({ albumId }) => albumId))
    assert.equal(albums.size, 1)
    assert.match([...albums][0] ?? '', /^\d+$/)
    const over = await ask(bob, ada, [
      { kind: 'document' },
      { kind: 'document', base64: 'QUJD', fileName: 'abc.txt' },
    ])
    assert.deepEqual(
      over.messages.map(({ media }) => media?.bytes),
      [27, 3],
    )
    const mixed = ada.sendAlbum(bob, [{ kind: 'photo' }, { kind: 'document' }])
    await assert.rejects(mixed, { code: 'MEDIA_GROUPED_INVALID' })
    const many = ada.sendAlbum(
      bob,
      Array.from({ length: 11 }, () => ({ kind: 'photo' }) as const),
    )
    await assert.rejects(many, { code: 'MULTI_MEDIA_TOO_LONG' })
    await assert.rejects(ada.sendAlbum(bob, []), { code: 'REQUEST_INVALID' })
    assert.equal((await bob.messages(ada)).length, 4)
  })

  async function ask(
    { id }: Person,
    to: Person,
    media: readonly object[],
  ): Promise<{ readonly messages: readonly PersonMessage[] }> {
    const response = await fetch(`${server.info.console}/api/people/${id}/albums`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: to.id, media }),
    })
    assert.equal(response.status, 201)
    const answer: { readonly messages: readonly PersonMessage[] } = JSON.parse(await response.text())
    return answer
  }

  test('a wait for media passes over texts and other media', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const waiting = bob.next({ media: 'voice' })
    await ada.send(bob, 'only text')
    await ada.send(bob, '', { media: { kind: 'photo' } })
    await ada.send(bob, '', { media: { kind: 'voice' } })
    assert.equal((await waiting).media?.kind, 'voice')
    assert.equal((await bob.next()).text, 'only text')
    assert.equal((await bob.next({ media: 'file' })).media?.kind, 'photo')
    await assert.rejects(bob.next({ media: 'file', timeoutMs: 0 }), {
      code: 'MESSAGE_TIMEOUT',
      message: 'No message with media of the kind file came to Bob within 0 ms.',
    })
  })

  test('what cannot be sent or read is refused, and nothing is written', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const refused: readonly (readonly [object, string])[] = [
      [{ kind: 'document', file: new Uint8Array() }, 'FILE_EMPTY'],
      [{ kind: 'document', base64: '' }, 'FILE_EMPTY'],
      [{ kind: 'document', base64: '?' }, 'REQUEST_INVALID'],
      [{ kind: 'document', file: './no-such-file' }, 'FILE_UNREADABLE'],
      [{ kind: 'document', file: '.' }, 'FILE_UNREADABLE'],
      [{ kind: 'document', file: 7 }, 'FILE_UNREADABLE'],
      [{ kind: 'photo', file: bytesOf(100) }, 'IMAGE_PROCESS_FAILED'],
      [{ kind: 'photo', fileName: 'photo.txt' }, 'PHOTO_EXT_INVALID'],
    ]
    for (const [media, code] of refused) {
      await assert.rejects(ada.send(bob, '', { media: media as never }), { code }, JSON.stringify(media))
    }
    assert.deepEqual(await bob.messages(ada), [])
    const text = await ada.send(bob, 'only text')
    await assert.rejects(bob.download(text), {
      code: 'FILE_NOT_FOUND',
      message: /The message has only text\./,
    })
    const own = await ada.send('me', '', { media: { kind: 'photo' } })
    await assert.rejects(bob.download(own), { code: 'MESSAGE_ID_INVALID' })
    await assert.rejects(ada.download(own, { size: 'y' }), {
      code: 'SIZE_NOT_FOUND',
      message: /Its sizes are m\./,
    })
    await assert.rejects(ada.download(own, { size: '?' }), { code: 'REQUEST_INVALID' })
  })

  test('files that are refused again and again keep nobody from sending others', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const refused = { media: { kind: 'photo', fileName: 'photo.txt' } } as const
    // An account may have 64 uploads at a time.
    for (let sent = 0; sent < 65; sent++)
      await assert.rejects(ada.send(bob, '', refused), { code: 'PHOTO_EXT_INVALID' })
    const mixed = [{ kind: 'photo' }, { kind: 'document' }] as const
    for (let sent = 0; sent < 33; sent++)
      await assert.rejects(ada.sendAlbum(bob, mixed), { code: 'MEDIA_GROUPED_INVALID' })
    assert.equal((await ada.send(bob, '', { media: { kind: 'photo' } })).media?.kind, 'photo')
  })
})

describe('waiting for messages', () => {
  test('each message is given once, whoever asks first and for whom', async () => {
    const [ada, bob, cleo] = [await somebody(), await somebody('Bob'), await somebody('Cleo')]
    await bob.send(ada, 'b1')
    await cleo.send(ada, 'c1')
    await bob.send(ada, 'b2')
    assert.equal((await ada.next({ from: cleo })).text, 'c1')
    const both = await Promise.all([ada.next(), ada.next()])
    assert.deepEqual(both.map(textOf).sort(), ['b1', 'b2'])
    await assert.rejects(ada.next({ timeoutMs: 0 }), { code: 'MESSAGE_TIMEOUT' })
  })

  test('a message that comes later ends the wait', async () => {
    const [ada, bob, cleo] = [await somebody(), await somebody('Bob'), await somebody('Cleo')]
    const next = ada.next({ with: bob })
    await cleo.send(ada, 'not this one')
    await bob.send(ada, 'this one')
    assert.equal((await next).text, 'this one')
  })

  test('a person who is found, not made, hears what comes from now on', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    await bob.send(ada, 'before')
    const again = await server.people.get(ada)
    await bob.send(ada, 'after')
    assert.equal((await again.next()).text, 'after')
  })

  test('the error says for whom, from whom and how long', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    await assert.rejects(ada.next({ from: `@${bob.username}`, timeoutMs: 1 }), {
      code: 'MESSAGE_TIMEOUT',
      message: `No message from @${bob.username} came to Ada within 1 ms.`,
    })
  })

  test('a server that closes ends the wait', async () => {
    const own = await startServer({ store: 'memory' })
    const ada = await own.people.create({ firstName: 'Ada' })
    const wait = assert.rejects(ada.next({ timeoutMs: 100_000 }), { code: 'MESSAGE_TIMEOUT' })
    await new Promise(setImmediate)
    await own.close()
    await wait
  })

  test('after a reset nobody is who they were, also if another has the same id', async () => {
    const own = await startServer({ store: 'memory' })
    const ada = await own.people.create({ firstName: 'Ada' })
    await own.reset()
    await assert.rejects(own.people.get(ada), { code: 'PERSON_NOT_FOUND' })
    await own.people.create({ firstName: 'Bob' })
    await assert.rejects(ada.send('me', 'x'), { code: 'PERSON_NOT_FOUND' })
    await own.close()
  })
})

describe('the rules hold', () => {
  test('names that are nobody’s, and peers that are not', async () => {
    const ada = await somebody()
    const refused: readonly (readonly [unknown, string])[] = [
      ['@nobody_has_this', 'USERNAME_NOT_OCCUPIED'],
      ['+15550199', 'PHONE_NOT_OCCUPIED'],
      [1, 'PEER_ID_INVALID'],
      [-1, 'PEER_ID_INVALID'],
      [-1_000_000_000_001, 'PEER_ID_INVALID'],
      ['9'.repeat(60), 'PEER_ID_INVALID'],
      [777000, 'PEER_ID_INVALID'],
      ['?', 'USERNAME_INVALID'],
      ['', 'REQUEST_INVALID'],
      [null, 'REQUEST_INVALID'],
      [1.5, 'REQUEST_INVALID'],
      [{}, 'REQUEST_INVALID'],
    ]
    for (const [to, code] of refused) {
      await assert.rejects(ada.send(to as never, 'x'), { code }, String(to))
    }
    assert.deepEqual(await ada.messages('me'), [])
  })

  test('a text, an entity and a reply that cannot be', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    await assert.rejects(ada.send(bob, ' '), { code: 'MESSAGE_EMPTY' })
    await assert.rejects(ada.send(bob, 'x'.repeat(4097)), { code: 'MESSAGE_TOO_LONG' })
    await assert.rejects(ada.send(bob, 'x'.repeat(16_385)), { code: 'REQUEST_INVALID' })
    await assert.rejects(ada.send(bob, 'x', { replyTo: 99 }), { code: 'REPLY_MESSAGE_ID_INVALID' })
    await assert.rejects(ada.send(bob, 'x', { entities: [{ kind: 'bold', offset: 0, length: 2 }] }), {
      code: 'ENTITY_BOUNDS_INVALID',
    })
    const foreign = await bob.send('me', 'bob’s own')
    await assert.rejects(ada.send(bob, 'x', { replyTo: foreign }), { code: 'MESSAGE_ID_INVALID' })
    await assert.rejects(ada.send(bob, 'x', { replyTo: 2 ** 31 }), { code: 'REQUEST_INVALID' })
    assert.deepEqual(await bob.messages(ada), [])
  })

  test('limits hold, and end with the clock', async () => {
    const actLimits = [{ act: 'message', max: 1, windowS: 60 }] as const
    // It stands still: a second may end between two messages, and the wait is told in whole seconds.
    const wallMs = Date.now()
    const options = { store: 'memory', testClock: true, settings: { actLimits } } as const
    const own = await startServer({ ...options, nowMs: () => wallMs })
    const ada = await own.people.create({ firstName: 'Ada' })
    await ada.send('me', 'one')
    await assert.rejects(ada.send('me', 'two'), { code: 'FLOOD_WAIT', message: /FLOOD_WAIT_60\. .*60/ })
    const body = JSON.stringify({ to: 'me', text: 'two' })
    const headers = { 'content-type': 'application/json' }
    const url = `${own.info.console}/api/people/${ada.id}/messages`
    assert.equal((await fetch(url, { method: 'POST', headers, body })).status, 429)
    await own.clock.advance(61)
    assert.equal((await ada.send('me', 'two')).text, 'two')
    await own.close()
  })

  test('an error says its cause, and what to do in a test', async () => {
    const ada = await somebody()
    await assert.rejects(ada.send('@nobody_has_this', 'x'), {
      message:
        'The server refused: USERNAME_NOT_OCCUPIED. Nobody has this username. ' +
        'List the names there are: npx cablegram people (GET /api/people).',
    })
  })
})

describe('waiting for events', () => {
  test('edits, deletions, pins, read marks, reactions, votes and typing are news', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const sent = await ada.send(bob, 'Helo')
    await ada.edit(sent, 'Hello')
    const edit = await bob.nextEvent('edit')
    assert.deepEqual([edit.message?.text, edit.from?.id, edit.chat?.id], ['Hello', ada.id, ada.id])
    await bob.read(ada)
    assert.equal((await ada.nextEvent('read', { with: bob })).maxId, sent.id)
    await bob.react(sent, '👍')
    const { message } = await ada.nextEvent('reaction', { message: sent })
    assert.deepEqual(message?.reactions, [{ emoji: '👍', count: 1, isOwn: false }])
    await bob.pin(sent)
    assert.deepEqual((await ada.nextEvent('pin')).messageIds, [sent.id])
    const poll = await ada.send(bob, '', {
      media: { kind: 'poll', question: 'Tea?', answers: ['Yes', 'No'] },
    })
    await bob.vote(poll, ['Yes'])
    assert.equal((await ada.nextEvent('poll')).message?.media?.totalVoters, 1)
    const typing = ada.nextEvent('typing', { from: bob })
    await new Promise(setImmediate)
    await bob.type(ada, 'recordAudio')
    assert.equal((await typing).action, 'recordAudio')
    await ada.delete(sent)
    assert.equal((await bob.nextEvent('delete')).messageIds?.length, 1)
  })

  test('each event is given once, and only those that are wanted', async () => {
    const [ada, bob, cleo] = [await somebody(), await somebody('Bob'), await somebody('Cleo')]
    const fromBob = await bob.send(ada, 'b')
    const fromCleo = await cleo.send(ada, 'c')
    await bob.edit(fromBob, 'b1')
    await cleo.edit(fromCleo, 'c1')
    assert.equal((await ada.nextEvent('edit', { from: cleo })).message?.text, 'c1')
    assert.equal((await ada.nextEvent('edit')).message?.text, 'b1')
    await assert.rejects(ada.nextEvent('edit', { timeoutMs: 0 }), {
      code: 'EVENT_TIMEOUT',
      message: 'Ada heard of no edit within 0 ms.',
    })
    await assert.rejects(bob.nextEvent('edit', { timeoutMs: 0 }), { code: 'EVENT_TIMEOUT' })
    await assert.rejects(ada.nextEvent('thunder' as never), { code: 'REQUEST_INVALID' })
  })

  test('an event that comes later ends the wait, however many others came before', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const sent = await bob.send(ada, 'first')
    const waiting = ada.nextEvent('edit', { timeoutMs: 60_000 })
    for (let n = 0; n < 120; n += 1) await bob.send(ada, String(n))
    await bob.edit(sent, 'edited')
    assert.equal((await waiting).message?.text, 'edited')
  })
})

describe('bots', () => {
  async function started() {
    const [ada, bot] = [await somebody(), await server.people.create({ firstName: 'Keys', bot: true })]
    await ada.start(bot)
    assert.equal((await bot.next()).text, '/start')
    return { ada, bot }
  }

  test('a bot is started with a payload, and in a group, which it joins', async () => {
    const { ada, bot } = await started()
    await ada.start(bot, 'from-the-website')
    assert.equal((await bot.next()).text, '/start from-the-website')
    const group = await ada.createGroup('Bots', [await somebody('Bob')])
    await ada.start(bot, 'x', { chat: group })
    assert.equal((await bot.next()).service?.kind, 'chatAddUser')
    const told = await bot.next()
    assert.deepEqual([told.chat.id, told.text], [group.id, `/start@${bot.username} x`])
    await assert.rejects(ada.start(bot, 'not a payload'), { code: 'START_PARAM_INVALID' })
    await assert.rejects(ada.start(await somebody(), 'x'), { code: 'BOT_INVALID' })
  })

  test('a person is no bot to start, and is written nothing', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    await assert.rejects(ada.start(bob), { code: 'BOT_INVALID' })
    assert.deepEqual(await ada.messages(bob), [])
  })

  test('a press waits for the answer of the bot', async () => {
    const { ada, bot } = await started()
    await bot.send(ada, 'Sure?', { buttons: [[{ text: 'Yes', data: 'yes-1' }, { text: 'No' }]] })
    const question = await ada.next()
    const pressing = ada.press(question, 'Yes')
    const press = await bot.nextPress()
    assert.deepEqual([press.data, press.from.id, press.message?.text], ['yes-1', ada.id, 'Sure?'])
    await bot.answer(press, { text: 'Noted', isAlert: true })
    assert.deepEqual(await pressing, { kind: 'answer', text: 'Noted', isAlert: true })
    const again = ada.press(question, { data: 'No' })
    await bot.answer(await bot.nextPress())
    assert.deepEqual(await again, { kind: 'answer', isAlert: false })
    await assert.rejects(bot.answer(press, { text: 'Twice' }), { code: 'QUERY_ID_INVALID' })
    await assert.rejects(bot.nextPress({ timeoutMs: 1 }), {
      code: 'PRESS_TIMEOUT',
      message: 'Nobody pressed a button of Keys within 1 ms.',
    })
  })

  test('a bot that does not answer is waited for until the clock says so', async () => {
    const { ada, bot } = await started()
    await bot.send(ada, 'Sure?', { buttons: [[{ text: 'Yes' }]] })
    const refused = assert.rejects(ada.press(await ada.next(), 'Yes'), { code: 'BOT_RESPONSE_TIMEOUT' })
    await bot.nextPress()
    await server.clock.advance(11)
    await refused
  })

  test('other buttons open a page, or write what is on them', async () => {
    const { ada, bot } = await started()
    await bot.send(ada, 'Look', { buttons: [[{ text: 'Page', url: 'https://example.org' }]] })
    const page = await ada.press(await ada.next(), 'Page')
    assert.deepEqual(page, { kind: 'page', url: 'https://example.org' })
    await bot.send(ada, 'Choose', { keyboard: [['Tea', 'Coffee']] })
    const keyboard = await ada.next()
    assert.equal(keyboard.markup, 'keyboard')
    const { kind, message } = await ada.press(keyboard, 'Tea')
    assert.deepEqual([kind, message?.text], ['message', 'Tea'])
    assert.equal((await bot.next()).text, 'Tea')
    await assert.rejects(ada.press(keyboard, 'Milk'), {
      code: 'BUTTON_NOT_FOUND',
      message: 'The message has no such button. It has "Tea", "Coffee".',
    })
  })
})

describe('over HTTP', () => {
  const json = { 'content-type': 'application/json' }

  async function ask(path: string, body?: unknown) {
    const init = body === undefined ? {} : { method: 'POST', headers: json, body: JSON.stringify(body) }
    const response = await fetch(`${server.info.console}/api/people${path}`, init)
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  test('the same as in process: make, write, list and wait', async () => {
    const made = await ask('', { firstName: 'Ada', username: 'http_ada' })
    assert.deepEqual([made.status, made.body.username], [201, 'http_ada'])
    const bob = await somebody('Bob')
    const sent = await ask('/@http_ada/messages', { to: `@${bob.username}`, text: 'Hello' })
    assert.deepEqual([sent.status, sent.body.isOut, sent.body.text], [201, true, 'Hello'])
    const waiting = ask('/@http_ada/messages/wait?timeoutMs=5000')
    await bob.send('@http_ada', 'Hi')
    const received = await waiting
    assert.deepEqual([received.status, received.body.text, received.body.from.id], [200, 'Hi', bob.id])
    const listed = await ask(`/${made.body.id}/messages?with=${bob.id}`)
    assert.deepEqual(listed.body.messages.map(textOf), ['Hello', 'Hi'])
    assert.equal((await ask(`/@http_ada/messages/wait?afterId=${received.body.id}&timeoutMs=0`)).status, 204)
  })

  test('a message is named by its id, or as anybody has it', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    await bob.send('me', 'a note, so that ids differ')
    const sent = await ask(`/${ada.id}/messages`, { to: bob.id, text: 'Hello' })
    const { id, boxId } = sent.body
    const reacted = await ask(`/${bob.id}/reactions`, { messageId: { id, boxId }, emoji: '👍' })
    assert.deepEqual([reacted.status, reacted.body.text], [200, 'Hello'])
    const foreign = await ask(`/${bob.id}/reactions`, { messageId: { id: 99, boxId }, emoji: '👍' })
    assert.deepEqual([foreign.status, foreign.body.error.code], [400, 'MESSAGE_ID_INVALID'])
    const cleo = await somebody('Cleo')
    const others = await ask(`/${cleo.id}/reactions`, { messageId: { id, boxId }, emoji: '👍' })
    assert.deepEqual([others.status, others.body.error.code], [400, 'MESSAGE_ID_INVALID'])
  })

  test('a file is sent in base64 and read as bytes, never as a page', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const page = Buffer.from('<script>alert(1)</script>')
    const media = { kind: 'document', base64: page.toString('base64'), fileName: 'ä "x".html' }
    assert.equal((await ask(`/${ada.id}/messages`, { to: bob.id, media })).status, 201)
    const waited = await ask(`/${bob.id}/messages/wait?media=document&afterId=0&timeoutMs=0`)
    assert.equal(waited.body.media.mime, 'text/html')
    const url = `${server.info.console}/api/people/${bob.id}/files/${waited.body.id}`
    const file = await fetch(url)
    assert.deepEqual(Buffer.from(await file.arrayBuffer()), page)
    assert.deepEqual(
      ['content-type', 'content-length', 'content-disposition'].map((name) => file.headers.get(name)),
      ['application/octet-stream', '25', "attachment; filename*=UTF-8''%C3%A4%20%22x%22.html"],
    )
    const { body: sent } = await ask(`/${ada.id}/messages?with=${bob.id}`)
    const copy = `${server.info.console}/api/people/${bob.id}/files/${sent.messages[0].id}?boxId=${ada.id}`
    assert.equal((await fetch(copy)).headers.get('content-length'), '25')
    const missing = await ask(`/${bob.id}/files/${waited.body.id}?size=m`)
    assert.deepEqual([missing.status, missing.body.error.code], [404, 'SIZE_NOT_FOUND'])
  })

  test('bodies with files are longer than others, and take turns', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const base64 = Buffer.alloc(100_000, 1).toString('base64')
    const send = () => ask(`/${ada.id}/messages`, { to: bob.id, media: { kind: 'document', base64 } })
    const sent = await Promise.all(Array.from({ length: 10 }, send))
    assert.deepEqual(
      [...new Set(sent.map(({ status, body }) => `${status} ${body.media.bytes}`))],
      ['201 100000'],
    )
    const elsewhere = await ask(`/${ada.id}/typing`, { to: bob.id, action: base64 })
    assert.deepEqual(
      [elsewhere.status, elsewhere.body.error.message],
      [413, 'The body is larger than 64 KiB.'],
    )
    const tooLong = await ask(`/${ada.id}/messages`, { to: bob.id, text: 'x'.repeat(24 * 1024 * 1024) })
    assert.deepEqual([tooLong.status, tooLong.body.error.message], [413, 'The body is larger than 24 MiB.'])
    // Whoever is refused makes room, too.
    assert.equal((await send()).status, 201)
  })

  test('an event is waited for after a cursor', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const sent = await bob.send(ada, 'first')
    const { cursor } = (await ask(`/${ada.id}/events/cursor`)).body
    await bob.edit(sent, 'second')
    const event = await ask(`/${ada.id}/events/wait?kind=edit&after=${cursor}&timeoutMs=0`)
    assert.deepEqual([event.status, event.body.message.text], [200, 'second'])
    const later = `/${ada.id}/events/wait?kind=edit&after=${event.body.cursor}&timeoutMs=0`
    assert.equal((await ask(later)).status, 204)
    assert.equal((await ask(`/${ada.id}/events/wait?kind=edit&timeoutMs=0`)).status, 204)
    assert.equal((await ask(`/${ada.id}/events/wait?kind=edit&after=x`)).status, 400)
  })

  test('a press and its answer', async () => {
    const [ada, bot] = [await somebody(), await server.people.create({ firstName: 'Keys', bot: true })]
    assert.equal((await ask(`/${ada.id}/start`, { bot: bot.id })).status, 201)
    await bot.send(ada, 'Sure?', { buttons: [[{ text: 'Yes' }]] })
    const { body: question } = await ask(`/${ada.id}/messages/wait?timeoutMs=0`)
    assert.equal((await ask(`/${bot.id}/presses/wait?timeoutMs=0`)).status, 204)
    const pressing = ask(`/${ada.id}/presses`, { messageId: question.id, button: 'Yes' })
    const { body: press } = await ask(`/${bot.id}/presses/wait?timeoutMs=5000`)
    assert.equal((await ask(`/${bot.id}/answers`, { pressId: press.id, text: 'Noted' })).status, 204)
    assert.deepEqual((await pressing).body, { kind: 'answer', text: 'Noted', isAlert: false })
  })

  test('what the rules forbid is 403, and what cannot be is 400', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    await bob.block(ada)
    const blocked = await ask(`/${ada.id}/messages`, { to: bob.id, text: 'x' })
    assert.deepEqual([blocked.status, blocked.body.error.code], [403, 'USER_IS_BLOCKED'])
    assert.match(blocked.body.error.message, /The other side has blocked the caller/)
  })

  test('a wait without afterId begins after what the person wrote last', async () => {
    const [ada, bot] = [await somebody(), await server.people.create({ firstName: 'Echo', bot: true })]
    await ada.start(bot)
    await bot.send(ada, 'an old one')
    await ada.send(bot, 'a question')
    await bot.send(ada, 'the answer')
    const { body } = await ask(`/${ada.id}/messages/wait?with=${bot.id}&timeoutMs=0`)
    assert.equal(body.text, 'the answer')
  })

  test('refusals have a status, a code and a next step', async () => {
    const ada = await somebody()
    const unknown = await ask('/@nobody_has_this')
    assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'PERSON_NOT_FOUND'])
    const wrong = await ask(`/${ada.id}/messages`, { to: 'me', text: 1 })
    assert.deepEqual([wrong.status, wrong.body.error.code], [400, 'REQUEST_INVALID'])
    const empty = await ask(`/${ada.id}/messages`, { to: 'me' })
    assert.deepEqual([empty.status, empty.body.error.code], [400, 'MESSAGE_EMPTY'])
    assert.match(empty.body.error.next, /\w/)
    const large = await ask(`/${ada.id}/edits`, { messageId: 1, text: 'x'.repeat(70_000) })
    assert.deepEqual([large.status, large.body.error.code], [413, 'BODY_TOO_LARGE'])
  })
})

describe('changing messages', () => {
  test('an edit and a deletion reach everybody who has the message', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const sent = await ada.send(bob, 'Helo')
    const edited = await ada.edit(sent, 'Hello')
    assert.deepEqual([edited.id, edited.text, typeof edited.editedAtS], [sent.id, 'Hello', 'number'])
    assert.deepEqual((await bob.messages(ada)).map(textOf), ['Hello'])
    await assert.rejects(bob.edit(sent, 'x'), { code: 'MESSAGE_AUTHOR_REQUIRED' })
    await assert.rejects(ada.edit(sent, 'Hello'), { code: 'MESSAGE_NOT_MODIFIED' })
    await ada.delete(sent)
    assert.deepEqual(await bob.messages(ada), [])
    await assert.rejects(ada.edit(sent, 'x'), { code: 'MESSAGE_ID_INVALID' })
  })

  test('a deletion for oneself leaves the others theirs', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const sent = [await ada.send(bob, '1'), await ada.send(bob, '2')]
    await bob.delete(sent, { forAll: false })
    assert.deepEqual(await bob.messages(ada), [])
    assert.deepEqual((await ada.messages(bob)).map(textOf), ['1', '2'])
  })

  test('a forwarded message says whose it was', async () => {
    const [ada, bob, cleo] = [await somebody(), await somebody('Bob'), await somebody('Cleo')]
    await ada.send(bob, 'Hello')
    const received = await bob.next()
    const [copy] = await bob.forward(received, cleo)
    assert.deepEqual([copy?.text, copy?.forwardedFrom?.id], ['Hello', ada.id])
    assert.equal((await cleo.next()).forwardedFrom?.id, ada.id)
  })

  test('a reaction is counted, and taken back', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const sent = await ada.send(bob, 'Hello')
    const reacted = await bob.react(sent, '👍')
    assert.deepEqual(reacted.reactions, [{ emoji: '👍', count: 1, isOwn: true }])
    assert.deepEqual((await ada.messages(bob))[0]?.reactions, [{ emoji: '👍', count: 1, isOwn: false }])
    assert.equal((await bob.react(sent, null)).reactions, undefined)
    await assert.rejects(bob.react(sent, 'no emoji'), { code: 'REACTION_INVALID' })
  })

  test('a vote is cast by the text of an answer or by its place', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const media = { kind: 'poll', question: 'Tea?', answers: ['Yes', 'No'] } as const
    const poll = await ada.send(bob, '', { media })
    const voted = await bob.vote(poll, ['No'])
    assert.deepEqual(voted.media?.answers, [
      { text: 'Yes', votes: 0, isChosen: false },
      { text: 'No', votes: 1, isChosen: true },
    ])
    assert.equal((await bob.vote(poll, [0])).media?.answers?.[0]?.isChosen, true)
    assert.equal((await bob.vote(poll, [])).media?.totalVoters, 0)
    await assert.rejects(bob.vote(poll, ['Maybe']), { code: 'OPTION_INVALID' })
    await assert.rejects(bob.vote(poll, [7]), { code: 'OPTION_INVALID' })
    await assert.rejects(bob.vote(await bob.send('me', 'no poll'), [0]), { code: 'MESSAGE_ID_INVALID' })
  })

  test('a pin is a mark on the message, and a message about it', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const sent = await ada.send(bob, 'Hello')
    await bob.pin(sent)
    assert.equal((await ada.messages(bob))[0]?.isPinned, true)
    assert.equal((await ada.next()).service?.kind, 'pinMessage')
    await ada.pin(sent, false)
    assert.equal((await bob.messages(ada))[0]?.isPinned, undefined)
  })
})

describe('chats', () => {
  test('reading a chat leaves nothing unread', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const first = await ada.send(bob, '1')
    await ada.send(bob, '2')
    const unread = async () => (await bob.chats()).map(({ chat, unreadCount }) => [chat.id, unreadCount])
    assert.deepEqual(await unread(), [[ada.id, 2]])
    await bob.read(ada, first)
    assert.deepEqual(await unread(), [[ada.id, 1]])
    await bob.read(ada)
    assert.deepEqual(await unread(), [[ada.id, 0]])
    assert.equal((await bob.chats())[0]?.lastMessage?.text, '2')
  })

  test('a block keeps messages away until it ends', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    await bob.block(ada)
    await assert.rejects(ada.send(bob, 'x'), { code: 'USER_IS_BLOCKED' })
    await assert.rejects(bob.send(ada, 'x'), { code: 'YOU_BLOCKED_USER' })
    await bob.block(ada, false)
    assert.equal((await ada.send(bob, 'Hello')).text, 'Hello')
    await assert.rejects(bob.block('me'), { code: 'CONTACT_ID_INVALID' })
  })

  test('typing goes to others only', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    await ada.type(bob)
    await ada.type('me', 'recordAudio')
    await assert.rejects(ada.type(bob, 'dreaming' as never), { message: /^action has to be "typing", / })
    const note = await ada.send('me', 'Note')
    await assert.rejects(ada.delete([note, note.id + 1]), { code: 'MESSAGE_ID_INVALID' })
    assert.equal((await ada.messages('me')).at(-1)?.text, 'Note')
    await assert.rejects(ada.type(-1), { code: 'PEER_ID_INVALID' })
  })
})

describe('a button that asks for peers', () => {
  test('is pressed with those who are chosen', async () => {
    const [ada, bob] = [await somebody(), await somebody('Bob')]
    const bot = await server.people.create({ firstName: 'Asks', bot: true })
    await ada.start(bot)
    await bot.next()
    const keyboard = [
      [{ text: 'A friend', asksFor: 'person' }, { text: 'A group', asksFor: 'group' }, 'Nobody'],
    ] as const
    await bot.send(ada, 'Whom?', { keyboard })
    const question = await ada.next()
    const given = await ada.press(question, 'A friend', { peers: [bob] })
    assert.deepEqual(given.message?.service, { kind: 'requestedPeers', userIds: [bob.id] })
    assert.deepEqual((await bot.next()).service, { kind: 'requestedPeers', userIds: [bob.id] })
    await assert.rejects(ada.press(question, 'A friend'), {
      code: 'REQUEST_INVALID',
      message: /^peers is missing/,
    })
    await assert.rejects(ada.press(question, 'A friend', { peers: [bot] }), { code: 'PEER_ID_INVALID' })
    const group = await ada.createGroup('Tea', [bob])
    const shared = await ada.press(question, 'A group', { peers: [group] })
    assert.deepEqual(shared.message?.service?.userIds, [group.id])
    assert.equal((await ada.press(question, 'Nobody')).message?.text, 'Nobody')
  })
})

describe('groups', () => {
  test('a group is made, written in, joined by a link and left', async () => {
    const [ada, bob, cleo] = [await somebody(), await somebody('Bob'), await somebody('Cleo')]
    await assert.rejects(ada.createGroup('Tea', []), {
      message: 'members has to be a list of 1 to 200 values, not 0.',
    })
    const group = await ada.createGroup('Tea', [bob])
    assert.deepEqual([group.kind, group.name, group.id < 0, group.missing], ['group', 'Tea', true, []])
    assert.deepEqual((await bob.next()).service, { kind: 'chatCreate', title: 'Tea', userIds: [bob.id] })
    await assert.rejects(cleo.send(group, 'x'), { code: 'PEER_ID_INVALID' })
    const link = await ada.link(group)
    assert.equal((await cleo.join(link)).id, group.id)
    await cleo.send(group, 'Hello, all')
    assert.equal((await bob.next({ from: cleo })).service?.kind, 'chatJoinedByLink')
    const received = await bob.next({ from: cleo })
    assert.deepEqual([received.text, received.chat.id, received.from.id], ['Hello, all', group.id, cleo.id])
    await bob.leave(group)
    await assert.rejects(bob.send(group, 'x'), { code: 'CHAT_WRITE_FORBIDDEN' })
    await assert.rejects(cleo.join('https://t.me/+nolinkofanything'), { code: 'INVITE_HASH_EXPIRED' })
  })

  test('members are brought, promoted and removed by those who may', async () => {
    const [ada, bob, cleo] = [await somebody(), await somebody('Bob'), await somebody('Cleo')]
    const group = await ada.createGroup('Tea', [bob])
    await ada.add(group, cleo)
    await assert.rejects(bob.remove(group, cleo), { code: 'CHAT_ADMIN_REQUIRED' })
    await ada.promote(group, bob)
    await bob.remove(group, cleo)
    await assert.rejects(cleo.send(group, 'x'), { code: 'CHAT_WRITE_FORBIDDEN' })
    await assert.rejects(bob.add(group, group), { code: 'USER_ID_INVALID' })
    await assert.rejects(bob.add(ada, cleo), { code: 'CHAT_ID_INVALID' })
    await assert.rejects(ada.createGroup('', [bob]), { code: 'CHAT_TITLE_EMPTY' })
    await assert.rejects(ada.createGroup('Alone', []), { code: 'REQUEST_INVALID' })
  })
})
