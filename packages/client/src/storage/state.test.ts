import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs, { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { type StatePlace, testStateStorage } from '../../../../test/contracts/state-storage.ts'
import { fileSession } from './file.ts'
import type { FileSystem } from './file-system.ts'
import { SessionKeeper } from './keeper.ts'
import { memorySession } from './memory.ts'
import { sqliteSession } from './sqlite.ts'
import type { StateStorage } from './state.ts'
import type { SessionStorage } from './storage.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-state-'))
after(() => rm(folder, { recursive: true }))

let names = 0
function newFile(): string {
  names += 1
  return join(folder, `${names}.session`)
}

function stateOf(session: SessionStorage): StateStorage {
  return session.state ?? assert.fail('a session without a state')
}

/** The session is opened before its state, and closed after it. */
function placeOf(session: SessionStorage): StatePlace {
  const state = stateOf(session)
  return {
    async open() {
      await session.open()
      await state.open()
      return state
    },
    async close() {
      await state.close()
      await session.close()
    },
  }
}

testStateStorage('memory', async () => placeOf(memorySession()))
testStateStorage('file', async () => placeOf(fileSession(newFile())))
testStateStorage('SQLite', async () => placeOf(sqliteSession(newFile())))

async function withState(
  file: string,
  run: (state: StateStorage) => Promise<void>,
  files: Partial<FileSystem> = {},
): Promise<void> {
  const place = placeOf(fileSession(file, { files: { ...fs, ...files } }))
  const state = await place.open()
  try {
    await run(state)
  } finally {
    await place.close()
  }
}

async function kept(file: string, key: string): Promise<string | undefined> {
  let value: string | undefined
  await withState(file, async (state) => {
    value = await state.get(key)
  })
  return value
}

test('a state is a file of its owner beside the session, and closes without leaving others', async () => {
  const file = newFile()
  await withState(file, async (state) => await state.write(new Map([['a', '1']])))
  assert.equal((await stat(`${file}.state`)).mode & 0o777, 0o600)
  const name = file.slice(folder.length + 1)
  assert.deepEqual(
    (await readdir(folder)).filter((each) => each.startsWith(name)),
    [`${name}.state`],
  )
})

test('a state opens only while its session is held, so that two processes never write it', async () => {
  const file = newFile()
  const [first, second] = [fileSession(file), fileSession(file)]
  await assert.rejects(stateOf(first).open(), { code: 'SESSION_STORAGE', message: /session is not open/ })
  await first.open()
  await stateOf(first).open()
  await assert.rejects(second.open(), { code: 'SESSION_IN_USE' })
  await assert.rejects(stateOf(second).open(), { code: 'SESSION_STORAGE' })
  await stateOf(first).close()
  await first.close()
  await assert.rejects(stateOf(first).get('a'), { code: 'SESSION_STORAGE' })
})

test('a torn tail costs the last write only, and the next write goes where it began', async () => {
  const file = newFile()
  await withState(file, async (state) => {
    await state.write(new Map([['a', 'first']]))
    await state.write(
      new Map([
        ['a', 'second'],
        ['b', 'second'],
      ]),
    )
  })
  const { size } = await stat(`${file}.state`)
  await truncate(`${file}.state`, size - 5)
  assert.equal(await kept(file, 'a'), 'first')
  assert.equal(await kept(file, 'b'), undefined)
  await withState(file, async (state) => await state.write(new Map([['b', 'third']])))
  assert.equal(await kept(file, 'b'), 'third')
})

test('zeros at the end, as a power failure leaves them, are cut off', async () => {
  const file = newFile()
  await withState(file, async (state) => await state.write(new Map([['a', '1']])))
  const before = await readFile(`${file}.state`)
  await writeFile(`${file}.state`, Buffer.concat([before, Buffer.alloc(4096)]))
  await withState(file, async (state) => await state.write(new Map([['b', '2']])))
  assert.deepEqual([await kept(file, 'a'), await kept(file, 'b')], ['1', '2'])
})

