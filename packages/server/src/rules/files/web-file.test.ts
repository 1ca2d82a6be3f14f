import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type WebFile, WebFileError, type WebFiles, type WebTrouble } from '../../files/web/port.ts'
import type { Ground } from '../../ground/ground.ts'
import { createSettings } from '../../ground/settings.ts'
import { sendMedia } from '../chats/send-media.ts'
import { createChats, setRole } from '../test-chats.ts'
import { type GivenMedia, makeMedia } from './make-media.ts'
import { readPhotoPieces } from './read-file.ts'
import { createScene, everything, KIB, refusedWith, type Scene, send, sent } from './test-files.ts'

const PNG_BYTES = 100

/** A PNG as its header says. */
function png(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(PNG_BYTES)
  bytes.set(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return Uint8Array.from(bytes)
}

/** A web that has one file, which is a picture unless it is another, or a trouble. */
function webOf(found: (Partial<WebFile> & { readonly body?: Uint8Array }) | WebTrouble): WebFiles {
  return {
    async using(_url, _maxBytes, use) {
      if (typeof found === 'string') throw new WebFileError(found, 'so it is')
      const { body = png(300, 200), ...file } = found
      const bytes = (async function* () {
        yield body
      })()
      return await use({ name: 'a.png', mime: 'image/png', size: body.length, bytes, ...file })
    },
  }
}

const make = ({ world, caller }: Scene, web: WebFiles | undefined, as: 'photo' | 'document') =>
  makeMedia({ ...world.rules, web }, caller, { kind: 'web', as, url: 'http://example.org/a.png' })

test('a picture on the web becomes a photo with the bytes as they came', async () => {
  const scene = await createScene()
  const photo = await make(scene, webOf({}), 'photo')
  assert.ok(photo.kind === 'photo')
  assert.deepEqual(photo.sizes, [{ letter: 'm', width: 300, height: 200, bytes: PNG_BYTES }])
  const asked = { offset: 0n, limit: 4096, precise: false }
  const { world, caller } = scene
  const { pieces } = await readPhotoPieces(
    world.rules,
    caller,
    { photoId: photo.photoId, letter: 'm' },
    asked,
  )
  assert.deepEqual(Buffer.concat(pieces), Buffer.from(png(300, 200)))
})

test('a file on the web becomes a document, with its name, its type and the sides of a picture', async () => {
  const scene = await createScene()
  const given = { body: png(3, 2), name: 'b.gif', mime: 'image/gif' }
  const document = await make(scene, webOf(given), 'document')
  assert.ok(document.kind === 'document')
  assert.equal(document.mime, 'image/gif')
  assert.deepEqual(document.attributes, [
    { kind: 'imageSize', width: 3, height: 2 },
    { kind: 'animated' },
    { kind: 'fileName', fileName: 'b.gif' },
  ])
  const plain = await make(scene, webOf({ body: Uint8Array.of(1), name: '', mime: 'so to say' }), 'document')
  assert.ok(plain.kind === 'document')
  assert.deepEqual([plain.mime, plain.attributes], ['application/octet-stream', []])
})

test('the reason why a URL is refused is told to the log, without what the URL has besides its host', async () => {
  const scene = await createScene()
  const told: unknown[] = []
  const refuse = async (
    web: WebFiles | undefined,
    url = 'http://me:pass@example.org:81/a.png?key=secret',
  ) => {
    const on = { ...scene.world.rules, web, onWebFileRefused: (refused: unknown) => void told.push(refused) }
    await assert.rejects(makeMedia(on, scene.caller, { kind: 'web', as: 'photo', url }))
  }
  await refuse(webOf('notLoaded'))
  await refuse(webOf({ mime: 'text/html' }))
  await refuse(webOf({ body: Uint8Array.of(1) }))
  await refuse(undefined)
  await refuse(webOf('badUrl'), 'no url')
  const failing: WebFiles = {
    async using() {
      throw new WebFileError('notLoaded', 'it cannot be reached', new Error(`connect ${'x'.repeat(400)}`))
    },
  }
  await refuse(failing, `http://${'a'.repeat(300)}/`)
  const host = 'example.org:81'
  assert.deepEqual(told, [
    { host, reason: 'so it is' },
    { host, reason: 'the file is a page' },
    { host, reason: 'the file is not a photo that may be sent: IMAGE_PROCESS_FAILED' },
    { host, reason: 'the server loads no files' },
    { host: undefined, reason: 'so it is' },
    { host: 'a'.repeat(253), reason: `it cannot be reached: connect ${'x'.repeat(270)}` },
  ])
})

test('a message that comes again is answered, though its file can no longer be loaded', async () => {
  const { world, caller, id } = await createScene()
  const given = { kind: 'web', as: 'photo', url: 'http://example.org/a.png' } as const
  const writing = { peerId: id, content: { text: '', entities: [] }, randomId: 1n }
  const send = (web: WebFiles) => sendMedia({ ...world.rules, web }, caller, writing, { kind: 'file', given })
  const first = await send(webOf({}))
  const again = await send(webOf('notLoaded'))
  assert.deepEqual([first.isNew, again.isNew], [true, false])
  assert.deepEqual(again.event.message, first.event.message)
})

test('nothing is loaded, nor put together, where the sender may not write', async () => {
  const chats = await createChats()
  const { rules, person, group } = chats
  const [ada, bob] = [await person('9996621234'), await person('9996625555')]
  const onWeb = (as: 'photo' | 'document') => ({ kind: 'web', as, url: 'http://example.org/a.png' }) as const
  const bobs = { world: chats, caller: bob.caller, id: bob.userId }
  const { fileId, parts } = await send(bobs, new Uint8Array(KIB), KIB)
  const more = { thumb: undefined, mime: '', attributes: [], isPlain: false, staysVideo: false }
  const document = { kind: 'document', file: sent(fileId, parts), ...more } as const
  const touched = (): never => assert.fail('touched')
  const barred = { ...rules, web: { using: touched }, files: { ...rules.files, put: touched } }
  const post = (on: Ground, peerId: bigint, given: GivenMedia, randomId = 1n) => {
    const writing = { peerId, content: { text: '', entities: [] }, randomId }
    return sendMedia(on, bob.caller, writing, { kind: 'file', given })
  }
  const silent = await group([ada, bob], 2)
  for (const given of [onWeb('photo'), document])
    await assert.rejects(post(barred, silent, given), refusedWith('CHAT_WRITE_FORBIDDEN'))
  const withoutPhotos = await group([ada, bob], 2 ** 19)
  const refused = post(barred, withoutPhotos, onWeb('photo'))
  await assert.rejects(refused, refusedWith('CHAT_SEND_PHOTOS_FORBIDDEN'))
  await assert.rejects(post(barred, 12_345n, document), refusedWith('INPUT_USER_DEACTIVATED'))
  await assert.rejects(post(barred, -12_345n, document), refusedWith('PEER_ID_INVALID'))

  const withoutTexts = await group([ada, bob], 2 ** 25)
  const first = await post(rules, withoutTexts, document, 2n)
  await setRole(chats.store, withoutTexts, bob, 'left')
  const again = await post(barred, withoutTexts, document, 2n)
  assert.deepEqual([first.isNew, again.isNew], [true, false])
})

test('a file that gets no turn in time is not loaded', async () => {
  const scene = await createScene()
  const startTimer = (run: () => void): (() => void) => {
    setImmediate(run)
    return () => undefined
  }
  const rules = { ...scene.world.rules, startTimer }
  const ends: (() => void)[] = []
  const slow: WebFiles = {
    using: () => new Promise((_, reject) => ends.push(() => reject(new Error('over')))),
  }
  const load = () => make({ ...scene, world: { ...scene.world, rules } }, slow, 'photo')
  const two = [load(), load()].map((loading) => assert.rejects(loading, /over/))
  await assert.rejects(load(), refusedWith('WEBPAGE_CURL_FAILED'))
  for (const end of ends) end()
  await Promise.all(two)
  assert.equal(ends.length, 2)
})

test('what cannot be loaded is refused, and leaves nothing', async () => {
  const scene = await createScene()
  const before = await everything(scene)
  const rows: readonly [error: string, web: WebFiles | undefined, as: 'photo' | 'document'][] = [
    ['WEBPAGE_CURL_FAILED', undefined, 'photo'],
    ['EXTERNAL_URL_INVALID', webOf('badUrl'), 'photo'],
    ['WEBPAGE_CURL_FAILED', webOf('notLoaded'), 'document'],
    ['WEBPAGE_MEDIA_EMPTY', webOf('notMedia'), 'document'],
    ['WEBPAGE_MEDIA_EMPTY', webOf({ mime: 'text/html' }), 'document'],
    ['WEBPAGE_MEDIA_EMPTY', webOf({ body: Uint8Array.of(1, 2, 3) }), 'photo'],
    ['WEBPAGE_MEDIA_EMPTY', webOf({ body: png(1, 21) }), 'photo'],
  ]
  for (const [error, web, as] of rows) await assert.rejects(make(scene, web, as), refusedWith(error))
  assert.deepEqual(await everything(scene), before)
})

test('a file for which the account has no room is refused before it is loaded, or after', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const settings = createSettings('box', { files: { accountMib: 1 } })
  const small = { ...scene, world: { ...scene.world, rules: { ...rules, settings } } }
  const large = new Uint8Array(KIB * KIB + 1)
  const neverRead = (async function* (): AsyncGenerator<Uint8Array> {
    yield assert.fail('it was loaded')
  })()
  const said = webOf({ size: large.length, bytes: neverRead })
  await assert.rejects(make(small, said, 'document'), refusedWith('FILES_TOO_MUCH'))
  const unsaid = webOf({ body: large, size: undefined })
  const before = await everything(scene)
  await assert.rejects(make(small, unsaid, 'document'), refusedWith('FILES_TOO_MUCH'))
  assert.deepEqual(await everything(scene), before)
})
