import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { listenForDcs } from './data-centres.ts'
import type { Listener, ListenerOptions } from './listener.ts'

const OPTIONS = { host: '127.0.0.1', maxConnections: 10 }

/** Ports in memory: any free one is the next thousand, and those in `taken` are refused with this code. */
function world(taken: readonly number[], code = 'EADDRINUSE') {
  const open = new Set<number>()
  let nextFree = 0
  const listenOn = async ({ port: wanted }: ListenerOptions): Promise<Listener> => {
    if (wanted === 0) nextFree += 1000
    const port = wanted === 0 ? nextFree : wanted
    if (taken.includes(port)) throw Object.assign(new Error('refused'), { code })
    open.add(port)
    return { port, stop: () => void open.delete(port), closed: Promise.resolve() }
  }
  const listenFor = (port: number, count: number, hasCdn = false) =>
    listenForDcs({ ...OPTIONS, port, count, hasCdn }, () => undefined, assert.fail, listenOn)
  return { open, listenFor }
}

describe('listenForDcs', () => {
  it('acts as every data centre that clients know if there is only one', async () => {
    const { dcs, listed } = await world([]).listenFor(0, 1)
    assert.deepEqual(dcs, [{ id: 2, port: 1000 }])
    assert.deepEqual(
      listed.map(({ id, port }) => [id, port]),
      [1, 2, 3, 4, 5].map((id) => [id, 1000]),
    )
  })

  for (const code of ['EADDRINUSE', 'EACCES', 'ERR_SOCKET_BAD_PORT']) {
    it(`looks for other consecutive ports after ${code}, and leaves nothing open`, async () => {
      const { open, listenFor } = world([1002, 2001], code)
      const { dcs } = await listenFor(0, 3)
      assert.deepEqual(dcs, [
        { id: 1, port: 3000 },
        { id: 2, port: 3001 },
        { id: 3, port: 3002 },
      ])
      assert.deepEqual([...open], [3000, 3001, 3002])
    })
  }

  it('does not replace requested ports, nor retry after another error', async () => {
    const asked = world([5001])
    await assert.rejects(asked.listenFor(5000, 2), { code: 'EADDRINUSE' })
    assert.equal(asked.open.size, 0)
    const broken = world([1001], 'EMFILE')
    await assert.rejects(broken.listenFor(0, 2), { code: 'EMFILE' })
    assert.equal(broken.open.size, 0)
  })

  it('has the CDN on one more port, which clients are told of', async () => {
    const cdn = { id: 203, port: 1001, isCdn: true }
    const alone = await world([]).listenFor(0, 1, true)
    assert.deepEqual(alone.dcs, [{ id: 2, port: 1000 }])
    assert.deepEqual(alone.listed.slice(4), [{ id: 5, port: 1000 }, cdn])
    const two = await world([]).listenFor(0, 2, true)
    assert.deepEqual(two.listed.slice(1), [
      { id: 2, port: 1001 },
      { ...cdn, port: 1002 },
    ])
  })

  it('gives up after many attempts', async () => {
    const { open, listenFor } = world(Array.from({ length: 100 }, (_, i) => 1000 * i + 1))
    await assert.rejects(listenFor(0, 2), { code: 'EADDRINUSE' })
    assert.equal(open.size, 0)
  })
})
