import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileSession } from './file.ts'
import { SessionKeeper } from './keeper.ts'
import type { Session } from './session.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-session-'))
after(() => rm(folder, { recursive: true }))

let files = 0
function newFile(): string {
  files += 1
  return join(folder, `${files}.session`)
}

/** The pid of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid
}

const session: Session = {
  server: { name: 'a', fingerprints: ['f'] },
  dcId: 2,
  dcs: {},
  addresses: {},
  userId: undefined,
  logoutTokens: [],
}

test('a new file is readable by its owner only and holds what was written', async () => {
  const file = newFile()
  const storage = fileSession(file)
  assert.equal(await storage.open(), undefined)
  await storage.write('one')
  await storage.write('two')
  assert.equal(await readFile(file, 'utf8'), 'two')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  await storage.close()
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('1.')),
    ['1.session'],
  )
})

test('a storage that was closed leaves the file to its next owner', async () => {
  const file = newFile()
  const first = fileSession(file)
  await first.open()
  await first.close()
  const second = fileSession(file)
  await second.open()
  await second.write('of the second')
  await assert.rejects(first.write('of the first'), { code: 'SESSION_STORAGE', message: /is not open/ })
  assert.equal(await readFile(file, 'utf8'), 'of the second')
  await second.close()
})

test('a write replaces the file instead of changing it', async () => {
  const file = newFile()
  const storage = fileSession(file)
  await storage.open()
  await storage.write('one')
  const before = (await stat(file)).ino
  await storage.write('two')
  assert.notEqual((await stat(file)).ino, before)
  await storage.close()
})

test('a write does not follow a link in the place of its temporary file', async () => {
  const file = newFile()
  const other = newFile()
  await writeFile(other, 'precious')
  await symlink(other, `${file}.${process.pid}.tmp`)
  const storage = fileSession(file)
  await storage.open()
  await storage.write('one')
  await storage.close()
  assert.equal(await readFile(other, 'utf8'), 'precious')
  assert.equal(await readFile(file, 'utf8'), 'one')
})

test('the lock holds our pid and is gone after close', async () => {
  const file = newFile()
  const storage = fileSession(file)
  await storage.open()
  assert.equal(Number.parseInt(await readFile(`${file}.lock`, 'utf8'), 10), process.pid)
  await storage.close()
  await assert.rejects(readFile(`${file}.lock`), { code: 'ENOENT' })
})

test('a second client in this process is refused because the session is in use', async () => {
  const file = newFile()
  const first = fileSession(file)
  await first.open()
  await first.write('x')
  const link = newFile()
  await symlink(file, link)
  await assert.rejects(fileSession(file).open(), { code: 'SESSION_IN_USE' })
  await assert.rejects(fileSession(link).open(), { code: 'SESSION_IN_USE' })
  await first.close()
  const second = fileSession(file)
  assert.equal(await second.open(), 'x')
  await second.close()
})

test('a session of another live process is in use', async () => {
  const file = newFile()
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' })
  await once(other, 'spawn')
  try {
    await writeFile(`${file}.lock`, `${other.pid}\n`)
    await assert.rejects(fileSession(file).open(), {
      code: 'SESSION_IN_USE',
      message: new RegExp(`${other.pid}`),
    })
    assert.equal(Number.parseInt(await readFile(`${file}.lock`, 'utf8'), 10), other.pid)
  } finally {
    other.kill()
  }
})

test('the lock of a dead process is taken over', async () => {
  for (const content of [`${deadPid()}\n`, '', `${process.pid}\n`]) {
    const file = newFile()
    await writeFile(`${file}.lock`, content)
    const storage = fileSession(file)
    await storage.open()
    assert.equal(Number.parseInt(await readFile(`${file}.lock`, 'utf8'), 10), process.pid)
    await storage.close()
  }
})

test('one of many processes that find a dead owner gets the session', async () => {
  const file = newFile()
  await writeFile(`${file}.lock`, `${deadPid()}\n`)
  const script = `
    import { fileSession } from ${JSON.stringify(new URL('file.ts', import.meta.url).href)}
    fileSession(${JSON.stringify(file)}).open().then(
      () => { process.stdout.write('mine'); process.stdin.resume() },
      (error) => { process.stdout.write(error.code); process.stdin.resume() },
    )`
  const rivals = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script]),
  )
  const answers = await Promise.all(
    rivals.map(async (rival) => String((await once(rival.stdout, 'data'))[0])),
  )
  for (const rival of rivals) rival.stdin.end()
  assert.deepEqual(answers.sort(), ['SESSION_IN_USE', 'SESSION_IN_USE', 'SESSION_IN_USE', 'mine'])
})

test('a damaged file is an error, stays as it is, and its lock is released', async () => {
  const file = newFile()
  await writeFile(file, 'not a session')
  const keeper = new SessionKeeper(fileSession(file))
  await assert.rejects(keeper.open(), { code: 'SESSION_CORRUPT' })
  assert.equal(await readFile(file, 'utf8'), 'not a session')
  await assert.rejects(readFile(`${file}.lock`), { code: 'ENOENT' })
})

test('a missing folder is reported', async () => {
  const file = join(folder, 'no', 'such', 'me.session')
  await assert.rejects(fileSession(file).open(), {
    code: 'SESSION_STORAGE',
    message: /me\.session cannot be used/,
  })
})

test('changes are written in order, and close waits for the last one', async () => {
  const file = newFile()
  const keeper = new SessionKeeper(fileSession(file))
  await keeper.open()
  for (let dcId = 1; dcId <= 20; dcId += 1) keeper.change({ ...session, dcId })
  await keeper.close()
  assert.equal(JSON.parse(await readFile(file, 'utf8')).dcId, 20)
})

test('close retries what could not be written', async () => {
  let broken = true
  const written: string[] = []
  const keeper = new SessionKeeper({
    name: 'a disk',
    open: async () => undefined,
    async write(text) {
      if (broken) throw new Error('disk full')
      written.push(text)
    },
    close: async () => {},
  })
  await keeper.open()
  keeper.change(session)
  await assert.rejects(keeper.flush(), /disk full/)
  await assert.rejects(keeper.flush(), /disk full/)
  broken = false
  await keeper.close()
  assert.equal(written.length, 1)
})

test('flush reports a failed write, and the next write is tried', async () => {
  let broken = true
  const written: string[] = []
  const keeper = new SessionKeeper({
    name: 'a disk',
    open: async () => undefined,
    async write(text) {
      if (broken) throw new Error('disk full')
      written.push(text)
    },
    close: async () => {},
  })
  await keeper.open()
  keeper.change(session)
  await assert.rejects(keeper.flush(), /disk full/)
  broken = false
  keeper.change({ ...session, dcId: 4 })
  await keeper.flush()
  assert.equal(written.length, 1)
})
