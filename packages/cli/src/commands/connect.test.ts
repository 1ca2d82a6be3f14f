import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type CablegramServer, startServer } from '@cablegram/server'
import { snippetsFor } from '@cablegram/server/snippets'

const COMMAND = fileURLToPath(new URL('../../bin/cablegram.js', import.meta.url))
let server: CablegramServer

before(async () => {
  server = await startServer()
})
after(() => server.close())

async function connect(...args: string[]) {
  const running = promisify(execFile)(process.execPath, [COMMAND, 'connect', ...args])
  return running.then(
    ({ stdout }) => ({ stdout, stderr: '', code: 0 }),
    ({ stdout, stderr, code }) => ({ stdout, stderr, code }),
  )
}

test('the command without a name lists the libraries and asks no server', async () => {
  const { stdout } = await connect('--server', 'http://127.0.0.1:1')
  assert.match(stdout, /gramjs +GramJS\n[\s\S]*telethon +Telethon\n[\s\S]*Next: npx cablegram connect NAME/)
})

test('the command with a name prints the program and nothing else', async () => {
  const [gramjs] = snippetsFor(server.info)
  const { stdout } = await connect('GramJS', '--server', server.info.console)
  assert.equal(stdout, gramjs?.code)
  const response = await fetch(`${server.info.console}/api/snippets`)
  assert.deepEqual(await response.json(), { snippets: snippetsFor(server.info) })
})

test('an unknown name is refused with a list of the known ones', async () => {
  const { stderr, code } = await connect('pyrogram', '--server', server.info.console)
  assert.equal(code, 2)
  assert.match(stderr, /no program for "pyrogram"; there are gramjs, .*kurigram/)
})

test('the command says how to start a server when none is running', async () => {
  const { stderr, code } = await connect('gotd', '--server', 'http://127.0.0.1:1')
  assert.equal(code, 1)
  assert.match(stderr, /no server answers at .* \(ECONNREFUSED\)\. .*cablegram serve/)
})
