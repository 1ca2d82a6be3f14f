import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { settled } from '../login/test-clock.ts'
import type { DownloadTarget } from './download-target.ts'
import { openTarget } from './file-target.ts'

const FACTS = { key: 'document 5', sizeBytes: 3, partBytes: 4096 }
const BYTES = Uint8Array.of(1, 2, 3)

const folder = await mkdtemp(join(tmpdir(), 'cablegram-targets-'))
after(() => rm(folder, { recursive: true }))

/** Asks for the path until it is free. @returns the target, and whether the earlier download had ended by then */
async function openWhenFree(path: string, hasEnded: () => boolean) {
  for (;;) {
    const isAfterwards = hasEnded()
    try {
      return { target: await openTarget(path, FACTS), isAfterwards }
    } catch (error) {
      assert.equal((error as { code?: unknown }).code, 'FILE_TARGET_BUSY')
    }
    await settled()
  }
}

for (const [name, end, left] of [
  ['finishes', (target: DownloadTarget) => target.finish(BYTES.length), 'the file'],
  ['stops', (target: DownloadTarget) => target.suspend(), 'what it has'],
] as const) {
  test(`a download that ${name} leaves ${left} before another one may write to the path`, async () => {
    const path = join(folder, name)
    const first = await openTarget(path, FACTS)
    await first.write(0, 0, BYTES, BYTES.length)
    let hasEnded = false
    const ending = end(first).then(() => {
      hasEnded = true
    })
    const { target, isAfterwards } = await openWhenFree(path, () => hasEnded)
    await ending
    assert.ok(isAfterwards)
    if (name === 'finishes') assert.deepEqual(new Uint8Array(await readFile(path)), BYTES)
    else assert.deepEqual(target.done, [0])
    await target.suspend()
  })
}

test('a download goes to the path of a file: URL, and to no other URL', async () => {
  const path = join(folder, 'by-url')
  const target = await openTarget(pathToFileURL(path), FACTS)
  await target.write(0, 0, BYTES, BYTES.length)
  await target.finish(BYTES.length)
  assert.deepEqual(new Uint8Array(await readFile(path)), BYTES)
  for (const other of ['', new URL('https://example.org/a')]) {
    await assert.rejects(openTarget(other, FACTS), { code: 'FILE_TARGET_INVALID' })
  }
})

test('a download that stops without any bytes leaves nothing, and takes nothing from the next one', async () => {
  const path = join(folder, 'empty')
  const first = await openTarget(path, FACTS)
  let hasEnded = false
  const ending = first.suspend().then(() => {
    hasEnded = true
  })
  const { target, isAfterwards } = await openWhenFree(path, () => hasEnded)
  await ending
  assert.ok(isAfterwards)
  await target.write(0, 0, BYTES, BYTES.length)
  await target.finish(BYTES.length)
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('empty')),
    ['empty'],
  )
})
