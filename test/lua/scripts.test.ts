import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { RpcError } from '@cablegram/client'
import { type CablegramFixture, startCablegram } from '@cablegram/fixtures'
import { type LuaClient, LuaError, type LuaOptions, runLua } from '@cablegram/lua'

/** Each script has its output beside it: `login.lua`, `login.txt`. */
const FOLDER = fileURLToPath(new URL('./scripts/', import.meta.url))

interface Ran {
  /** What the script printed, and the error it ended with. */
  readonly output: string
  readonly exitCode: number | undefined
  readonly error: LuaError | undefined
}

/** Runs a script of the folder; what differs from run to run is masked. */
async function run(client: LuaClient, name: string, options: LuaOptions = {}): Promise<Ran> {
  const lines: string[] = []
  const print = (line: string) => {
    lines.push(line)
    options.print?.(line)
  }
  const settings = { name, folder: FOLDER, sleep: async () => {}, ...options, print }
  let [exitCode, error]: [number | undefined, LuaError | undefined] = [undefined, undefined]
  try {
    exitCode = await runLua(client, readFileSync(FOLDER + name), settings)
  } catch (thrown) {
    assert.ok(thrown instanceof LuaError, String(thrown))
    error = thrown
    lines.push(`! ${error.message}`)
  }
  const text = lines.map((line) => `${line}\n`).join('')
  return { output: masked(text), exitCode, error }
}

function masked(text: string): string {
  return text
    .replace(/\b[0-9a-f]{32}\b/g, 'HASH')
    .replace(/\b1[78]\d{8}\b/g, 'DATE')
    .replace(/function: \S+/g, 'function')
}

function expected(name: string): string {
  return readFileSync(FOLDER + name.replace(/lua$/, 'txt'), 'utf8')
}

async function world(options: Parameters<typeof startCablegram>[0] = {}): Promise<CablegramFixture> {
  return startCablegram({ users: [], ...options })
}

test('the line of the seed page runs as it is printed, with its placeholders filled', async () => {
  await using cablegram = await world({ server: { apps: 'any' } })
  const { output } = await run(cablegram.client, 'seed.lua')
  assert.equal(output, expected('seed.lua'))
})

test('a script signs up call by call, hears of updates and sends a message to itself', async () => {
  await using cablegram = await world()
  const { output } = await run(cablegram.client, 'login.lua')
  assert.equal(output, expected('login.lua'))
})

test('FLOOD_WAIT is caught by pcall with its seconds; an uncaught refusal has its place', async () => {
  await using cablegram = await world()
  cablegram.faults.add({ method: 'auth.sendCode', error: { code: 420, type: 'FLOOD_WAIT_30' }, times: 2 })
  const slept: number[] = []
  const sleep = async (ms: number) => void slept.push(ms)
  const { output, error } = await run(cablegram.client, 'flood.lua', { sleep })
  assert.equal(output, expected('flood.lua'))
  assert.deepEqual(slept, [1000, 1000])
  assert.ok(error?.cause instanceof RpcError && error.cause.type === 'PHONE_CODE_EXPIRED')
  assert.match(error?.traceback ?? '', /^stack traceback:\n.*'signIn'\n\tflood\.lua:13: in main chunk/)
})

test('calls work in coroutines, sort, gsub, metamethods and required files; mistakes have a place', async () => {
  await using cablegram = await world()
  const { output } = await run(cablegram.client, 'sem.lua')
  assert.equal(output, expected('sem.lua'))
})

test('fields whose names no rule turns back, and a field that is a keyword', async () => {
  await using cablegram = await startCablegram({ users: [{ phone: '+9996621234' }], signedIn: true })
  const { output } = await run(cablegram.client, 'srp.lua')
  // The order of a table's keys is Lua's own.
  const sorted = (text: string) => text.split('\n').toSorted()
  assert.deepEqual(sorted(output), sorted(expected('srp.lua')))
})

test('updates come to a function while the script waits, which ends when it takes the function away', async () => {
  await using cablegram = await startCablegram({ users: [{ phone: '+9996621234' }] })
  const { client, sent } = onceListening(cablegram)
  const { output, exitCode } = await run(client, 'listen.lua')
  assert.equal(output, expected('listen.lua'))
  assert.equal(exitCode, 0)
  await sent
})

test('an error in the handler of updates ends the script', async () => {
  await using cablegram = await startCablegram({ users: [{ phone: '+9996621234' }] })
  const { client, sent } = onceListening(cablegram)
  const { output } = await run(client, 'updates.lua')
  assert.equal(output, expected('updates.lua'))
  await sent
})

/** The fixture's client. Once the script listens for updates, another client asks for a code. */
function onceListening(cablegram: CablegramFixture): { client: LuaClient; sent: Promise<void> } {
  const { client } = cablegram
  const { promise, resolve } = withResolve()
  return {
    sent: promise,
    client: {
      app: undefined,
      call: (method, params, options) => client.call(method, params, options),
      connect: () => client.connect(),
      start: (answers, options) => client.start(answers, options),
      onUpdate(listener) {
        resolve(askForCode(cablegram))
        return client.onUpdate(listener)
      },
    } as Partial<LuaClient> as LuaClient,
  }
}

function withResolve(): { promise: Promise<void>; resolve: (value: Promise<void>) => void } {
  let resolve: (value: Promise<void>) => void = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** Has a code sent, which goes to the account as a message. */
async function askForCode({ app, newClient }: CablegramFixture): Promise<void> {
  const client = newClient()
  await client.auth.sendCode({ phoneNumber: '+9996621234', ...app, settings: { _: 'codeSettings' } })
}
