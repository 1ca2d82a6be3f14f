import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CursorStorage, KeptCursor } from './cursor-text.ts'

class MapStorage implements CursorStorage {
  readonly texts = new Map<string, string>()
  writes = 0

  async get(key: string): Promise<string | undefined> {
    return this.texts.get(key)
  }

  async write(changes: ReadonlyMap<string, string | undefined>): Promise<void> {
    this.writes += 1
    for (const [key, text] of changes) {
      if (text === undefined) this.texts.delete(key)
      else this.texts.set(key, text)
    }
  }
}

const BOX = { pts: 7, qts: 2, dateS: 900 }

test('a cursor is read as it was written', async () => {
  const storage = new MapStorage()
  const kept = new KeptCursor(storage)
  const one = { pts: 4, topId: 9, isBehind: true }
  const other = { pts: 1, topId: 0, isBehind: false }
  const channels = new Map([
    [5n, one],
    [69n, other],
  ])
  await kept.write({ box: BOX, channels })
  assert.equal(storage.writes, 1)
  const again = new KeptCursor(storage)
  const cursor = await again.read()
  assert.deepEqual(cursor?.box, BOX)
  assert.deepEqual(cursor?.channels, channels)
  await again.write({ channels: new Map([[5n, undefined]]) })
  const last = await new KeptCursor(storage).read()
  assert.deepEqual([...(last?.channels.keys() ?? [])], [69n])
})

test('a change of one channel writes few channels again', async () => {
  const storage = new MapStorage()
  const kept = new KeptCursor(storage)
  const channel = { pts: 4, topId: 9, isBehind: false }
  const channels = new Map(Array.from({ length: 640 }, (_, index) => [BigInt(index), channel]))
  await kept.write({ box: BOX, channels })
  const before = new Map(storage.texts)
  await kept.write({ channels: new Map([[3n, { ...channel, pts: 5 }]]) })
  const changed = [...storage.texts].filter(([key, text]) => before.get(key) !== text)
  assert.deepEqual([changed.length, changed[0]?.[0]], [1, 'updates/3'])
  assert.ok((changed[0]?.[1].length ?? 0) < 400)
})

for (const text of [
  '',
  '{',
  'null',
  '[]',
  '{"version":2,"pts":1,"qts":1,"dateS":1}',
  '{"version":1,"pts":-1,"qts":1,"dateS":1}',
]) {
  test(`a text that is no cursor, ${text || 'an empty one'}, counts as none`, async () => {
    const storage = new MapStorage()
    storage.texts.set('updates', text)
    const kept = new KeptCursor(storage)
    assert.equal(await kept.read(), undefined)
    assert.equal(kept.isDamaged, true)
  })
}

test('rows that are no channels are left out', async () => {
  const storage = new MapStorage()
  storage.texts.set('updates', JSON.stringify({ version: 1, ...BOX }))
  storage.texts.set('updates/1', '[["1",3,4,0],["x",3,4,0],[],7,["65",3.5,4,0]]')
  storage.texts.set('updates/2', '{')
  const cursor = await new KeptCursor(storage).read()
  assert.deepEqual([...(cursor?.channels.keys() ?? [])], [1n])
})
