/** updates.getState and updates.getDifference over the wire, with every limit, setting and fault. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type CablegramServer, type ServerOptions, startServer } from '@cablegram/server'
import type { updates } from '@cablegram/tl/api'
import { testPhone } from './logins.ts'
import type { ReadyLine } from './serve.ts'
import { WireClient } from './wire-client.ts'

const MAX_INT = 2 ** 31 - 1

const open: { close(): unknown }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

/** A server with one account, signed in twice: one session writes. */
async function createScene(settings: NonNullable<ServerOptions['settings']> = {}) {
  const server = await startServer({ store: 'memory', settings })
  open.push(server)
  const [writer, reader] = [await session(server), await session(server)]
  const { pts, date } = await writer.client.call({ _: 'updates.getState' })
  let randomId = 0n
  return {
    server,
    userId: writer.userId,
    writer: writer.client,
    reader: reader.client,
    pts,
    date,
    save: (message: string) => {
      randomId += 1n
      return writer.client.call({
        _: 'messages.sendMessage',
        peer: { _: 'inputPeerSelf' },
        message,
        randomId,
      })
    },
    remove: (...id: number[]) => writer.client.call({ _: 'messages.deleteMessages', id }),
    ask: (since: Partial<Omit<updatesRequest, '_'>> = {}) =>
      reader.client.call({ _: 'updates.getDifference', pts, date, qts: 0, ...since }),
  }
}

type updatesRequest = {
  readonly pts: number
  readonly date: number
  readonly qts: number
  readonly ptsLimit?: number
  readonly ptsTotalLimit?: number
  readonly qtsLimit?: number
}

async function session(server: CablegramServer) {
  const client = await WireClient.open(server.info as ReadyLine)
  open.push(client)
  return { client, userId: await client.logIn(testPhone(7), 'Ada') }
}

const textsOf = ({ newMessages }: Pick<updates.difference, 'newMessages'>) =>
  newMessages.map((message) => (message._ === 'message' ? message.message : message._))

test('a client that was away gets messages as they are now, and the ids of its own', async () => {
  const { save, remove, ask, pts, userId } = await createScene()
  await save('one')
  const sent = await save('two')
  await save('three')
  assert.ok(sent._ === 'updates')
  const [known] = sent.updates
  assert.ok(known?._ === 'updateMessageID')
  await remove(known.id)
  const missed = await ask()
  assert.ok(missed._ === 'updates.difference')
  assert.deepEqual(textsOf(missed), ['one', 'three'])
  assert.equal(missed.state.pts, pts + 4)
  assert.deepEqual(missed.otherUpdates, [
    { _: 'updateMessageID', id: known.id - 1, randomId: 1n },
    { _: 'updateMessageID', id: known.id + 1, randomId: 3n },
    { _: 'updateDeleteMessages', messages: [known.id], pts: pts + 4, ptsCount: 0 },
  ])
  assert.deepEqual(
    missed.users.map(({ id }) => id),
    [userId],
  )
  const { pts: end } = missed.state
  assert.equal((await ask({ pts: end }))._, 'updates.differenceEmpty')
  assert.equal((await ask({ pts: end, date: MAX_INT, qts: -1 }))._, 'updates.differenceEmpty')
  const rejects = (since: Parameters<typeof ask>[0], message: string) =>
    assert.rejects(ask(since), { message })
  await rejects({ pts: end + 1 }, 'PERSISTENT_TIMESTAMP_INVALID')
  await rejects({ pts: -1 }, 'PERSISTENT_TIMESTAMP_INVALID')
  await rejects({ pts: 0 }, 'PERSISTENT_TIMESTAMP_EMPTY')
  await rejects({ date: 0 }, 'DATE_EMPTY')
})

test('a client that repairs one pts gets exactly one update, whatever became of the message', async () => {
  const { save, remove, ask, pts } = await createScene()
  const sent = await save('gone')
  await save('here')
  assert.ok(sent._ === 'updates' && sent.updates[0]?._ === 'updateMessageID')
  const { id } = sent.updates[0]
  await remove(id)
  const repair = (since: number) => ask({ pts: since, date: MAX_INT, qts: 0, ptsLimit: 1, qtsLimit: 0 })
  const gone = await repair(pts)
  assert.ok(gone._ === 'updates.differenceSlice')
  assert.equal(gone.intermediateState.pts, pts + 1)
  const deletion = { _: 'updateDeleteMessages', messages: [id], pts: pts + 1, ptsCount: 0 }
  assert.deepEqual([textsOf(gone), gone.otherUpdates], [[], [deletion]])
  const here = await repair(pts + 1)
  assert.ok(here._ === 'updates.differenceSlice')
  assert.deepEqual(textsOf(here), ['here'])
  const last = await repair(pts + 2)
  assert.ok(last._ === 'updates.difference')
  assert.deepEqual(last.otherUpdates, [{ ...deletion, pts: pts + 3 }])
})

