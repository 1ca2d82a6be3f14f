import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs, {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { fileSession } from './file.ts'
import type { FileSystem } from './file-system.ts'
import { SessionKeeper } from './keeper.ts'
import { systemLockParts } from './lock.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-files-'))
after(() => rm(folder, { recursive: true }))

let files = 0
async function newFolder(): Promise<string> {
  files += 1
  const path = join(folder, String(files))
  await mkdir(path, { mode: 0o700 })
  return path
}

function failing(code: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error(`${code}: as this file system does`), { code }))
}

/** A file system on which opening a folder, and then making it durable, fails. */
function withFolderSync(code: string, at: 'open' | 'sync'): Partial<FileSystem> {
  const open = async (path: string, flags: string, mode?: number) => {
    if (flags !== 'r') return await fs.open(path, flags, mode)
    if (at === 'open') return await failing(code)()
    const handle = await fs.open(path, flags, mode)
    return Object.assign(handle, { sync: failing(code) })
  }
  return { open: open as FileSystem['open'] }
}

for (const [what, part] of [
  ['a folder cannot be made durable (EINVAL)', withFolderSync('EINVAL', 'sync')],
  ['a folder cannot be made durable (ENOTSUP)', withFolderSync('ENOTSUP', 'sync')],
  ['a folder cannot be opened (EACCES)', withFolderSync('EACCES', 'open')],
  ['a folder cannot be listed', { readdir: failing('EACCES') as unknown as FileSystem['readdir'] }],
  ['a mounted file cannot be replaced (EBUSY)', { rename: failing('EBUSY') }],
  ['a mounted file cannot be replaced (EXDEV)', { rename: failing('EXDEV') }],
  ['modes cannot be changed', { chmod: failing('EPERM') }],
] as const) {
  test(`the session is read and written although ${what}`, async () => {
    const file = join(await newFolder(), 'me.session')
    await writeFile(file, 'a longer session than the next one', { mode: 0o600 })
    const storage = fileSession(file, { files: { ...fs, ...part } })
    assert.equal(await storage.open(), 'a longer session than the next one')
    await storage.write('one')
    await storage.write('second')
    await storage.close()
    assert.equal(await readFile(file, 'utf8'), 'second')
    assert.deepEqual(await readdir(join(file, '..')), ['me.session'])
  })
}

for (const [code, message] of [
  ['ENOSPC', /The disk is full: make room\. The session as it was before is still there/],
  ['EDQUOT', /quota/],
  ['EROFS', /read-only/],
  ['EACCES', /Let this user read and write/],
  ['EIO', /EIO: as this file system does$/],
] as const) {
  test(`a write that fails with ${code} names the cause, keeps the old session and leaves no scraps`, async () => {
    const file = join(await newFolder(), 'me.session')
    await writeFile(file, 'old', { mode: 0o600 })
    const storage = fileSession(file, { files: { ...fs, rename: failing(code) } })
    await storage.open()
    await assert.rejects(storage.write('new'), { code: 'SESSION_STORAGE', message })
    await storage.close()
    assert.equal(await readFile(file, 'utf8'), 'old')
    assert.deepEqual(await readdir(join(file, '..')), ['me.session'])
  })
}

test('an error names the session and the cause if its lock cannot be made', async () => {
  const file = join(await newFolder(), 'me.session')
  const create = () => {
    throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })
  }
  const storage = fileSession(file, { lockParts: { ...systemLockParts(), create } })
  await assert.rejects(storage.open(), { code: 'SESSION_STORAGE', message: /me\.session .*EROFS.*read-only/ })
})

test('a path that is not a regular file is refused and left unchanged', async () => {
  const inside = await newFolder()
  const fifo = join(inside, 'fifo')
  const hasFifo = spawnSync('mkfifo', [fifo]).status === 0
  const dangling = join(inside, 'dangling')
  await symlink(join(inside, 'nowhere'), dangling)
  const loop = join(inside, 'loop')
  await symlink(loop, loop)
  const toNull = join(inside, 'null')
  await symlink('/dev/null', toNull)
  const before = await readdir(inside)
  for (const [path, message] of [
    ...(hasFifo ? ([[fifo, /a FIFO, not a file/]] as const) : []),
    ['/dev/null', /a device, not a file/],
    [toNull, /a device, not a file/],
    [inside, /a folder, not a file/],
    [dangling, /a symbolic link to a file that is not there/],
    [loop, /ELOOP/],
  ] as const) {
    await assert.rejects(fileSession(path).open(), { code: 'SESSION_STORAGE', message })
  }
  assert.deepEqual(await readdir(inside), before)
})

test('a file that becomes a FIFO is not replaced', async () => {
  const file = join(await newFolder(), 'me.session')
  const storage = fileSession(file)
  await storage.open()
  if (spawnSync('mkfifo', [file]).status === 0) {
    await assert.rejects(storage.write('one'), { message: /a FIFO/ })
    assert.ok((await stat(file)).isFIFO())
  }
  await storage.close()
})

test('a symbolic link stays, and its target is replaced', async () => {
  const inside = await newFolder()
  const [file, link] = [join(inside, 'me.session'), join(inside, 'link.session')]
  await writeFile(file, 'old', { mode: 0o600 })
  await symlink('me.session', link)
  const storage = fileSession(link)
  await storage.open()
  await storage.write('new')
  await storage.close()
  assert.equal(await readlink(link), 'me.session')
  assert.equal(await readFile(file, 'utf8'), 'new')
})

for (const text of ['', '\n', '  \r\n\t']) {
  test(`a file that holds ${JSON.stringify(text)} is a new session`, async () => {
    const file = join(await newFolder(), 'me.session')
    await writeFile(file, text)
    const keeper = new SessionKeeper(fileSession(file))
    assert.equal(await keeper.open(), undefined)
    await keeper.close()
  })
}

test('the next opening removes what killed processes left, and nothing else', async () => {
  const inside = await newFolder()
  const file = join(inside, 'me.session')
  const kept = [
    'me.session',
    'me.session.tmp',
    'me.session.12.tmp.txt',
    'me.session.bak',
    'other.session.9.tmp',
  ]
  const scraps = ['me.session.12345.tmp', 'me.session.1.tmp', 'me.session.lock.77', 'me.session.lock.sock']
  for (const name of [...kept, ...scraps]) await writeFile(join(inside, name), '', { mode: 0o600 })
  const storage = fileSession(file)
  await storage.open()
  await storage.close()
  assert.deepEqual((await readdir(inside)).sort(), kept.sort())
})

test('a session readable by others is made private, and a folder writable by others causes a warning', {
  skip: process.platform === 'win32',
}, async () => {
  const inside = await newFolder()
  const file = join(inside, 'me.session')
  const warnings: string[] = []
  const warn = (message: string) => warnings.push(message)
  const open = async (options = {}) => {
    const storage = fileSession(file, { warn, ...options })
    await storage.open()
    await storage.close()
  }
  await writeFile(file, '')
  await chmod(file, 0o644)
  await open()
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.deepEqual(warnings, [])
  await chmod(file, 0o644)
  await open({ files: { ...fs, chmod: failing('EPERM') } })
  assert.match(
    warnings.splice(0).join(),
    /^Other users of this machine may read the session file .*me\.session/,
  )
  await chmod(file, 0o600)
  await chmod(inside, 0o777)
  await open()
  assert.match(warnings.splice(0).join(), new RegExp(`^Every user .* ${basename(inside)}|chmod o-w`))
  await chmod(inside, 0o1777)
  await open()
  assert.deepEqual(warnings, [])
})
