/** Runs the commands that read and change a server's console, on one server in this process. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, test } from 'node:test'
import { startServer } from '@cablegram/server'
import { CommandLines } from '../../../../test/e2e/command-lines.ts'

const HASH = '344583e45741c457fe1862106095a5eb'
const server = await startServer({ store: 'memory', testClock: true })
const command = new CommandLines(server.info.console)
after(async () => {
  await command.close()
  await server.close()
})
const cablegram = (line: string) => command.run(line)

const says: readonly (readonly [line: string, out: string | RegExp])[] = [
  [
    "user add +9996621234 --first-name Ada --username ada_l --password 'correct horse' --password-hint staple",
    'Made account 1000001 for +9996621234.',
  ],
  ['user add +9996631234', 'Made account 1000002 for +9996631234.'],
  [
    'user',
    /^1000001 {2}\+9996621234 {2}Ada {3}@ada_l, password, 0 sessions\n1000002 {2}\+9996631234 {2}Test {2}0 sessions$/,
  ],
  ['user +9996621234', /^1000001 {2}\+9996621234 {2}Ada/],
  ['user set +9996621234 --login-email ada@example.org', 'Changed the account of +9996621234.'],
  ['user +9996621234', /codes to ada@example\.org/],
  ['user set +9996621234 --no-password --no-login-email', 'Changed the account of +9996621234.'],
  ['user +9996621234', '1000001  +9996621234  Ada  @ada_l, 0 sessions'],
  ['user sign-out +9996621234', 'Signed 0 sessions of +9996621234 out.'],
  ['user delete +9996631234', 'Deleted the account of +9996631234.'],
  ['user web-token +9996621234', /^[\w-]{20,}$/],
  ['rule', ''],
  ['rule 999662 --channels smsWord,sms', 'Numbers that begin with +999662: codes go by smsWord, then sms.'],
  ['rule 4474 --ban', 'Numbers that begin with +4474: banned.'],
  ['rule 4475 --protect', 'Numbers that begin with +4475: protected: no codes are sent.'],
  ['rule 4476 --migrate 3', 'Numbers that begin with +4476: in data centre 3.'],
  [
    'rule',
    /^\+4474… {4}banned\n\+4475… {4}protected: no codes are sent\n\+4476… {4}in data centre 3\n\+999662… {2}codes go by smsWord, then sms$/,
  ],
  ['rule +999662', 'Numbers that begin with +999662: codes go by smsWord, then sms.'],
  ['rule 4474 --delete', 'Deleted the rule of 4474.'],
  ['fault', ''],
  [
    'fault auth.sendCode --error FLOOD_WAIT_30 --times 1',
    'Fault 1: the next auth.sendCode: answer 420 FLOOD_WAIT_30.',
  ],
  [
    'fault auth.signIn --error PHONE_NUMBER_FLOOD',
    'Fault 2: every auth.signIn: answer 400 PHONE_NUMBER_FLOOD.',
  ],
  ['fault --delay 1.5s --phone +9996621234', 'Fault 3: every request of +9996621234: wait 1500 ms.'],
  ['fault auth.signIn --close --times 2', 'Fault 4: the next 2 auth.signIn: break the connection.'],
  ['fault help.getConfig --transport 404', 'Fault 5: every help.getConfig: send transport error -404.'],
  [
    'fault help.getConfig --error SOMETHING_NEW --code -503',
    'Fault 6: every help.getConfig: answer -503 SOMETHING_NEW.',
  ],
  [
    'fault messages.sendMessage --error CHANNEL_PRIVATE',
    'Fault 7: every messages.sendMessage: answer 406 CHANNEL_PRIVATE.',
  ],
  [
    'fault users.getUsers --error CHANNEL_PRIVATE',
    'Fault 8: every users.getUsers: answer 400 CHANNEL_PRIVATE.',
  ],
  ['fault --error PHONE_NUMBER_INVALID', 'Fault 9: every request: answer 406 PHONE_NUMBER_INVALID.'],
  ['fault auth.signIn', /^2 {2}every auth\.signIn: .*\n4 {2}the next 2 auth\.signIn: break the connection$/],
  [
    'fault --push delay --delay 200ms --user 1000001',
    'Fault 10: every update of user 1000001: delay (200 ms).',
  ],
  ['fault --difference slice --times 2', 'Fault 11: the next 2 × updates.getDifference: slice.'],
  ['fault --push drop --times 1', 'Fault 12: the next update: drop.'],
  [
    'fault upload.getFile --cut --every 5 --user 1000001',
    'Fault 13: every upload.getFile of user 1000001 (one in 5): break the connection in the middle of the answer.',
  ],
  ['fault --file-dc 1', 'Fault 14: every read of a file: answer 303 FILE_MIGRATE_1 in other data centres.'],
  ['fault --expire-references', 'Fault 15: every file reference from before: expired.'],
  ['fault --delete 4', 'Deleted fault 4.'],
  ['fault --clear', 'Deleted all faults.'],
  ['clock', /: the real time\.$/],
  ['clock advance 1h30m', /: 1 h 30 min ahead of the real time\.$/],
  ['clock advance 90', /: 1 h 31 min 30 s ahead of the real time\.$/],
  ["app add 'My app'", /^api_id {3}10002\napi_hash [0-9a-f]{32}$/],
  [`app allow 17349 ${HASH} --title Desktop`, 'App 17349 may sign in.'],
  ['app set 10002 --published on --min-layer 200', 'Changed app 10002.'],
  ['app', new RegExp(`^10001 .*\\n10002 {2}[0-9a-f]{32} {2}My app\\n17349 {2}${HASH} {2}Desktop$`)],
  ['bot add echo_bot', /^\d+:[\w-]{35}$/],
  ['bot token @echo_bot', /^\d+:[\w-]{35}$/],
  ['bot', /^\d+ {2}@echo_bot$/],
  ['reset', 'The server is as it was right after its start.'],
  ['user', ''],
  ['clock', /: the real time\.$/],
]

for (const [line, expected] of says) {
  test(`cablegram ${line}`, async () => {
    const { exitCode, out, complaint } = await cablegram(line)
    assert.deepEqual([exitCode, complaint], [0, ''])
    if (typeof expected === 'string') assert.equal(out, expected)
    else assert.match(out, expected)
  })
}

const refuses: readonly (readonly [line: string, exitCode: number, complaint: string | RegExp])[] = [
  ['user ad +9996621234', 2, /"\+9996621234" is one argument too many|neither a number/],
  [
    'user lst',
    2,
    '"lst" is neither a number nor an action of `cablegram user`. There are add, set, delete, sign-out, web-token.',
  ],
  ['user dele', 2, '"dele" is neither a number nor an action of `cablegram user`. Did you mean delete?'],
  ['user add', 2, /^NUMBER is missing/],
  [
    'user add 12',
    2,
    'the server refused: PHONE_NUMBER_INVALID. Give the number in international format, such as +9996621234.',
  ],
  [
    'user +9996629999',
    1,
    'no account has the number +9996629999: list the accounts with `npx cablegram user`.',
  ],
  [
    'user web-token +9996629999',
    2,
    'the server refused: PHONE_NUMBER_UNOCCUPIED. Make the account first: npx cablegram user add +9996629999.',
  ],
  ['user set +9996621234', 2, 'say what to change. See `npx cablegram user set --help`.'],
  ['rule --ban', 2, 'say whose rule: give the first digits.'],
  ['rule 44 --ban --protect', 2, /exclude each other/],
  ['rule 44 --channels SMS', 2, /^the server refused: channels\[0\] has to be .* Did you mean "sms"\?$/],
  ['rule 44 --delete', 1, /^the server refused: The digits 44 have no rule\. /],
  [
    'fault auth.sendcode --close',
    2,
    'the server refused: No layer has a method auth.sendcode. Did you mean auth.sendCode?',
  ],
  ['fault auth.sendCode --error FLOOD_WIAT_X', 2, /Did you mean FLOOD_WAIT_X\?/],
  ['fault auth.sendCode --error NOT_AN_ERROR', 2, /^no code is documented for NOT_AN_ERROR/],
  [
    'fault auth.sendCode --times 1',
    2,
    'the server refused: The fault has no effect. Give it error, transport, close, badSalt, duplicateKey, cut, fileDc, drop, delayMs, push, difference or references. The options: npx cablegram fault --help.',
  ],
  [
    'fault auth.signIn',
    2,
    'no fault for auth.signIn. To add one, say what happens: --error, --delay or another effect of `npx cablegram fault --help`.',
  ],
  ['fault foo', 2, 'no layer has a method foo. See https://core.telegram.org/methods.'],
  ['fault auth.sendcode', 2, 'no layer has a method auth.sendcode. Did you mean auth.sendCode?'],
  ['fault help.getconfig --json', 2, /Did you mean help\.getConfig\?/],
  ['fault --code 400', 2, /give the error with --error/],
  ['fault --delete 1 --close', 2, /stand alone/],
  [
    'fault --delete 77',
    1,
    /No fault has the id 77; it may have been used up\. List the faults: npx cablegram fault\.$/,
  ],
  ['clock advance soon', 2, 'TIME is a time such as 90s, 5m, 1h30m or 7d, not "soon".'],
  ['clock advence 5m', 2, /too many|Did you mean advance/],
  [
    'app allow 4',
    2,
    'the server refused: No api_hash of app 4 is known. Give its api_hash, or let the client try to sign in first.',
  ],
  ['app allow four', 2, 'API_ID is a whole number from 1 to 2147483647, not "four".'],
  ['app allow 83264173080', 2, 'API_ID is a whole number from 1 to 2147483647, not "83264173080".'],
  ['app adds', 2, '"adds" is not an action of `cablegram app`. Did you mean add?'],
  ['bot token nobody_bot', 1, 'no bot is called nobody_bot: `npx cablegram bot` lists them.'],
  ['pay +9996621234', 1, /^the server refused: No code for 9996621234 waits to be paid for\. /],
]

for (const [line, exitCode, expected] of refuses) {
  test(`cablegram ${line}: exit code ${exitCode}`, async () => {
    const { complaint, ...outcome } = await cablegram(line)
    assert.equal(outcome.exitCode, exitCode, complaint)
    if (typeof expected === 'string') assert.equal(complaint, expected)
    else assert.match(complaint, expected)
  })
}

test('a number that is taken is refused with the command that shows its account', async () => {
  await cablegram('user add +9996651234')
  assert.equal(
    (await cablegram('user add +9996651234')).complaint,
    'the server refused: PHONE_NUMBER_OCCUPIED. Another account has the number. Show it: npx cablegram user +9996651234.',
  )
})

test('--json prints the answer of the console API', async () => {
  await cablegram('reset')
  const made = JSON.parse((await cablegram('user add +9996621234 --json')).out)
  assert.deepEqual([made.id, made.phone], [1_000_001, '+9996621234'])
  assert.deepEqual(JSON.parse((await cablegram('user --json')).out), { users: [made] })
  assert.deepEqual(JSON.parse((await cablegram('rule 44 --ban --json')).out), { digits: '44', rule: 'ban' })
  assert.equal(JSON.parse((await cablegram('clock --json')).out).testClock, true)
  assert.deepEqual(JSON.parse((await cablegram('fault --clear --json')).out), {})
  assert.deepEqual(JSON.parse((await cablegram('fault auth.signIn --json')).out), { faults: [] })
})

test('a command says what is wrong with the token, and with a URL that is not that of a console', async (t) => {
  const token = 'a-token-of-20-letters'
  const guarded = await startServer({ store: 'memory', consoleToken: token })
  const [dc] = guarded.info.dcs
  const ssh = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')).listen(0, '127.0.0.1')
  await once(ssh, 'listening')
  const other = new CommandLines(guarded.info.console)
  t.after(async () => {
    await other.close()
    ssh.close()
    await guarded.close()
  })
  const { console: url } = guarded.info
  const mtproto = `http://127.0.0.1:${dc?.port}`
  const sshUrl = `http://127.0.0.1:${(ssh.address() as AddressInfo).port}`
  const rows: [line: string, server: string, complaint: RegExp][] = [
    ['codes', url, /^the console at http:\S+ asks for its token: give it with --console-token-file/],
    [
      'codes --console-token wrong',
      url,
      /^the token is wrong: the console at http:\S+ does not take it\. Give/,
    ],
    ['user --console-token wrong', url, /^the token is wrong/],
    ['codes', mtproto, /^http:\S+ is not a console: it answered 404\. Give --server the URL that /],
    ['fault auth.signIn --close', mtproto, /^http:\S+ is not a console/],
    ['codes', sshUrl, /^http:\S+ does not speak HTTP, so it is not a console\. Give --server/],
    ['codes', url.replace('http:', 'https:'), /^https:\S+ does not speak TLS/],
  ]
  for (const [line, server, expected] of rows) {
    const { exitCode, complaint } = await other.run(line, server)
    assert.equal(exitCode, 1, complaint)
    assert.match(complaint, expected, line)
  }
  assert.equal((await other.run(`codes --console-token ${token}`)).exitCode, 0)
})