test('slices end on an event, move on and lead to the end', async () => {
  const { save, ask, pts } = await createScene({ maxDifference: 3 })
  const written = Array.from({ length: 8 }, (_, n) => `text ${n}`)
  for (const each of written) await save(each)
  const texts: string[] = []
  let since = pts
  for (;;) {
    const slice = await ask({ pts: since })
    assert.ok(slice._ === 'updates.difference' || slice._ === 'updates.differenceSlice')
    texts.push(...textsOf(slice))
    const { pts: next } = slice._ === 'updates.difference' ? slice.state : slice.intermediateState
    assert.ok(next > since && next - since <= 3)
    since = next
    if (slice._ === 'updates.difference') break
  }
  assert.deepEqual(texts, written)
  assert.equal((await ask({ pts: since }))._, 'updates.differenceEmpty')
})

test('a client that is too far behind is led to what is kept, or told to begin anew if it says so', async () => {
  const { save, ask, pts } = await createScene({ maxEvents: 4 })
  for (let n = 1; n <= 9; n++) await save(`text ${n}`)
  const led = await ask()
  assert.ok(led._ === 'updates.differenceSlice')
  assert.deepEqual([led.newMessages, led.otherUpdates], [[], []])
  const next = await ask({ pts: led.intermediateState.pts })
  assert.ok(next._ === 'updates.difference')
  assert.deepEqual(textsOf(next), ['text 6', 'text 7', 'text 8', 'text 9'])
  const tooLong = { _: 'updates.differenceTooLong', pts: pts + 9 }
  assert.deepEqual(await ask({ ptsTotalLimit: 1000 }), tooLong)
  assert.deepEqual(await ask({ pts: pts + 6, ptsTotalLimit: 2 }), tooLong)
  assert.equal((await ask({ pts: pts + 7, ptsTotalLimit: 2 }))._, 'updates.difference')
  const strict = await createScene({ maxEvents: 4, trimmedDifference: 'tooLong' })
  for (let n = 1; n <= 9; n++) await strict.save(`text ${n}`)
  assert.equal((await strict.ask())._, 'updates.differenceTooLong')
})

for (const [differencePts, numbers] of [
  ['zero', () => [0, 0]],
  ['own', (pts: number) => [pts + 2, 1]],
  ['telegram', (pts: number) => [pts + 3, 0]],
] as const) {
  test(`numbers in a difference with differencePts ${differencePts}`, async () => {
    const { save, remove, ask, pts } = await createScene({ differencePts })
    await remove(1)
    const sent = await save('last')
    assert.ok(sent._ === 'updates')
    const missed = await ask({ pts: pts - 1 })
    assert.ok(missed._ === 'updates.difference')
    const deletion = missed.otherUpdates.find((update) => update._ === 'updateDeleteMessages')
    const shift = numbers(pts - 1)
    assert.deepEqual(deletion && [deletion.pts, deletion.ptsCount], shift)
  })
}

test('faults change what a difference answers', async () => {
  const { server, userId, save, ask, pts } = await createScene()
  for (const text of ['one', 'two']) await save(text)
  const once = { userId: Number(userId), times: 1 } as const
  server.faults.add({ ...once, difference: 'tooLong' })
  assert.deepEqual(await ask(), { _: 'updates.differenceTooLong', pts: pts + 2 })
  server.faults.add({ ...once, difference: 'invalid' })
  await assert.rejects(ask(), { code: 400, message: 'PERSISTENT_TIMESTAMP_INVALID' })
  server.faults.add({ ...once, difference: 'outdated' })
  await assert.rejects(ask(), { code: 500, message: 'PERSISTENT_TIMESTAMP_OUTDATED' })
  server.faults.add({ difference: 'slice', times: 2 })
  const [first, second] = [await ask(), await ask({ pts: pts + 1 })]
  assert.ok(first._ === 'updates.differenceSlice' && second._ === 'updates.differenceSlice')
  assert.deepEqual([textsOf(first), textsOf(second)], [['one'], ['two']])
  server.faults.add({ userId: Number(userId) + 1, difference: 'invalid' })
  assert.equal((await ask())._, 'updates.difference', 'that of another account')
})

test('faults lose updates on their way, and the difference has them', async () => {
  const { server, userId, reader, save, ask, pts } = await createScene()
  server.faults.add({ userId: Number(userId), push: 'drop', times: 1 })
  await save('lost')
  await save('heard')
  await reader.until((heard) => JSON.stringify(heard, text).includes('"heard"'))
  assert.equal(JSON.stringify(reader.heard, text).includes('"lost"'), false)
  const missed = await ask({ pts })
  assert.ok(missed._ === 'updates.difference')
  assert.deepEqual(textsOf(missed), ['lost', 'heard'])
})

test('too many updates that nobody acknowledges become updatesTooLong', async () => {
  const { reader, save } = await createScene({ maxQueuedPushes: 5 })
  for (let n = 1; n <= 9; n++) await save(`text ${n}`)
  await reader.until((heard) =>
    heard.some((one) => one.kind === 'updates' && one.updates._ === 'updatesTooLong'),
  )
})

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
