import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SendOrder, type Ticket } from './send-order.ts'

const BOX = 7n
const KEY = 1n
const OTHER_KEY = 2n
const session = (sessionId: bigint, authKeyId = KEY) => ({ authKeyId, sessionId })

/** An order, and what has left to the sessions of a key, in order. */
function createScene(maxPushes = 100) {
  const left: string[] = []
  const order = new SendOrder({
    maxPushes,
    onTooMany: (authKeyId) => left.push(`too many for ${authKeyId}`),
    onTrouble: (error) => left.push(String(error)),
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return {
    order,
    left,
    settled,
    push: (name: string, authKeyId = KEY) => order.push(authKeyId, () => void left.push(name)),
    expect: (pts: number) =>
      order.expect(
        KEY,
        { boxId: BOX, pts },
        (except) => void left.push(`event ${pts} but ${except?.sessionId ?? 'nobody'}`),
      ),
    /** A call that tells of the events up to `pts`; `sends` the answer once it may leave. */
    async answer(call: Ticket, pts: number, ptsCount = 1, sends = true): Promise<void> {
      await call.settle({ boxId: BOX, places: [{ pts, ptsCount }] })
      left.push(`answer ${pts}`)
      if (sends) call.sent()
    },
  }
}

describe('the order of what leaves to a key', () => {
  it('has an answer wait until the events before its own have left', async () => {
    const { order, left, push, expect, answer, settled } = createScene()
    const call = order.begin(KEY, session(1n))
    order.announce(BOX, 3)
    const answered = answer(call, 3)
    await settled()
    assert.deepEqual(left, [])
    push('push 2')
    expect(3)
    order.told(BOX, 3)
    order.finish(BOX)
    await answered
    assert.deepEqual(left, ['push 2', 'event 3 but 1', 'answer 3'])
  })

  it('has pushes wait for the answer that tells of an earlier event, until that has left', async () => {
    const { order, left, push, expect, answer, settled } = createScene()
    const call = order.begin(KEY, session(1n))
    order.announce(BOX, 3)
    expect(2)
    push('push 3')
    push('push 3', OTHER_KEY)
    order.told(BOX, 3)
    order.finish(BOX)
    assert.deepEqual(left, ['push 3'], 'only that of the other key')
    await answer(call, 2, 1, false)
    await settled()
    assert.deepEqual(left.splice(0), ['push 3', 'event 2 but 1', 'answer 2'])
    call.sent()
    assert.deepEqual(left, ['push 3'])
  })

  it('holds nobody up once no call is left that may tell of an event', async () => {
    const { order, left, push, expect } = createScene()
    const [one, other] = [order.begin(KEY, session(1n)), order.begin(KEY, session(2n))]
    order.announce(BOX, 3)
    expect(2)
    push('push 3')
    assert.equal(one.settle(undefined), undefined)
    assert.deepEqual(left, [])
    const later = order.begin(KEY, session(1n))
    other.settle(undefined)
    assert.deepEqual(left, ['event 2 but nobody', 'push 3'], 'a call that began later cannot tell of it')
    later.settle(undefined)
  })

  it('lets an answer that tells of several events leave in the place of the last one', async () => {
    const { order, left, push, expect, answer } = createScene()
    const call = order.begin(KEY, session(1n))
    order.announce(BOX, 5)
    const answered = answer(call, 4, 3)
    for (const pts of [2, 3, 4]) expect(pts)
    push('push 5')
    order.told(BOX, 5)
    await answered
    assert.deepEqual(left, ['event 2 but 1', 'event 3 but 1', 'event 4 but 1', 'answer 4', 'push 5'])
  })

  it('lets an answer leave that names a pts without an event of its own behind the events up to there', async () => {
    const { order, left, push, answer, settled } = createScene()
    const call = order.begin(KEY, session(1n))
    order.announce(BOX, 4)
    const answered = answer(call, 4, 0)
    push('push 3')
    order.told(BOX, 3)
    await settled()
    assert.deepEqual(left, ['push 3'])
    push('push 4')
    order.told(BOX, 4)
    await answered
    assert.deepEqual(left, ['push 3', 'push 4', 'answer 4'])
  })

  it('lets every answer go if the log cannot be told', async () => {
    const { order, left, answer } = createScene()
    const call = order.begin(KEY, session(1n))
    order.announce(BOX, 2)
    const answered = answer(call, 2)
    order.finish(BOX)
    await answered
    assert.deepEqual(left, ['answer 2'])
  })

  it('lets an answer leave at once whose events were told long ago', async () => {
    const { order, left, answer } = createScene()
    await answer(order.begin(KEY, session(1n)), 2)
    order.announce(BOX, 9)
    order.told(BOX, 9)
    await answer(order.begin(KEY, session(1n)), 3)
    assert.deepEqual(left, ['answer 2', 'answer 3'])
  })

  it('sends one thing after the other, also after one that failed', async () => {
    const { order, left, push, settled } = createScene()
    order.push(KEY, async () => {
      await settled()
      throw new Error('unwritable')
    })
    push('push 3')
    assert.deepEqual(left, [])
    await settled()
    await settled()
    assert.deepEqual(left, ['Error: unwritable', 'push 3'])
  })

  it('drops pushes beyond its limit and says so, and still lets answers leave', async () => {
    const { order, left, push, expect, answer } = createScene(2)
    const call = order.begin(KEY, session(1n))
    order.announce(BOX, 6)
    expect(2)
    for (const pts of [3, 4, 5]) push(`push ${pts}`)
    assert.deepEqual(left, ['too many for 1'])
    push('push 6')
    order.told(BOX, 6)
    await answer(call, 2)
    assert.deepEqual(left, ['too many for 1', 'event 2 but 1', 'answer 2', 'push 6'])
  })

  it('tells when the calls that are under way are answered, and waits for no later one', async () => {
    const { order, left, push, settled } = createScene()
    const [one, two] = [order.begin(KEY, session(1n)), order.begin(KEY, session(2n))]
    void order.answered(KEY).then(() => left.push('answered'))
    const later = order.begin(KEY, session(1n))
    assert.ok(one.settle(undefined))
    one.sent()
    push('push')
    await settled()
    assert.deepEqual(left, ['push'], 'the second call is under way')
    assert.ok(two.settle(undefined))
    two.sent()
    await settled()
    assert.deepEqual(left, ['push', 'answered'])
    assert.equal(later.settle(undefined), undefined, 'nobody waits for it')
    assert.ok(order.isIdle(KEY))
    await order.answered(OTHER_KEY)
  })
})
