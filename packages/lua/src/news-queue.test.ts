import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LuaClient, runLua } from '@cablegram/lua'
import type { Updates } from '@cablegram/tl/api'
import type { News } from './library/host.ts'
import { NewsQueue } from './news-queue.ts'

const status = (userId: number): Updates => ({
  _: 'updateShort',
  date: 0,
  update: { _: 'updateUserName', userId: BigInt(userId), firstName: '', lastName: '', usernames: [] },
})

function nameOf(news: News | undefined): unknown {
  return news !== undefined && 'update' in news ? news.update['_'] : undefined
}

test('containers become single updates, in order', () => {
  const queue = new NewsQueue()
  const inner = { _: 'updateConfig' } as const
  queue.addUpdates({
    _: 'updates',
    updates: [inner, { _: 'updatePtsChanged' }],
    users: [],
    chats: [],
    date: 0,
    seq: 0,
  })
  queue.addUpdates({ _: 'updateShort', date: 0, update: inner })
  queue.addUpdates({ _: 'updatesTooLong' })
  const names = Array.from({ length: 5 }, () => nameOf(queue.take()))
  assert.deepEqual(names, ['updateConfig', 'updatePtsChanged', 'updateConfig', 'updatesTooLong', undefined])
})

test('ten thousand updates that wait become a gap', () => {
  const queue = new NewsQueue()
  for (let index = 0; index < 10_000; index += 1) queue.addUpdates(status(index))
  assert.equal(nameOf(queue.take()), 'updateUserName')
  queue.addUpdates(status(1))
  queue.addUpdates(status(2))
  assert.deepEqual([nameOf(queue.take()), queue.isEmpty], ['updatesTooLong', true])
})

test('a container of any length becomes single updates', () => {
  const queue = new NewsQueue()
  const updates = Array.from({ length: 300_000 }, () => ({ _: 'updateConfig' }) as const)
  queue.addUpdates({ _: 'updates', updates, users: [], chats: [], date: 0, seq: 0 })
  assert.equal(nameOf(queue.take()), 'updatesTooLong')
})

test('updates come in order while the script sleeps, never inside the handler, and after its end until it stops', async () => {
  let tell: (updates: Updates) => void = () => {}
  let listeners = 0
  const client = {
    app: undefined,
    // Each call is followed by an update.
    call: async () => {
      tell(status(listeners))
      return true
    },
    connect: async () => {},
    start: () => new Promise(() => {}),
    onUpdate(listener: typeof tell) {
      listeners += 1
      tell = listener
      return () => {
        listeners -= 1
        tell = () => {}
      }
    },
  }
  const code = `local depth, count = 0, 0
    cablegram.on_update(function(u)
      depth, count = depth + 1, count + 1
      print('in', depth, count, u._)
      if count < 3 then auth.cancelCode{phone_number = '', phone_code_hash = ''} cablegram.sleep(1) end
      depth = depth - 1
      if count == 4 then cablegram.on_update(nil) end
    end)
    auth.cancelCode{phone_number = '', phone_code_hash = ''}
    print('before the sleep', count)
    cablegram.sleep(1)
    print('after the sleep', count)
    auth.cancelCode{phone_number = '', phone_code_hash = ''}`
  const lines: string[] = []
  await runLua(client as unknown as LuaClient, code, {
    sleep: async () => {},
    print: (line) => lines.push(line),
  })
  assert.deepEqual(lines, [
    'before the sleep\t0',
    'in\t1\t1\tupdateUserName',
    'in\t1\t2\tupdateUserName',
    'in\t1\t3\tupdateUserName',
    'after the sleep\t3',
    'in\t1\t4\tupdateUserName',
  ])
  assert.equal(listeners, 0)
})
