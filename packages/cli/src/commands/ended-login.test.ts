import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type CablegramServer, startServer } from '@cablegram/server'
import { CommandLines } from '../../../../test/e2e/command-lines.ts'

const SELF = ['call', 'users.getUsers', '{"id":[{"_":"inputUserSelf"}]}']
const folder = mkdtempSync(join(tmpdir(), 'cablegram-ended-'))
const SESSION = ['--session', join(folder, 'cablegram.session')]
let server: CablegramServer
let lines: CommandLines

before(async () => {
  server = await startServer({ store: 'memory' })
  lines = new CommandLines(server.info.console)
})
after(async () => {
  await lines.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

const cablegram = (...args: readonly string[]) => lines.runWords([...args, ...SESSION])
const logIn = () => cablegram('login', '+9996621234', '--code', '22222', '--first-name', 'Ada')

test('AUTH_KEY_DUPLICATED: call says to sign in again, logout succeeds once, login signs in', async () => {
  assert.equal((await logIn()).exitCode, 0)
  server.faults.add({ duplicateKey: true, times: 1 })
  const refused = await cablegram(...SELF)
  assert.equal(refused.exitCode, 1)
  assert.match(
    refused.complaint,
    /AUTH_KEY_DUPLICATED \(406\)\. Two programs used this session at the same time, .* Sign in again with `npx cablegram login --session \S+ --server http\S+`\.$/,
  )
  const second = await cablegram(...SELF)
  assert.match(second.complaint, /AUTH_KEY_UNREGISTERED \(401\)\. Sign in with `npx cablegram login/)

  const ended = await cablegram('logout')
  assert.equal(ended.exitCode, 0, ended.complaint)
  assert.match(ended.out, /^Signed out: the server had ended this login already \(AUTH_KEY_DUPLICATED\)/)
  const twice = await cablegram('logout')
  assert.match(twice.complaint, /nobody is signed in with \S+cablegram\.session/)

  const again = await logIn()
  assert.equal(again.exitCode, 0, again.complaint)
  assert.equal((await cablegram(...SELF)).exitCode, 0)
})

test('login and logout succeed when their own first call gets AUTH_KEY_DUPLICATED', async () => {
  assert.equal((await logIn()).exitCode, 0)
  server.faults.add({ duplicateKey: true, times: 1 })
  const again = await logIn()
  assert.equal(again.exitCode, 0, again.complaint)
  server.faults.add({ duplicateKey: true, times: 1 })
  const ended = await cablegram('logout')
  assert.equal(ended.exitCode, 0, ended.complaint)
})
