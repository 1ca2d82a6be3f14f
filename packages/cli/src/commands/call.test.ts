// Full rounds: its commands run in a thread of their own.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '@cablegram/server'
import { CommandLines } from '../../../../test/e2e/command-lines.ts'

const PHONE = '+9996621234'
const server = await startServer({ store: 'memory' })
const folder = await mkdtemp(join(tmpdir(), 'cablegram-call-'))
const command = new CommandLines(server.info.console)
after(async () => {
  await command.close()
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const SESSION = `--session ${join(folder, 'a.session')}`
const call = (line: string) => command.run(`call ${line} ${SESSION}`)
const SEND = `auth.sendCode '{"phoneNumber":"${PHONE}","settings":{"_":"codeSettings"}}'`

test('apiId and apiHash that are left out are those of the server', async () => {
  const { exitCode, out, complaint } = await call(SEND)
  assert.equal(exitCode, 0, complaint)
  assert.equal(JSON.parse(out)._, 'auth.sentCode')
})

test('apiId and apiHash come from the options if these are given', async () => {
  const { complaint } = await call(`${SEND} --api-id 5 --api-hash abc`)
  assert.match(complaint, /API_ID_INVALID/)
})

test('one of apiId and apiHash alone is not completed', async () => {
  const half = SEND.replace('{', '{"apiId":10001,')
  assert.match((await call(half)).complaint, /apiHash/)
})

test('a misspelt name is found although other parameters are filled in', async () => {
  const wrong = SEND.replace('"settings"', '"setings"')
  assert.match((await call(wrong)).complaint, /has no "setings"\. Did you mean settings/)
})

test('--get prints one field of the answer', async () => {
  assert.match((await call(`${SEND} --get phoneCodeHash`)).out, /^[0-9a-f]{32}$/)
  assert.equal((await call(`${SEND} --get type.length`)).out, '5')
  assert.equal((await call(`${SEND} --get type`)).out, '{"_":"auth.sentCodeTypeSms","length":5}')
})

test('--get refuses a field that the answer does not have', async () => {
  const { exitCode, complaint } = await call(`${SEND} --get phoneHash`)
  assert.equal(exitCode, 1)
  assert.match(complaint, /^the answer has no "phoneHash"\. /)
  assert.match(
    (await call(`${SEND} --get type.length.x`)).complaint,
    /"type\.length" of the answer has no "x"/,
  )
})

test('--password proves the password of an account', async () => {
  await server.users.create({ phone: PHONE, firstName: 'Ada', password: 'correct horse' })
  const { out: hash } = await call(`${SEND} --get phoneCodeHash`)
  const { out: code } = await command.run(`codes --last --phone ${PHONE}`)
  const refused = await call(
    `auth.signIn '{"phoneNumber":"${PHONE}","phoneCodeHash":"${hash}","phoneCode":"${code}"}'`,
  )
  assert.match(refused.complaint, /SESSION_PASSWORD_NEEDED/)
  const { out, complaint } = await call("auth.checkPassword --password 'correct horse' --get user.firstName")
  assert.equal(out, 'Ada', complaint)
})

test('--password is refused by methods that take none', async () => {
  const { exitCode, complaint } = await call('help.getConfig --password a')
  assert.equal(exitCode, 2)
  assert.match(complaint, /help\.getConfig takes no password/)
})

test('codes --last fails until there is a code', async () => {
  const { exitCode, complaint } = await command.run('codes --last --phone +9996630000')
  assert.equal(exitCode, 1)
  assert.match(complaint, /No code has been sent to \+9996630000 yet/)
})
