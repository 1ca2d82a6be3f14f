/** Backups as site/guides/hosting.md describes them. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TelegramClient } from '@cablegram/client'
import { listUsers } from './console.ts'
import { openClient, ownPhone, signUp, testPhone } from './logins.ts'
import { type ServeProcess, startServe } from './serve.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-backup-'))
const clients: TelegramClient[] = []
const servers: ServeProcess[] = []
after(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await Promise.all(servers.map((server) => server.stop('SIGKILL')))
  await rm(folder, { recursive: true, force: true })
})
const run = promisify(execFile)
const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/cablegram.js', import.meta.url))
const FREE_PORTS = ['--port', '0', '--console-port', '0']

async function start(data: string): Promise<ServeProcess> {
  const server = await startServe(['--data', data, ...FREE_PORTS])
  servers.push(server)
  return server
}

function clientOf({ ready }: ServeProcess, session?: string): TelegramClient {
  const client = openClient(ready, session)
  clients.push(client)
  return client
}

test("a copy of a running server's data opens with everybody signed in at that time", async () => {
  const data = join(folder, 'data')
  const serve = await start(data)
  const { ready } = serve
  const client = clientOf(serve)
  await signUp(client, ready, testPhone(1))
  const page = await readFile(new URL('../../site/guides/hosting.md', import.meta.url), 'utf8')
  assert.match(page, /curl -X POST http:\/\/127\.0\.0\.1:10081\/api\/backups/)
  const later = clientOf(serve)
  const [{ stdout }] = await Promise.all([
    run(process.execPath, [COMMAND, 'store', 'backup', '--json', '--server', ready.console]),
    signUp(later, ready, testPhone(2)),
  ])
  const { file } = JSON.parse(stdout) as { file: string }
  assert.equal((await stat(file)).mode & 0o077, 0)
  const statuses = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const { status } = await fetch(`${ready.console}/api/backups`, { method: 'POST' })
      return status
    }),
  )
  assert.deepEqual(statuses, Array(8).fill(201), 'backups of one millisecond each have a folder')
  await signUp(clientOf(serve), ready, testPhone(3))
  const session = await client.exportSession()
  await serve.stop('SIGKILL')

  const restored = join(folder, 'restored')
  await mkdir(restored)
  await copyFile(file, join(restored, 'cablegram.db'))
  await copyFile(join(data, 'secret.key'), join(restored, 'secret.key'))
  const again = await start(restored)
  const back = clientOf(again, session)
  assert.equal(await ownPhone(back), testPhone(1).slice(1))
  assert.equal((await listUsers(again.ready.console, testPhone(3))).length, 0)
})
