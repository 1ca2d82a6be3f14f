import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OpenFile } from './disk.ts'
import { OpenedFiles } from './opened-files.ts'

/** A disk whose files hold the length of their path, and that notes what is opened and closed. */
function watchedDisk() {
  const events: string[] = []
  let held: Promise<void> | undefined
  const disk = {
    async open(path: string): Promise<OpenFile | undefined> {
      events.push(`open ${path}`)
      if (path === 'missing') return undefined
      if (path === 'broken') throw new Error('the disk is broken')
      return {
        fileBytes: path.length,
        async read(offset, length) {
          await held
          return new Uint8Array(Math.min(length, path.length - offset))
        },
        async close() {
          events.push(`close ${path}`)
        },
      }
    },
  }
  return { disk, events, hold: (until: Promise<void> | undefined) => (held = until) }
}

test('a file is opened once for many reads, and the one that was read longest ago is closed for another', async () => {
  const { disk, events } = watchedDisk()
  const files = new OpenedFiles(disk, 2)
  assert.deepEqual(await files.read('abcde', 3, 10), { bytes: new Uint8Array(2), fileBytes: 5 })
  for (const path of ['b', 'abcde', 'c', 'abcde']) await files.read(path, 0, 1)
  assert.deepEqual(events, ['open abcde', 'open b', 'open c', 'close b'])
  await files.close()
  assert.deepEqual(events.slice(4).sort(), ['close abcde', 'close c'])
})

test('a file that is forgotten is closed once its readers have read, and opened anew', async () => {
  const { disk, events, hold } = watchedDisk()
  const files = new OpenedFiles(disk)
  let release = (): void => undefined
  hold(
    new Promise((resolve) => {
      release = resolve
    }),
  )
  const reads = [files.read('a', 0, 1), files.read('a', 0, 1)]
  await files.forget('a')
  await files.forget('a')
  assert.deepEqual(events, ['open a'])
  release()
  await Promise.all(reads)
  assert.deepEqual(events, ['open a', 'close a'])
  await files.read('a', 0, 1)
  assert.deepEqual(events, ['open a', 'close a', 'open a'])
})

test('a file that is missing or cannot be opened is looked for again', async () => {
  const { disk, events } = watchedDisk()
  const files = new OpenedFiles(disk)
  for (let time = 0; time < 2; time++) {
    assert.equal(await files.read('missing', 0, 1), undefined)
    await assert.rejects(files.read('broken', 0, 1), /the disk is broken/)
  }
  assert.deepEqual(events, ['open missing', 'open broken', 'open missing', 'open broken'])
  await files.close()
})

test('a file that nobody reads for a round is closed, and no timer stays', async () => {
  const { disk, events } = watchedDisk()
  const rounds: (() => void)[] = []
  let stopped = 0
  const files = new OpenedFiles(disk, 9, (run) => {
    rounds.push(run)
    return () => void stopped++
  })
  for (const path of ['a', 'b']) await files.read(path, 0, 1)
  assert.equal(rounds.length, 1)
  rounds[0]?.()
  await files.read('b', 0, 1)
  rounds[1]?.()
  await new Promise(setImmediate)
  assert.deepEqual(events, ['open a', 'open b', 'close a'])
  await files.close()
  assert.deepEqual([events.at(-1), rounds.length, stopped], ['close b', 3, 1])
  await files.read('b', 0, 1)
  await files.forget('b')
  rounds[3]?.()
  assert.equal(rounds.length, 4, 'nothing is open')
})
