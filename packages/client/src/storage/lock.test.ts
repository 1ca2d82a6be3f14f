import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { fileSession } from './file.ts'
import { type LockParts, lock, systemLockParts } from './lock.ts'
import { type LockOwner, type Processes, systemProcesses } from './owners.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-lock-'))
after(() => rm(folder, { recursive: true }))

let files = 0
function newFile(): string {
  files += 1
  return join(folder, `${files}.session`)
}

const SELF: LockOwner = { pid: 7, start: '700', host: 'here', boot: 'b1', pidNamespace: 'n1' }

/** A machine with three processes: this one, another one of Cablegram, and process 1. */
function machine(self: Partial<LockOwner> = {}): Processes {
  const starts: Record<number, string> = { 1: '1', 7: '700', 50: '5000' }
  return {
    self: { ...SELF, ...self },
    startOf: (pid) => starts[pid],
    programOf: (pid) => ({ 1: 'systemd', 7: 'node', 50: 'node' })[pid],
    startedAtMs: (pid) => Number(starts[pid]),
  }
}

function parts(self: Partial<LockOwner> = {}): LockParts {
  return { ...systemLockParts(), processes: machine(self) }
}

function lockText({ pid, ...others }: Partial<LockOwner>): string {
  return `${pid}\n${JSON.stringify({ id: 'x', ...others })}\n`
}

const OTHER: LockOwner = { ...SELF, pid: 50, start: '5000' }

for (const [what, text, outcome] of [
  ['the lock of a live process', lockText(OTHER), 'in use'],
  ['the lock of a dead process', lockText({ ...OTHER, pid: 51 }), 'taken'],
  ['the lock of an earlier process with the same pid', lockText({ ...OTHER, start: '4000' }), 'taken'],
  ['the lock of an earlier process with our own pid', lockText({ ...SELF, start: '600' }), 'taken'],
  ['the lock of another owner in this process', lockText(SELF), 'in use'],
  ['the lock of an earlier boot', lockText({ ...OTHER, boot: 'b0' }), 'taken'],
  ['the lock of another host', lockText({ ...OTHER, host: 'there', boot: 'b9' }), 'taken'],
  ['the lock of a deleted container', lockText({ ...OTHER, pid: 1, pidNamespace: 'n2' }), 'taken'],
  [
    'the lock of a live process under another host name, as in a container',
    lockText({ ...OTHER, host: 'x' }),
    'in use',
  ],
  ['a lock of the old format with the pid of a live Node process', '50\n', 'in use'],
  ['a lock of the old format with pid 1', '1\n', 'taken'],
  ['a lock of the old format with our own pid', '7\n', 'taken'],
  ['a lock of the old format without its line end', '50', 'in use'],
  ['an empty lock', '', 'taken'],
  ['a lock cut short in its first line', '\n', 'taken'],
  ['a lock cut short in its second line', '51\n{"id":"x","sta', 'taken'],
  ['a lock without JSON behind the pid', '51\nhello\n', 'taken'],
  ['a lock of JSON without a pid', '{"pid":50}', 'taken'],
  ['a lock of zeros, as after a power failure', '\0'.repeat(64), 'taken'],
  ['a lock with a number that is not a pid', '-50\n', 'taken'],
  ['a lock with a number beyond every pid', '99999999999999999999\n', 'taken'],
] as const) {
  test(`${what}: ${outcome}`, async () => {
    const path = `${newFile()}.lock`
    await writeFile(path, text)
    if (outcome === 'in use') {
      await assert.rejects(lock(path, 'me.session', parts()), { code: 'SESSION_IN_USE' })
      assert.equal(await readFile(path, 'utf8'), text)
      return
    }
    const held = await lock(path, 'me.session', parts())
    assert.equal((await readFile(path, 'utf8')).split('\n')[0], '7')
    await held.release()
    await assert.rejects(access(path))
    await assert.rejects(access(`${path}.sock`))
  })
}

test('a lock of the old format is taken over if its process started after it was written', async () => {
  const path = `${newFile()}.lock`
  await writeFile(path, '50\n')
  const later = { ...machine(), startedAtMs: () => Date.now() + 60_000 }
  const held = await lock(path, 'me.session', { ...parts(), processes: later })
  await held.release()
})

test('the host name decides if the boot id is unknown', async () => {
  const bare = { boot: undefined, pidNamespace: undefined }
  for (const [host, isTaken] of [
    ['here', false],
    ['there', true],
  ] as const) {
    const path = `${newFile()}.lock`
    await writeFile(path, lockText({ ...OTHER, ...bare, host }))
    const taking = lock(path, 'me.session', parts(bare))
    if (isTaken) await (await taking).release()
    else await assert.rejects(taking, { code: 'SESSION_IN_USE' })
  }
})

test('a live owner in another pid namespace is seen, and a dead one is not', {
  skip: process.platform !== 'linux',
}, async () => {
  const path = `${newFile()}.lock`
  const container = await lock(path, 'me.session', parts({ pid: 1, start: '90', pidNamespace: 'n2' }))
  await assert.rejects(lock(path, 'me.session', parts()), { code: 'SESSION_IN_USE', message: /process 1/ })
  await container.release()
  const held = await lock(path, 'me.session', parts())
  await held.release()
})

test('closing does not remove the lock of another owner', async () => {
  const file = newFile()
  const storage = fileSession(file)
  await storage.open()
  await writeFile(`${file}.lock`, lockText(OTHER))
  await storage.close()
  assert.equal(await readFile(`${file}.lock`, 'utf8'), lockText(OTHER))
})

test('a Worker with its own copy of the package is refused because the session is in use', async () => {
  const file = newFile()
  const storage = fileSession(file)
  await storage.open()
  const script = `
    import { parentPort } from 'node:worker_threads'
    import { fileSession } from ${JSON.stringify(new URL('file.ts', import.meta.url).href)}
    const storage = fileSession(${JSON.stringify(file)})
    storage.open().then(() => 'open', (error) => error.message).then(async (said) => {
      await storage.close()
      parentPort.postMessage(said)
    })`
  const open = async () => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`))
    return String((await once(worker, 'message'))[0])
  }
  assert.match(await open(), /is in use by this process\. Close the other client first/)
  assert.equal(Number.parseInt(await readFile(`${file}.lock`, 'utf8'), 10), process.pid)
  await storage.close()
  assert.equal(await open(), 'open')
})

test('the next process takes over the lock of a killed one', async () => {
  const file = newFile()
  const script = `
    import { fileSession } from ${JSON.stringify(new URL('file.ts', import.meta.url).href)}
    await fileSession(${JSON.stringify(file)}).open()
    process.stdout.write('open')
    process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  await once(child.stdout, 'data')
  await assert.rejects(fileSession(file).open(), { message: new RegExp(`process ${child.pid}`) })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const storage = fileSession(file)
  await storage.open()
  await storage.close()
})

test('the system reports the same start of our process each time', () => {
  const { self, startOf } = systemProcesses()
  assert.equal(startOf(process.pid), self.start)
  assert.equal(systemProcesses().self.start, self.start)
  assert.equal(startOf(2 ** 22 + 1), undefined)
})
