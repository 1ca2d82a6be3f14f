import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeRequest } from '@cablegram/tl/api'
import { WatchedCalls } from './watched-calls.ts'

const BODY = encodeRequest({ _: 'help.getConfig' })

function watching(...userIds: readonly bigint[]): WatchedCalls {
  const calls = new WatchedCalls()
  for (const userId of userIds) calls.watch(userId)
  return calls
}

test('only calls of accounts that are watched are remembered', () => {
  const calls = watching(1n)
  assert.equal(calls.begin(2n, 'help.getConfig', BODY), undefined)
  assert.equal(calls.begin(undefined, 'help.getConfig', BODY), undefined)
  calls.begin(1n, 'help.getConfig', BODY)?.end({ kind: 'answered', result: true, bytes: 4 })
  const [call] = calls.of(1n)
  assert.deepEqual([call?.id, call?.method, call?.end?.kind], [1, 'help.getConfig', 'answered'])
  assert.deepEqual(call?.request, { _: 'help.getConfig' })
  assert.deepEqual(calls.of(2n), [])
})

test('a request that cannot be read is remembered without its parameters', () => {
  const calls = watching(1n)
  calls.begin(1n, 'messages.sendMessage', Uint8Array.of(1, 2, 3, 4))
  assert.equal(calls.of(1n)[0]?.request, undefined)
})

test('of parts of files only the lengths are remembered', () => {
  const calls = watching(1n)
  const bytes = new Uint8Array(524_288).fill(7)
  const save = encodeRequest({ _: 'upload.saveFilePart', fileId: 1n, filePart: 0, bytes })
  const result = { _: 'upload.file', type: { _: 'storage.filePartial' }, mtime: 1, bytes }
  for (let n = 0; n < 100; n++) {
    const open = calls.begin(1n, 'upload.saveFilePart', save)
    open?.end({ kind: 'answered', result, bytes: bytes.length + 20 })
  }
  assert.equal(calls.of(1n).length, 100)
  const [{ request, end } = {}] = calls.of(1n)
  assert.deepEqual(request, { _: 'upload.saveFilePart', fileId: 1n, filePart: 0, bytes: '524288 bytes' })
  assert.deepEqual(end, {
    kind: 'answered',
    result: { ...result, bytes: '524288 bytes' },
    bytes: bytes.length + 20,
  })
})

test('the first end of a call counts, and each begin and end changes the number of changes', () => {
  const calls = watching(1n)
  const open = calls.begin(1n, 'help.getConfig', BODY)
  assert.equal(calls.changesOf(1n), 1)
  open?.end({ kind: 'withheld' })
  open?.end({ kind: 'answered', result: true, bytes: 4 })
  assert.equal(calls.of(1n)[0]?.end?.kind, 'withheld')
  assert.equal(calls.changesOf(1n), 2)
})

test('the newest 1,000 calls of an account are remembered', () => {
  const calls = watching(1n)
  for (let n = 0; n < 1_001; n += 1) calls.begin(1n, 'help.getConfig', BODY)
  assert.deepEqual([calls.of(1n).length, calls.of(1n)[0]?.id, calls.of(1n).at(-1)?.id], [1_000, 2, 1_001])
})

test('calls of all accounts take 16 MiB at most, and those of the account asked about longest ago go first', () => {
  const calls = watching(1n, 2n)
  const bytes = 5 * 1024 * 1024
  for (const userId of [1n, 2n, 2n]) {
    calls.begin(userId, 'help.getConfig', BODY)?.end({ kind: 'answered', result: true, bytes })
  }
  assert.deepEqual([calls.of(1n).length, calls.of(2n).length], [1, 2])
  calls.begin(2n, 'help.getConfig', BODY)?.end({ kind: 'answered', result: true, bytes })
  assert.deepEqual([calls.of(1n).length, calls.of(2n).length], [0, 3])
})

test('the 1,000 accounts that were asked about last are watched', () => {
  const calls = watching(...Array.from({ length: 1_000 }, (_, n) => BigInt(n + 1)))
  calls.watch(1n)
  calls.watch(5_000n)
  assert.notEqual(calls.begin(1n, 'help.getConfig', BODY), undefined)
  assert.equal(calls.begin(2n, 'help.getConfig', BODY), undefined)
})

test('calls that end after they were forgotten take no room', () => {
  const calls = watching(1n)
  const open = calls.begin(1n, 'help.getConfig', BODY)
  calls.clear()
  open?.end({ kind: 'answered', result: true, bytes: 17 * 1024 * 1024 })
  calls.watch(1n)
  calls.begin(1n, 'help.getConfig', BODY)?.end({ kind: 'answered', result: true, bytes: 4 })
  assert.equal(calls.of(1n).length, 1)
})
