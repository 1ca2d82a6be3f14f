/** Runs `cablegram people …` on one server in this process. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '@cablegram/server'
import { CommandLines } from '../../../../../test/e2e/command-lines.ts'

const server = await startServer({ store: 'memory' })
const command = new CommandLines(server.info.console)
after(async () => {
  await command.close()
  await server.close()
})
const cablegram = (line: string) => command.run(line)

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`
const says: readonly (readonly [line: string, out: string | RegExp])[] = [
  [
    'people create Ada --username ada_lovelace --last-name Lovelace',
    /^Made @ada_lovelace with the number \+99966\d{5}\.$/,
  ],
  ['people create Bob --phone +9996621234 --username bob_builder', /\+9996621234\.$/],
  ['bot add echo_bot --first-name Echo', /^\d+:[\w-]{35}$/],
  [
    'people',
    /^1000001 {2}\+\d+ {2}@ada_lovelace {2}Ada Lovelace\n1000002 {2}\+9996621234 {2}@bob_builder {3}Bob\n1000003 {2}bot {10}@echo_bot {6}Echo$/,
  ],
  ["people send @ada_lovelace @bob_builder 'Hello'", new RegExp(`^1 {2}${TIME} {2}@ada_lovelace {2}Hello$`)],
  ['people wait bob_builder --from @ada_lovelace --timeout 1s', /@ada_lovelace {2}Hello$/],
  ["people send +9996621234 1000001 'Hi' --reply-to 1 --silent", /@bob_builder {2}Hi$/],
  ['people messages ada_lovelace @bob_builder', /^1 {2}.*Hello\n2 {2}.*Hi$/],
  ['people messages ada_lovelace @bob_builder --after 1 --limit 1', /^2 {2}.*Hi$/],
  ['people chats ada_lovelace', '1000002  @bob_builder  1 unread  Hi'],
  ['people read ada_lovelace @bob_builder --up-to 2', 'Read.'],
  ['people chats ada_lovelace', '1000002  @bob_builder  0 unread  Hi'],
  ["people edit ada_lovelace 1 'Hello, Bob'", /Hello, Bob$/],
  ['people react bob_builder 1 👍', /Hello, Bob 👍 1$/],
  ['people react bob_builder 1 --off', /Hello, Bob$/],
  ["people send ada_lovelace @bob_builder --poll 'Tea?' --answers 'Yes|No'", /\(poll: Tea\?\)$/],
  ['people chats bob_builder', /\d unread {2}\(poll: Tea\?\)$/],
  ['people vote bob_builder 3 Yes', /\(poll: Tea\?\)$/],
  ['people vote bob_builder 3 --off', /\(poll: Tea\?\)$/],
  ['people delete ada_lovelace 1 2', 'Deleted 2 messages.'],
  ['people messages bob_builder @ada_lovelace', /^3 {2}.*\(poll: Tea\?\)$/],
  ['people pin ada_lovelace 3', 'Pinned message 3.'],
  ['people pin ada_lovelace 3 --off', 'Unpinned message 3.'],
  ["people send ada_lovelace @bob_builder 'One'", /^5 {2}/],
  ['people forward ada_lovelace me 3 5', /^6 {2}.*\(poll: Tea\?\)\n7 {2}.*One$/],
  ['people delete ada_lovelace 5 6 7 --for-self', 'Deleted 3 messages.'],
  ['people type ada_lovelace @bob_builder recordAudio', 'Shown.'],
  ['people start ada_lovelace @echo_bot', /@ada_lovelace {2}\/start$/],
  ['people start ada_lovelace @echo_bot a-payload', /\/start$/],
  ['people group ada_lovelace Tea @bob_builder', '-1'],
  ["people send bob_builder -1 'Hello, all'", /Hello, all$/],
  ['people add ada_lovelace -1 @echo_bot', 'Brought @echo_bot into -1.'],
  ['people promote ada_lovelace -1 @echo_bot', '@echo_bot is an admin of -1 now.'],
  ['people promote ada_lovelace -1 @echo_bot --off', '@echo_bot is no admin of -1 now.'],
  ['people remove ada_lovelace -1 @echo_bot', 'Took @echo_bot out of -1.'],
  ['people leave bob_builder -1', 'Left -1.'],
  ['people link ada_lovelace -1', /^https:\/\/t\.me\/\+[\w-]+$/],
  ['people block ada_lovelace @bob_builder', 'Blocked @bob_builder.'],
  ['people block ada_lovelace @bob_builder --off', 'Unblocked @bob_builder.'],
]

for (const [line, expected] of says) {
  test(`cablegram ${line}`, async () => {
    const { exitCode, out, complaint } = await cablegram(line)
    assert.deepEqual([exitCode, complaint], [0, ''])
    if (typeof expected === 'string') assert.equal(out, expected)
    else assert.match(out, expected)
  })
}

test('cablegram people press prints the answer of the bot', async () => {
  const [bot, ada] = [await server.people.get('@echo_bot'), await server.people.get('@ada_lovelace')]
  const buttons = [
    [
      { text: 'Yes', data: 'y' },
      { text: 'Page', url: 'https://example.org' },
    ],
  ]
  await bot.send(ada, 'Sure?', { buttons })
  const { id } = await ada.next()
  assert.equal((await cablegram(`people press ada_lovelace ${id} Page`)).out, 'https://example.org')
  const pressing = cablegram(`people press ada_lovelace ${id} Yes`)
  await bot.answer(await bot.nextPress(), { text: 'Noted' })
  assert.equal((await pressing).out, 'Noted')
})

test('cablegram people presses and answer are the side of the bot', async () => {
  const [bot, ada] = [await server.people.get('@echo_bot'), await server.people.get('@ada_lovelace')]
  await bot.send(ada, 'Sure?', { buttons: [[{ text: 'Yes', data: 'y' }]] })
  const pressing = ada.press(await ada.next(), 'Yes')
  const [, id] = /^(\d+) {2}@ada_lovelace {2}y$/.exec((await cablegram('people presses echo_bot')).out) ?? []
  assert.equal((await cablegram(`people answer echo_bot ${id} 'Sold out' --alert`)).out, 'Answered.')
  const { text, isAlert } = await pressing
  assert.deepEqual([text, isAlert], ['Sold out', true])
})

test('cablegram people events shows what somebody hears of', async () => {
  const [bob, ada] = [await server.people.get('@bob_builder'), await server.people.get('@ada_lovelace')]
  const watching = cablegram('people events ada_lovelace --from bob_builder --count 3')
  // The command says nothing before something comes: typing is repeated until it is there.
  const { out } = await untilSettled(watching, async () => {
    await bob.type(ada, 'typing')
  })
  assert.match(out, /^(typing {4}@bob_builder {2}typing\n?){3}$/)
  const edits = cablegram('people events ada_lovelace --kind edit --count 1 --json')
  const sent = await bob.send(ada, 'Tae?')
  let version = 0
  const edited = await untilSettled(edits, async () => {
    version += 1
    await bob.edit(sent, `Tea? ${version}`)
  })
  const { kind, message } = JSON.parse(edited.out)
  assert.deepEqual([kind, message.chat.username], ['edit', 'bob_builder'])
  assert.match(message.text, /^Tea\? \d+$/)
})

/** Repeats an act until a command has ended. */
async function untilSettled<T>(command: Promise<T>, act: () => Promise<void>): Promise<T> {
  let isSettled = false
  const settled = command.finally(() => {
    isSettled = true
  })
  while (!isSettled) {
    await act()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return await settled
}

test('cablegram people join takes the link that people link prints', async () => {
  const { out } = await cablegram('people link ada_lovelace -1')
  await cablegram('people create Cleo --username cleo_test')
  assert.equal((await cablegram(`people join cleo_test ${out}`)).out, 'Joined Tea (-1).')
})

const refuses: readonly (readonly [line: string, exitCode: number, complaint: string | RegExp])[] = [
  ['people create', 2, /^NAME is missing/],
  ['bot add echo_bot --last-name Echo', 2, '--last-name goes with --first-name.'],
  ['people sned', 2, /"sned" is not an action of `cablegram people`\. Did you mean send\?/],
  [
    'people send nobody_here me Hello',
    1,
    'the server refused: No account has this id, name or number. List the accounts: npx cablegram people.',
  ],
  [
    'people send ada_lovelace @nobody_here Hello',
    2,
    /^the server refused: USERNAME_NOT_OCCUPIED\. Nobody has/,
  ],
  ['people send ada_lovelace me', 2, /^the server refused: MESSAGE_EMPTY\./],
  ['people edit bob_builder 3 Coffee?', 1, /^the server refused: MESSAGE_AUTHOR_REQUIRED\./],
  [
    'people edit bob_builder three Coffee?',
    2,
    'ID is a whole number, not "three": `npx cablegram people messages` shows the ids.',
  ],
  [
    'people wait bob_builder --media photo --timeout 0.01',
    1,
    'no message came to bob_builder within 0.01 s.',
  ],
  [
    'people react bob_builder 3',
    2,
    'EMOJI is missing: give the reaction, such as 👍, or --off to take it back.',
  ],
  [
    'people react bob_builder 99 👍',
    2,
    /^the server refused: MESSAGE_ID_INVALID\. The chat has no such message\. Take the id from the messages of this person/,
  ],
  ['people react bob_builder 3 👍 --off', 2, '--off takes back what was given: it stands alone.'],
  ['people vote bob_builder 3', 2, /^ANSWER is missing: give the text of an answer, or --off/],
  [
    'people delete ada_lovelace 3 999',
    2,
    /^the server refused: MESSAGE_ID_INVALID\. .*each side of a chat has its own\.$/,
  ],
  [
    "people group ada_lovelace Tea ''",
    2,
    'the server refused: USER has to be a @username, a +phone, an id or me.',
  ],
  [
    'people type ada_lovelace @bob_builder swim',
    2,
    /^the server refused: DOING has to be "typing", .*, not "swim"\.$/,
  ],
  [
    'bot add zed --first-name Zed',
    2,
    'the server refused: NAME has to be 5 to 32 letters, digits and underscores, a letter first; the name of a bot ends in bot, and no other does.',
  ],
  [
    'people events ada_lovelace --kind swim',
    2,
    /^the server refused: --kind has to be "message", .*, not "swim"\.$/,
  ],
  ['people events ada_lovelace --timeout 10ms', 1, 'ada_lovelace heard of nothing within 10ms.'],
  ['people presses echo_bot --timeout 10ms', 1, 'nobody pressed a button of echo_bot within 10ms.'],
  ['people send ada_lovelace me --poll A --dice 🎲', 2, /exclude each other/],
  ['people send ada_lovelace me --dice 🎲 --media photo', 2, /exclude each other/],
  ['people send ada_lovelace me --media poem', 2, /^--media is photo or .*; it cannot be "poem"/],
  [
    'people send ada_lovelace me --file ./nowhere',
    1,
    'the file ./nowhere cannot be read: give the path of a file.',
  ],
  ['people wait bob_builder --timeout 5m', 2, /^--timeout is at most 2m, not 5m\./],
  ["people send ada_lovelace me --answers 'A|B'", 2, /give its question with --poll/],
  [
    'people wait bob_builder --from @echo_bot --timeout 10ms',
    1,
    'no message came to bob_builder within 10ms.',
  ],
  ['people wait ada_lovelace --timeout soon', 2, /^--timeout is a time such as/],
]

for (const [line, exitCode, expected] of refuses) {
  test(`cablegram ${line}: exit code ${exitCode}`, async () => {
    const { complaint, ...outcome } = await cablegram(line)
    assert.equal(outcome.exitCode, exitCode, complaint)
    if (typeof expected === 'string') assert.equal(complaint, expected)
    else assert.match(complaint, expected)
  })
}

test('cablegram people sends files, waits for them and writes them to the disk', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const [report, copy] = [join(folder, 'report.txt'), join(folder, 'copy.txt')]
  writeFileSync(report, 'All is well.')
  const sent = await cablegram(`people send ada_lovelace cleo_test 'Read this' --file ${report}`)
  assert.match(sent.out, /Read this \(document: report\.txt, 12 bytes\)$/)
  const big = join(folder, 'big.bin')
  writeFileSync(big, '')
  truncateSync(big, 48 * 1024 * 1024)
  const tooBig = await cablegram(`people send ada_lovelace cleo_test --file ${big}`)
  assert.deepEqual(
    [tooBig.exitCode, tooBig.complaint],
    [2, `${big} has 48 MiB; --file takes at most 16 MiB.`],
  )
  truncateSync(big, 16 * 1024 * 1024 - 1)
  const album = await cablegram(`people album ada_lovelace cleo_test ${big} ${big}`)
  assert.match(album.complaint, /^the album has 32 MiB; a request takes at most 17 MiB\.$/)
  const noPicture = await cablegram(`people send ada_lovelace cleo_test --file ${report} --media photo`)
  assert.match(
    noPicture.complaint,
    /PHOTO_EXT_INVALID\. .*people send on the command line takes --media document/,
  )
  const waited = await cablegram('people wait cleo_test --media document --after 0 --timeout 1s --json')
  const { id, media } = JSON.parse(waited.out)
  assert.deepEqual(media, { kind: 'document', fileName: 'report.txt', mime: 'text/plain', bytes: 12 })
  const written = await cablegram(`people download cleo_test ${id} ${copy}`)
  const sha256 = createHash('sha256').update('All is well.').digest('hex')
  assert.equal(written.out, `${copy}: 12 bytes, SHA-256 ${sha256}`)
  assert.equal(readFileSync(copy, 'utf8'), 'All is well.')
  const again = await cablegram(`people download cleo_test ${id} ${copy}`)
  assert.deepEqual(
    [again.exitCode, again.complaint],
    [1, `there is a file ${copy} already: give another path.`],
  )
  const none = await cablegram(`people download cleo_test ${id} ${copy}.m --size m`)
  assert.match(none.complaint, /^the server refused: The picture has no size m\./)
  assert.equal(existsSync(`${copy}.m`), false)
  const both = await cablegram(`people album ada_lovelace cleo_test ${report} ${copy} --text 'Both'`)
  assert.match(both.out, /Both \(document: report\.txt, 12 bytes\)\n.*\(document: copy\.txt, 12 bytes\)$/)
  assert.match((await cablegram('people send ada_lovelace me --media photo')).out, /\(photo: 818 bytes\)$/)
})

