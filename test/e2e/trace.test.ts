/** A client writes a trace without anything private, and `cablegram trace replay` repeats it. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import { sendCode, signUp, TEST_CODE, testPhone } from './logins.ts'

const SECRET = 'the treasure lies beneath the oak'

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/cablegram.js', import.meta.url))

/** The command in a process of its own, because it takes no server. */
function replay(path: string) {
  return spawnSync(process.execPath, [COMMAND, 'trace', 'replay', path], { encoding: 'utf8' })
}

test('a client whose pushes are lost writes a trace that replays, and that tells nothing private', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cablegram-trace-'))
  const path = join(folder, 'trace.jsonl')
  const server = await startServer({ store: 'memory' })
  const phone = testPhone(7191)
  const writer = new TelegramClient(memorySession(), { server: server.info })
  await signUp(writer, server.info, phone)
  const client = new TelegramClient(memorySession(), { server: server.info, trace: path })
  t.after(async () => {
    await client.close()
    await writer.close()
    await server.close()
    await rm(folder, { recursive: true })
  })
  const heard: string[] = []
  let resolve = () => {}
  let onUpToDate = () => {}
  const heardAll = new Promise<void>((done) => {
    resolve = done
  })
  const upToDate = new Promise<void>((done) => {
    onUpToDate = done
  })
  client.on('message', ({ message }) => {
    heard.push(message.text)
    if (heard.includes(`${SECRET} 5`)) resolve()
  })
  client.on('connection', ({ state }) => {
    if (state === 'upToDate') onUpToDate()
  })
  const sent = await sendCode(client, server.info, phone)
  await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  await upToDate
  server.faults.add({ push: 'drop', times: 2 })
  for (let n = 1; n <= 5; n += 1) await writer.sendMessage('me', `${SECRET} ${n}`)
  await heardAll
  await client.close()

  const trace = await readFile(path, 'utf8')
  assert.ok(!trace.includes(`"${writer.userId}n"`))
  const texts = trace.replace(/"\d+n"|[:[,]-?[\d.]+/g, '')
  const session = await writer.exportSession()
  for (const secret of [SECRET, phone.slice(1), TEST_CODE, sent.phoneCodeHash, session, 'Ada']) {
    assert.ok(!texts.includes(secret), secret)
  }
  for (const kind of ['call', 'connection', 'step', 'end'])
    assert.match(trace, new RegExp(`"kind":"${kind}"`))
  const same = replay(path)
  assert.equal(same.status, 0, same.stderr + same.stdout)
  assert.match(same.stdout, /does the same in every step/)

  const lines = trace.split('\n')
  const at = lines.findIndex(
    (line) => line.includes('"input":{"kind":"difference"') && line.includes('"kind":"tell"'),
  )
  const changed = join(folder, 'changed.jsonl')
  await writeFile(
    changed,
    lines.with(at, (lines[at] ?? '').replace('"kind":"tell"', '"kind":"told"')).join('\n'),
  )
  const other = replay(changed)
  assert.equal(other.status, 1)
  assert.match(other.stdout, new RegExp(`^Line ${at + 1} \\(difference\\):`, 'm'))
})
