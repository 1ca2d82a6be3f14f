/** The programs of the first day: each runs as its file, in a process of its own, on real sockets. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type Person, type PersonMessage, startServer } from '@cablegram/server'
import { ROOT } from '../guide-blocks.ts'
import { makePlace, Program, removePlace, servedLoginPage } from './program.ts'

/** The number of the account that runs each program, and what its owner types at the first start. */
const PHONE = '+9996621234'
const TYPED = [PHONE, '22222']

let server: CablegramServer
/** The account that runs the programs. */
let ada: Person
let bob: Person
const places: string[] = []

before(async () => {
  server = await startServer({ store: 'memory' })
  ada = await server.people.create({ firstName: 'Ada', phone: PHONE })
  bob = await server.people.create({ firstName: 'Bob', username: 'bob_builder' })
})
after(async () => {
  await server.close()
  for (const place of places) removePlace(place)
})

/** A folder for the runs of a program. */
function newPlace(): string {
  const place = makePlace()
  places.push(place)
  return place
}

/** Runs a program to its end. @returns what it has said */
async function run(name: string, place: string, args: readonly string[], typed: readonly string[] = []) {
  await using program = new Program(name, place, server, { args, typed })
  await program.ends()
  return program.said
}

test('each program has less than 40 lines', () => {
  const folder = join(ROOT, 'examples/programs')
  const programs = readdirSync(folder)
  assert.equal(programs.length, 5)
  for (const name of programs) {
    assert.ok(readFileSync(join(folder, name), 'utf8').split('\n').length <= 40, name)
  }
})

test('the echo answers two people, and after a kill what came meanwhile', async () => {
  const place = newPlace()
  const cleo = await server.people.create({ firstName: 'Cleo' })
  const answerTo = async (person: Person) => (await person.next({ from: ada, timeoutMs: 30_000 })).text
  const first = new Program('echo', place, server, { typed: TYPED })
  await first.says(/Ada/)
  await bob.send(ada, 'Hello')
  await cleo.send(ada, 'Salut')
  assert.deepEqual(await Promise.all([answerTo(bob), answerTo(cleo)]), ['Hello', 'Salut'])
  await first.kill()
  await bob.send(ada, 'Still there?')
  await using second = new Program('echo', place, server)
  assert.equal(await answerTo(bob), 'Still there?')
  assert.doesNotMatch(first.said + second.said, /Error/)
})

/** A picture with so many further bytes, which belong to a comment in it. */
function pictureWith(picture: Uint8Array, fill: number): Uint8Array {
  const comment = new Uint8Array(2 + 0xffff).fill(fill)
  comment.set([0xff, 0xfe, 0xff, 0xff])
  return Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)])
}

test('the downloader of photos goes on after a kill, and has every byte', async () => {
  const place = newPlace()
  const picture = await bob.download(await bob.send('me', '', { media: { kind: 'photo' } }))
  const photos: PersonMessage[] = []
  for (const fill of [1, 2, 3]) {
    await bob.send(ada, '', { media: { kind: 'photo', file: pictureWith(picture, fill) } })
    photos.push(await ada.next({ media: 'photo' }))
  }
  const path = (photo: PersonMessage | undefined) => `photos/${photo?.id}.jpg`
  // The newest comes first. The second one waits for its bytes.
  server.faults.add({ method: 'upload.getFile', every: 2, delayMs: 600_000 })
  const killed = new Program('photos', place, server, { args: ['@bob_builder'], typed: TYPED })
  await killed.says(new RegExp(`${path(photos[2])}: 100 %`))
  while (!existsSync(join(place, path(photos[2])))) await setTimeout(10)
  await killed.kill()
  server.faults.clear()
  const said = await run('photos', place, ['@bob_builder'])
  assert.ok(!said.includes(path(photos[2])), said)
  assert.match(said, new RegExp(`${path(photos[0])}: 100 %\nAll photos are here.\n$`))
  assert.equal(readdirSync(join(place, 'photos')).length, photos.length)
  for (const photo of photos) {
    assert.deepEqual(new Uint8Array(readFileSync(join(place, path(photo)))), await ada.download(photo))
  }
})

