/** A full disk: a real server with a limit on the size of its files. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { openClient, ownPhone, signUp, testPhone } from './logins.ts'
import { COMMAND, END_WITH_PARENT, type ReadyLine } from './serve.ts'

/** `ulimit -f` counts blocks of 512 bytes: enough for a new data folder, and for little more. */
const BLOCKS = 2100

async function get(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function createUser(console: string, phone: string) {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ phone, firstName: 'A'.repeat(64) })
  const response = await fetch(`${console}/api/users`, { method: 'POST', headers, body })
  return { status: response.status, body: (await response.json()) as { error?: Record<string, unknown> } }
}

test('a full disk is reported to the operator, and signed-in users can still read', {
  skip: process.platform !== 'linux' && 'needs ulimit and prlimit',
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cablegram-full-'))
  const limited = `ulimit -S -f ${BLOCKS}; exec "$0" "$@"`
  const options = ['serve', '--json', '--data', join(folder, 'data'), '--port', '0', '--console-port', '0']
  const child = spawn('sh', [
    '-c',
    limited,
    process.execPath,
    ...END_WITH_PARENT,
    COMMAND,
    ...options,
    '--log',
    'warn',
  ])
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const ready = JSON.parse(line) as ReadyLine
  const client = openClient(ready)
  try {
    await signUp(client, ready, testPhone(1))
    assert.deepEqual(await get(`${ready.console}/healthz`), { status: 200, body: { status: 'ok' } })
    let answer = await createUser(ready.console, testPhone(2))
    for (let index = 3; answer.status === 201 && index < 2000; index++) {
      answer = await createUser(ready.console, testPhone(index))
    }
    assert.equal(answer.status, 503)
    assert.equal(answer.body.error?.['code'], 'STORE_FAILED')
    assert.match(String(answer.body.error?.['next']), /check the disk/)
    const health = await get(`${ready.console}/healthz`)
    assert.deepEqual([health.status, health.body['status']], [503, 'failing'])
    assert.match(String(health.body['next']), /check the disk/)
    assert.equal(await ownPhone(client), testPhone(1).slice(1), 'reads continue')
    for (let index = 0; index < 5; index++) await createUser(ready.console, testPhone(3000 + index))
    assert.equal(log.match(/the store takes no writes/g)?.length, 1, log)

    execFileSync('prlimit', [`--pid=${child.pid}`, '--fsize=100000000:'])
    assert.deepEqual(await get(`${ready.console}/healthz`), { status: 200, body: { status: 'ok' } })
    assert.equal((await createUser(ready.console, testPhone(4000))).status, 201)
  } finally {
    await client.close()
    child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
})