test('a full disk fails the write, keeps what was there, and the next write succeeds', async () => {
  const file = newFile()
  let bytesLeft = Number.POSITIVE_INFINITY
  /** A disk that takes a part of a record, and no more. */
  const open = async (path: string, flags: string, mode?: number) => {
    const handle = await fs.open(path, flags, mode)
    if (flags !== 'a') return handle
    const { appendFile } = handle
    return Object.assign(handle, {
      async appendFile(bytes: Uint8Array) {
        const taken = bytes.subarray(0, bytesLeft)
        await appendFile.call(handle, taken)
        if (taken.length < bytes.length)
          throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' })
      },
    })
  }
  const full = { code: 'SESSION_STORAGE', message: /\.state .*The disk is full: make room/ }
  await withState(
    file,
    async (state) => {
      await state.write(new Map([['a', 'old']]))
      bytesLeft = 12
      await assert.rejects(
        state.write(
          new Map([
            ['a', 'new'],
            ['b', 'new'],
          ]),
        ),
        full,
      )
      assert.deepEqual([await state.get('a'), await state.get('b')], ['old', undefined])
      bytesLeft = Number.POSITIVE_INFINITY
      await state.write(new Map([['c', 'later']]))
    },
    { open: open as FileSystem['open'] },
  )
  assert.deepEqual(
    [await kept(file, 'a'), await kept(file, 'b'), await kept(file, 'c')],
    ['old', undefined, 'later'],
  )
})

test('a journal is written anew when it has grown, and goes on growing where there is no room for two', async () => {
  const text = 'x'.repeat(100_000)
  for (const hasRoom of [true, false]) {
    const file = newFile()
    const rename = () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }))
    await withState(
      file,
      async (state) => {
        for (let n = 0; n < 60; n += 1) await state.write(new Map([['a', text + n]]))
      },
      hasRoom ? {} : { rename },
    )
    const { size } = await stat(`${file}.state`)
    assert.ok(hasRoom ? size < 2_000_000 : size > 5_000_000, `${hasRoom}: ${size}`)
    assert.equal(await kept(file, 'a'), `${text}59`)
    const scraps = (await readdir(folder)).filter((each) => each.endsWith('.tmp'))
    assert.deepEqual(scraps, [])
  }
})

test('a journal that is written anew in a folder that cannot be synced goes on in the new file', async () => {
  const file = newFile()
  let canSync = false
  let syncs = 0
  const open = async (path: string, flags: string, mode?: number) => {
    if (path !== folder) return fs.open(path, flags, mode)
    syncs += 1
    if (!canSync) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
    return fs.open(path, flags, mode)
  }
  await withState(
    file,
    async (state) => {
      const text = 'x'.repeat(100_000)
      for (let n = 0; n < 60; n += 1) await state.write(new Map([['a', text + n]]))
      await state.write(new Map([['b', 'new']]))
      assert.deepEqual([await state.get('a'), await state.get('b')], [`${text}59`, 'new'])
      assert.ok(syncs > 1)
      canSync = true
      syncs = 0
    },
    { open: open as FileSystem['open'] },
  )
  assert.ok(syncs > 0, 'the folder is synced in the end')
  assert.deepEqual([(await kept(file, 'a'))?.slice(-2), await kept(file, 'b')], ['59', 'new'])
  assert.ok((await stat(`${file}.state`)).size < 2_000_000)
})

