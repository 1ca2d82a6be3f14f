import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StateStorage } from '@cablegram/client'

/** A place that keeps a state from one opening to the next. */
export interface StatePlace {
  /** Opens the session of the place and its state, or opens both again. */
  open(): Promise<StateStorage>
  /** Closes both. */
  close(): Promise<void>
}

const LONG = 'ab"\\\n\u{1F680}'.repeat(20_000)

/** Tests that every storage of states passes. */
export function testStateStorage(name: string, newPlace: () => Promise<StatePlace>): void {
  const inState = (claim: string, run: (state: StateStorage, place: StatePlace) => Promise<void>) =>
    test(`${name}: ${claim}`, async () => {
      const place = await newPlace()
      try {
        await run(await place.open(), place)
      } finally {
        await place.close()
      }
    })

  inState('a new state holds nothing', async (state) => {
    assert.equal(await state.get('updates'), undefined)
    await state.write(new Map())
    assert.equal(await state.get('updates'), undefined)
  })

  inState('texts are written, replaced and deleted, and are there after a restart', async (state, place) => {
    await state.write(
      new Map([
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
      ]),
    )
    await state.write(
      new Map<string, string | undefined>([
        ['a', ''],
        ['b', undefined],
        ['d', '4'],
        ['no', undefined],
      ]),
    )
    const read = async (from: StateStorage) => [
      await from.get('a'),
      await from.get('b'),
      await from.get('c'),
      await from.get('d'),
      await from.get('no'),
    ]
    const expected = ['', undefined, '3', '4', undefined]
    assert.deepEqual(await read(state), expected)
    await place.close()
    assert.deepEqual(await read(await place.open()), expected)
  })

  inState('any text is a key, and a long one a value', async (state, place) => {
    const keys = ['', ' ', 'peer/-1', 'name/Ада', 'a\nb', '"', "'; DROP TABLE state", '\u0000', '__proto__']
    await state.write(new Map(keys.map((key) => [key, key + LONG])))
    await place.close()
    const again = await place.open()
    for (const key of keys) assert.equal(await again.get(key), key + LONG, JSON.stringify(key))
  })

  inState('writes that nobody waits for take effect in their order', async (state, place) => {
    const writes = Array.from({ length: 50 }, (_, n) =>
      state.write(
        new Map<string, string | undefined>([
          ['n', String(n)],
          [`only ${n}`, n % 2 ? 'odd' : undefined],
        ]),
      ),
    )
    await Promise.all(writes)
    await place.close()
    const again = await place.open()
    assert.deepEqual(
      [await again.get('n'), await again.get('only 7'), await again.get('only 8')],
      ['49', 'odd', undefined],
    )
  })

  inState('a map that is changed after the call changes nothing', async (state) => {
    const changes = new Map([['a', 'before']])
    const writing = state.write(changes)
    changes.set('a', 'after')
    await writing
    assert.equal(await state.get('a'), 'before')
  })
}
