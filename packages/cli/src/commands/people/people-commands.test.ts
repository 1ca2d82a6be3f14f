/** Runs `cablegram people …` on one server in this process. */
import assert from 'node:assert/strict'
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
  ['people create Echo --username echo_bot --bot', /^\d+:[\w-]{35}$/],
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
  ['people react bob_builder 1', /Hello, Bob$/],
  ["people send ada_lovelace @bob_builder --poll 'Tea?' --answers 'Yes|No'", /\(poll: Tea\?\)$/],
  ['people chats bob_builder', /\d unread {2}\(poll: Tea\?\)$/],
  ['people vote bob_builder 3 Yes', /\(poll: Tea\?\)$/],
  ['people delete ada_lovelace 1 2', 'Deleted 2 messages.'],
  ['people messages bob_builder @ada_lovelace', /^3 {2}.*\(poll: Tea\?\)$/],
  ['people start ada_lovelace @echo_bot', /@ada_lovelace {2}\/start$/],
  ['people start ada_lovelace @echo_bot a-payload', /\/start$/],
  ['people group ada_lovelace Tea @bob_builder', '-1'],
  ["people send bob_builder -1 'Hello, all'", /Hello, all$/],
  ['people add ada_lovelace -1 @echo_bot', 'Brought @echo_bot into -1.'],
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

test('cablegram people join takes the link that people link prints', async () => {
  const { out } = await cablegram('people link ada_lovelace -1')
  await cablegram('people create Cleo --username cleo_test')
  assert.equal((await cablegram(`people join cleo_test ${out}`)).out, 'Joined Tea (-1).')
})

const refuses: readonly (readonly [line: string, exitCode: number, complaint: string | RegExp])[] = [
  ['people create', 2, /^NAME is missing/],
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
  ['people edit bob_builder three Coffee?', 2, /messageId has to be the id of a message, .* not text/],
  ['people send ada_lovelace me --poll A --dice 🎲', 2, /exclude each other/],
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

test('--json prints the answer of the console API', async () => {
  const sent = JSON.parse((await cablegram('people send ada_lovelace me Note --json')).out)
  assert.deepEqual([sent.text, sent.isOut, sent.chat.id], ['Note', true, 1_000_001])
  const listed = JSON.parse((await cablegram('people messages ada_lovelace me --json')).out)
  assert.deepEqual(listed, { messages: [sent] })
  assert.equal(JSON.parse((await cablegram('people --json')).out).people.length, 4)
})

test('every action has its own help with an example', async () => {
  const { out } = await cablegram('people --help')
  const actions = [...out.matchAll(/^ {2}people (\w+) /gm)].map(([, name = '']) => name)
  assert.ok(actions.length >= 17, out)
  for (const action of new Set(actions)) {
    const help = (await cablegram(`people ${action} --help`)).out
    assert.match(help, new RegExp(`Examples:\\n {2}npx cablegram people ${action} `))
  }
})
