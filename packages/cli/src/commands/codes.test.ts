import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { beginMoment } from '../../../../test/e2e/moment.ts'

const COMMAND = fileURLToPath(new URL('../../bin/cablegram.js', import.meta.url))

function codes(server: CablegramServer, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [COMMAND, 'codes', '--server', server.info.console, ...args])
}

/** The lines of one of its streams, as they arrive. */
function linesOf(child: ChildProcess, name: 'stdout' | 'stderr'): AsyncIterator<string> {
  const input = child[name]
  assert.ok(input)
  return createInterface(input)[Symbol.asyncIterator]()
}

async function sendCode(server: CablegramServer, phoneNumber: string): Promise<void> {
  const client = new TelegramClient(memorySession(), { server: server.info })
  const [app] = server.info.apps
  assert.ok(app)
  await client.auth.sendCode({ phoneNumber, ...app, settings: { _: 'codeSettings' } })
  await client.close()
}

test('a code is shown with the day and the time it was sent', async () => {
  const server = await startServer()
  const moment = beginMoment()
  await sendCode(server, '+9996621234')
  const child = codes(server)
  const { value } = await linesOf(child, 'stdout').next()
  const [day, time] = value?.split(' ') ?? []
  assert.match(value ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\+9996621234 +22222 +sms, active$/)
  moment.assertHolds(new Date(`${day}T${time}`).getTime() / 1000)
  await once(child, 'exit')
  await server.close()
})

test('--follow resumes after a server restart and shows the codes sent meanwhile', async () => {
  const first = await startServer()
  await sendCode(first, '+9996621111')
  const child = codes(first, '--follow')
  const [shown, complaints] = [linesOf(child, 'stdout'), linesOf(child, 'stderr')]
  assert.match((await shown.next()).value ?? '', /\+9996621111/)
  await first.close()
  assert.match((await complaints.next()).value ?? '', /the server is gone/)
  const second = await startServer({ consolePort: Number(new URL(first.info.console).port) })
  await sendCode(second, '+9996622222')
  assert.match((await shown.next()).value ?? '', /\+9996622222/)
  await sendCode(second, '+9996623333')
  assert.match((await shown.next()).value ?? '', /\+9996623333/)
  child.kill()
  await second.close()
})

test('following codes fails without a server', async () => {
  const server = await startServer()
  await server.close()
  const child = codes(server, '--follow')
  assert.match((await linesOf(child, 'stderr').next()).value ?? '', /no server answers/)
  assert.deepEqual(await once(child, 'exit'), [1, null])
})

test('the command says so when there are no codes yet', async () => {
  const server = await startServer()
  const child = codes(server, '--phone', '+9996629999')
  const complaints = linesOf(child, 'stderr')
  assert.match((await complaints.next()).value ?? '', /No code has been sent to \+9996629999 yet\. --follow/)
  assert.deepEqual(await once(child, 'exit'), [0, null])
  await server.close()
})
