import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type CablegramServer, startServer } from '@cablegram/server'

const COMMAND = fileURLToPath(new URL('../../bin/cablegram.js', import.meta.url))
const SELF = ['call', 'users.getUsers', '{"id":[{"_":"inputUserSelf"}]}']
const folder = mkdtempSync(join(tmpdir(), 'cablegram-ended-'))
let server: CablegramServer

before(async () => {
  server = await startServer({ store: 'memory' })
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

async function cablegram(...args: readonly string[]) {
  const child = spawn(process.execPath, [COMMAND, ...args, '--server', server.info.console], { cwd: folder })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdin.end()
  const [status] = await once(child, 'close')
  return { status, stdout, stderr }
}

const logIn = () => cablegram('login', '+9996621234', '--code', '22222', '--first-name', 'Ada')

test('AUTH_KEY_DUPLICATED: call says to sign in again, logout succeeds once, login signs in', async () => {
  assert.equal((await logIn()).status, 0)
  server.faults.add({ duplicateKey: true, times: 1 })
  const refused = await cablegram(...SELF)
  assert.equal(refused.status, 1)
  assert.match(
    refused.stderr,
    /AUTH_KEY_DUPLICATED \(406\)\. Two programs used this session at the same time, .* Sign in again with `npx cablegram login --server http\S+`\.\n$/,
  )
  const second = await cablegram(...SELF)
  assert.match(second.stderr, /AUTH_KEY_UNREGISTERED \(401\)\. Sign in with `npx cablegram login/)

  const ended = await cablegram('logout')
  assert.equal(ended.status, 0, ended.stderr)
  assert.match(ended.stdout, /^Signed out: the server had ended this login already \(AUTH_KEY_DUPLICATED\)/)
  const twice = await cablegram('logout')
  assert.match(twice.stderr, /nobody is signed in with cablegram\.session/)

  const again = await logIn()
  assert.equal(again.status, 0, again.stderr)
  assert.equal((await cablegram(...SELF)).status, 0)
})

test('login and logout succeed when their own first call gets AUTH_KEY_DUPLICATED', async () => {
  assert.equal((await logIn()).status, 0)
  server.faults.add({ duplicateKey: true, times: 1 })
  const again = await logIn()
  assert.equal(again.status, 0, again.stderr)
  server.faults.add({ duplicateKey: true, times: 1 })
  const ended = await cablegram('logout')
  assert.equal(ended.status, 0, ended.stderr)
})