test('a process that is killed between writes loses none that was confirmed', async () => {
  const file = newFile()
  const script = `
    import { fileSession } from ${JSON.stringify(new URL('file.ts', import.meta.url).href)}
    const session = fileSession(${JSON.stringify(file)})
    await session.open()
    await session.state.open()
    for (let n = 1; ; n += 1) {
      await session.state.write(new Map([['n', String(n)], ['copy', String(n)]]))
      process.stdout.write(n + '\\n')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
    if (said.length > 1000) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const confirmed = Number(said.trimEnd().split('\n').at(-1))
  const n = Number(await kept(file, 'n'))
  assert.ok(n === confirmed || n === confirmed + 1, `${n} after ${confirmed}`)
  assert.equal(Number(await kept(file, 'copy')), n)
})

for (const [what, content, code] of [
  ['of another program', 'SQLite format 3\u0000', 'SESSION_FOREIGN'],
  ['of a newer version', 'cablegram state 2\n', 'SESSION_VERSION'],
  ['without an end of line', 'somebody wrote this', 'SESSION_FOREIGN'],
] as const) {
  test(`a state ${what} is refused and left as it is`, async () => {
    const file = newFile()
    await writeFile(`${file}.state`, content)
    const session = fileSession(file)
    await session.open()
    await assert.rejects(stateOf(session).open(), { code })
    await session.close()
    assert.equal(await readFile(`${file}.state`, 'utf8'), content)
  })
}

test('a keeper opens the state when it is first used, and closes it before the session', async () => {
  const told: string[] = []
  const state: StateStorage = {
    ...stateOf(memorySession()),
    open: async () => void told.push('state opens'),
    close: async () => void told.push('state closes'),
  }
  const session: SessionStorage = {
    name: 'a session',
    state,
    open: async () => void told.push('session opens'),
    write: async () => {},
    close: async () => void told.push('session closes'),
  }
  const keeper = new SessionKeeper(session)
  for (let round = 0; round < 2; round += 1) {
    await keeper.open()
    await Promise.all([keeper.state.get('a'), keeper.state.get('b')])
    await keeper.close()
  }
  await keeper.open()
  await keeper.close()
  const used = ['session opens', 'state opens', 'state closes', 'session closes']
  assert.deepEqual(told, [...used, ...used, 'session opens', 'session closes'])
})

test('a session without a state of its own gets one in memory', async () => {
  const keeper = new SessionKeeper({
    name: 'a session',
    open: async () => undefined,
    write: async () => {},
    close: async () => {},
  })
  await keeper.open()
  await keeper.state.write(new Map([['a', '1']]))
  assert.equal(await keeper.state.get('a'), '1')
  await keeper.close()
})

test('a session in SQLite is private, held by a lock, and there again after a restart', async () => {
  const file = newFile()
  const session = sqliteSession(file)
  assert.equal(await session.open(), undefined)
  await session.write('one')
  await session.write('two')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  await assert.rejects(sqliteSession(file).open(), { code: 'SESSION_IN_USE' })
  await session.close()
  const again = sqliteSession(file)
  assert.equal(await again.open(), 'two')
  await again.close()
  await assert.rejects(again.write('three'), { code: 'SESSION_STORAGE' })
})

test('a write in SQLite that fails in the middle changes nothing', async () => {
  const place = placeOf(sqliteSession(newFile()))
  const state = await place.open()
  await state.write(new Map([['a', 'old']]))
  const wrong: ReadonlyMap<string, string> = new Map<string, never>([
    ['a', 'new' as never],
    ['b', (() => {}) as never],
  ])
  await assert.rejects(state.write(wrong), { code: 'SESSION_STORAGE' })
  assert.equal(await state.get('a'), 'old')
  await state.write(new Map([['a', 'newer']]))
  assert.equal(await state.get('a'), 'newer')
  await place.close()
})

test('a database of another program, a damaged one and a newer one are refused and left as they are', async () => {
  const [foreign, damaged, newer] = [newFile(), newFile(), newFile()]
  const other = new DatabaseSync(foreign)
  other.exec('CREATE TABLE sessions (dc_id INTEGER)')
  other.close()
  await writeFile(damaged, 'this is not a database at all, though it is long enough to be one'.repeat(20))
  const session = sqliteSession(newer)
  await session.open()
  await session.close()
  const later = new DatabaseSync(newer)
  later.exec('PRAGMA user_version = 2')
  later.close()
  for (const [file, code] of [
    [foreign, 'SESSION_FOREIGN'],
    [damaged, 'SESSION_CORRUPT'],
    [newer, 'SESSION_VERSION'],
  ] as const) {
    const before = await readFile(file)
    await assert.rejects(sqliteSession(file).open(), { code })
    assert.deepEqual(await readFile(file), before)
    await assert.rejects(readFile(`${file}.lock`), { code: 'ENOENT' })
  }
})
