import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInWorker, type InWorkerOptions } from './in-worker.ts'

const HEADER = { kind: 'png', width: 400, height: 300 } as const
const WANTED = [{ letter: 's', pixels: 100, isSquare: false }] as const
/** The longest that a picture waits for its turn. */
const WAIT_MS = 5000
const PICTURE = Uint8Array.of(1)
const [CRASH, HANG, GREEDY, BROKEN] = [2, 3, 4, 5].map((byte) => Uint8Array.of(byte))

/** A thread that does as the first byte of a picture says; `name` is another one for each thread. */
const THREAD = `
  import { parentPort, threadId } from 'node:worker_threads'
  parentPort.on('message', ({ file, wanted }) => {
    if (file[0] === ${CRASH?.[0]}) process.exit(1)
    if (file[0] === ${HANG?.[0]}) return
    if (file[0] === ${BROKEN?.[0]}) return parentPort.postMessage({ kind: 'broken', usedBytes: 0 })
    const sizes = wanted.map(({ letter }) => ({ letter, width: threadId, height: 1, bytes: file }))
    parentPort.postMessage({ kind: 'drawn', sizes, stripped: undefined, usedBytes: file[0] === ${GREEDY?.[0]} ? 2 ** 30 : 0 })
  })
  parentPort.postMessage({ kind: 'ready' })`

const asUrl = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`)

/** @param isSlow the picture that is being made is given up at once */
function makerOf(t: { after(run: () => Promise<void>): void }, code = THREAD) {
  const said: string[] = []
  const timers = new Map<() => void, number>()
  const startTimer: InWorkerOptions['startTimer'] = (run, ms) => {
    timers.set(run, ms)
    return () => void timers.delete(run)
  }
  const say = (why: string): void => void said.push(why)
  const maker = createInWorker({ module: '', startTimer, onMissing: say, onLost: say, code: asUrl(code) })
  t.after(() => maker.close())
  const draw = (file: Uint8Array = PICTURE, ownerId = 1n, read = async () => file) =>
    maker.draw({ ownerId, header: HEADER, read }, WANTED)
  const thread = async (file?: Uint8Array): Promise<number | undefined> => {
    const drawn = await draw(file)
    return drawn.kind === 'made' ? drawn.sizes[0]?.width : undefined
  }
  const runTimers = (isDue = (ms: number) => ms > WAIT_MS): void => {
    for (const [run, ms] of [...timers]) if (isDue(ms)) run()
  }
  return { maker, draw, thread, said, runTimers }
}

test('one thread makes all pictures, in their order', async (t) => {
  const { thread } = makerOf(t)
  const threads = await Promise.all([thread(), thread(), thread()])
  assert.equal(new Set(threads).size, 1)
  assert.notEqual(threads[0], undefined)
})

test('a picture that ends the thread is broken, and the next one has a new thread', async (t) => {
  const { draw, thread, said } = makerOf(t)
  const first = await thread()
  assert.deepEqual(await draw(CRASH), { kind: 'broken' })
  const second = await thread()
  assert.ok(second !== undefined && second !== first)
  assert.deepEqual(said, ['the thread has crashed'])
})

test('a picture that never ends is given up, and the next one has a new thread', async (t) => {
  const { draw, thread, said, runTimers } = makerOf(t)
  const first = await thread()
  const hanging = draw(HANG)
  const next = thread()
  while (said.length === 0) {
    await new Promise(setImmediate)
    runTimers()
  }
  assert.deepEqual(await hanging, { kind: 'unavailable' })
  const second = await next
  assert.ok(second !== undefined && second !== first)
  assert.deepEqual(said, ['the picture took too long'])
})

test('a broken picture costs no thread, one that took much memory does, and so does a long rest', async (t) => {
  const { draw, thread, runTimers } = makerOf(t)
  const first = await thread()
  assert.equal((await draw(BROKEN)).kind, 'broken')
  assert.equal(await thread(), first)
  assert.equal(await thread(GREEDY), first)
  const second = await thread()
  assert.notEqual(second, first)
  runTimers()
  assert.notEqual(await thread(), second)
})

test('without the library, pictures go without smaller sizes, and it is said once', async (t) => {
  const code =
    "import { parentPort } from 'node:worker_threads'; parentPort.postMessage({ kind: 'missing', why: 'gone' })"
  const { draw, said } = makerOf(t, code)
  assert.deepEqual(await Promise.all([draw(PICTURE), draw(PICTURE)]), Array(2).fill({ kind: 'unavailable' }))
  assert.deepEqual(said, ['gone'])
})

test('a thread that is slow to start is tried again with later pictures, three times', async (t) => {
  const { draw, said, runTimers } = makerOf(t, 'setInterval(() => {}, 1000)')
  for (let starts = 1; starts <= 3; starts++) {
    const drawn = draw()
    while (said.length < starts) {
      await new Promise(setImmediate)
      runTimers()
    }
    assert.deepEqual(await drawn, { kind: 'unavailable' })
  }
  assert.deepEqual(await draw(), { kind: 'unavailable' })
  const again = 'wasm-vips did not start in time, and a later picture tries again'
  assert.deepEqual(said, [again, again, 'it did not start 3 times'])
})

test('more pictures than can wait, of all accounts or of one, go without smaller sizes', async (t) => {
  const { draw } = makerOf(t)
  const kindsOf = async (owners: readonly bigint[]) =>
    (await Promise.all(owners.map((ownerId) => draw(PICTURE, ownerId)))).map(({ kind }) => kind)
  const all = await kindsOf(Array.from({ length: 70 }, (_, n) => BigInt(n)))
  assert.deepEqual(all, [...Array(65).fill('made'), ...Array(5).fill('unavailable')])
  const mixed = await kindsOf([...Array<bigint>(12).fill(1n), 2n])
  assert.deepEqual(mixed, [...Array(11).fill('made'), 'unavailable', 'made'])
})

test('a picture whose turn does not come within five seconds goes without smaller sizes, and its file is not read', async (t) => {
  const { draw, thread, said, runTimers } = makerOf(t)
  await thread()
  const hanging = draw(HANG)
  const late = draw(PICTURE, 2n, () => assert.fail('read'))
  runTimers((ms) => ms === WAIT_MS)
  assert.deepEqual(await late, { kind: 'unavailable' })
  while (said.length === 0) {
    await new Promise(setImmediate)
    runTimers()
  }
  assert.deepEqual(await hanging, { kind: 'unavailable' })
  assert.notEqual(await thread(), undefined)
})

test('a picture that cannot be read fails alone', async (t) => {
  const { draw } = makerOf(t)
  const failing = draw(PICTURE, 1n, () => Promise.reject(new Error('no disk')))
  const next = draw(PICTURE)
  await assert.rejects(failing, { message: 'no disk' })
  assert.equal((await next).kind, 'made')
})

test('a maker that closes leaves no picture waiting', async (t) => {
  const { maker, draw, thread } = makerOf(t)
  await thread()
  const waiting = [draw(HANG), draw(PICTURE)]
  await new Promise(setImmediate)
  await maker.close()
  assert.deepEqual(await Promise.all(waiting), Array(2).fill({ kind: 'unavailable' }))
})