test('--json prints the answer of the console API', async () => {
  const sent = JSON.parse((await cablegram('people send ada_lovelace me Note --json')).out)
  assert.deepEqual([sent.text, sent.isOut, sent.chat.id], ['Note', true, 1_000_001])
  const listed = JSON.parse((await cablegram('people messages ada_lovelace me --limit 1 --json')).out)
  assert.deepEqual(listed, { messages: [sent] })
  assert.equal(JSON.parse((await cablegram('people --json')).out).people.length, 4)
})

test('the help of an action lists an argument once, however many can be given', async () => {
  const { out } = await cablegram('people group --help')
  assert.match(out, /^Usage: npx cablegram people group PERSON TITLE USER \[USER …\] \[OPTIONS\]$/m)
  assert.equal([...out.matchAll(/^ {2}USER +/gm)].length, 1)
  assert.match(out, /^ {2}USER +a @username, a \+phone or an id; any number of them$/m)
})

test('every action has its own help with an example', async () => {
  const { out } = await cablegram('people --help')
  const actions = [...out.matchAll(/^ {2}people (\w+) /gm)].map(([, name = '']) => name)
  assert.ok(actions.length >= 27, out)
  for (const action of new Set(actions)) {
    const help = (await cablegram(`people ${action} --help`)).out
    assert.match(help, new RegExp(`Examples:\\n {2}npx cablegram people ${action} `))
  }
})