test('the archiver keeps texts and files of a group, and adds only what is new', async () => {
  const place = newPlace()
  const group = await bob.createGroup('Tea', [ada])
  await bob.send(group.id, 'Tea or coffee?')
  const file = new TextEncoder().encode('Tea.')
  await bob.send(group.id, 'The list', { media: { kind: 'document', file, fileName: 'list.txt' } })
  await run('archive', place, ['Tea'], TYPED)
  const read = () => readFileSync(join(place, 'archive/messages.jsonl'), 'utf8')
  const first = read()
  const [list] = readdirSync(join(place, 'archive')).filter((name) => name.endsWith(' list.txt'))
  assert.equal(readFileSync(join(place, 'archive', list ?? ''), 'utf8'), 'Tea.')
  await bob.send(group.id, '', { media: { kind: 'photo' } })
  await run('archive', place, ['Tea'])
  const all = read()
  assert.ok(all.startsWith(first))
  const lines = all
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ text, file: attached }) => [text, attached?.kind]),
    [
      ['', undefined],
      ['Tea or coffee?', undefined],
      ['The list', 'document'],
      ['', 'photo'],
    ],
  )
  assert.equal(await run('archive', place, ['Tea']), '')
  assert.equal(read(), all)
})

test('somebody signs in on the page of the login, after a wrong number and a wrong code', async () => {
  const place = newPlace()
  const { program, url } = await servedLoginPage(place, server)
  await using _ = program
  const page = async (response: Promise<Response>) => (await response).text()
  const answer = (text: string) =>
    page(fetch(url, { method: 'POST', body: new URLSearchParams({ answer: text }) }))
  assert.equal((await fetch(new URL('/', url))).status, 404)
  assert.match(await page(fetch(url)), /Phone number/)
  assert.match(await answer('123'), /Phone number.*PHONE_NUMBER_INVALID/s)
  assert.match(await answer(PHONE), /Code/)
  assert.match(await answer('11111'), /Code.*PHONE_CODE_INVALID/s)
  assert.match(await answer('22222'), /You are signed in/)
  await program.ends()
  await using client = new TelegramClient(join(place, 'page.session'), { server: server.info })
  assert.equal((await client.getMe()).title, 'Ada')
})

/** Bob presses the button of a note in a client of his own, as an app does. */
async function pressDelete(note: PersonMessage): Promise<void> {
  await using client = new TelegramClient(memorySession(), { server: server.info })
  const phone = bob.phone ?? ''
  await client.start({
    phone: async () => phone,
    code: async () => (await server.codes.waitFor(phone)).code,
  })
  for await (const message of client.history('@notes_bot', { limit: 10 })) {
    if (message.text === note.text && !message.isOut) await client.press(message, 'Delete')
  }
}

test('the bot keeps notes, shows them, and deletes one when its button is pressed', async () => {
  const place = newPlace()
  const account = await server.people.create({ firstName: 'Notes', username: 'notes_bot', bot: true })
  await using without = new Program('notes-bot', newPlace(), server, { env: { BOT_TOKEN: '' } })
  await without.says(/BOT_TOKEN_INVALID/)
  await using bot = new Program('notes-bot', place, server, { env: { BOT_TOKEN: account.token ?? '' } })
  await bot.says(/ready/)

  const heard = async () => bob.next({ from: account, timeoutMs: 30_000 })
  await bob.start('@notes_bot')
  assert.match((await heard()).text, /Write me a note/)
  for (const note of ['Milk', 'Bread']) {
    await bob.send(account, note)
    assert.equal((await heard()).text, 'Noted.')
  }
  await bob.send(account, '/notes@notes_bot')
  const [milk, bread] = [await heard(), await heard()]
  assert.deepEqual([milk.text, bread.text], ['Milk', 'Bread'])

  await pressDelete(milk)
  assert.equal((await bob.nextEvent('edit', { message: milk })).message?.text, 'Deleted.')
  await bob.send(account, '/notes')
  assert.equal((await heard()).text, 'Bread')
  await bot.kill()
  await using again = new Program('notes-bot', place, server, { env: { BOT_TOKEN: account.token ?? '' } })
  await again.says(/ready/)
  await bob.send(account, '/notes')
  assert.equal((await heard()).text, 'Bread')
})
