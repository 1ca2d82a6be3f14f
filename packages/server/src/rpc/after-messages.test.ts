import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AfterMessages } from './after-messages.ts'

const SESSION = { authKeyId: 1n, sessionId: 2n }

it('waits until every message has succeeded', async () => {
  const after = new AfterMessages(400)
  let succeed: () => void = () => undefined
  const slow = new Promise<void>((resolve) => {
    succeed = resolve
  })
  after.add(SESSION, 4n, Promise.resolve())
  after.add(SESSION, 8n, slow)
  let waited = false
  const wait = after.wait(SESSION, [4n, 8n]).then(() => {
    waited = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(waited, false)
  succeed()
  await wait
})

it('gives up a message that takes longer than half a second', async () => {
  const timers: { run: () => void; ms: number; isCancelled: boolean }[] = []
  const after = new AfterMessages(400, (run, ms) => {
    const timer = { run, ms, isCancelled: false }
    timers.push(timer)
    return () => {
      timer.isCancelled = true
    }
  })
  after.add(SESSION, 4n, new Promise(() => undefined))
  after.add(SESSION, 8n, Promise.resolve())
  const late = after.wait(SESSION, [4n])
  assert.equal(timers[0]?.ms, 500)
  timers[0]?.run()
  await assert.rejects(late, { code: 400, type: 'MSG_WAIT_TIMEOUT' })
  await after.wait(SESSION, [8n])
  assert.deepEqual(
    timers.map(({ isCancelled }) => isCancelled),
    [true, true],
  )
})

it('does not run after a failed message or one of another session', async () => {
  const after = new AfterMessages(400)
  after.add(SESSION, 4n, Promise.reject(new Error('refused')))
  after.add(SESSION, 8n, Promise.resolve())
  await assert.rejects(after.wait(SESSION, [4n]), { code: 400, type: 'MSG_WAIT_FAILED' })
  const other = { authKeyId: 1n, sessionId: 3n }
  await assert.rejects(after.wait(other, [8n]), { code: 400, type: 'MSG_WAIT_FAILED' })
})

it('remembers a limited number of messages', async () => {
  const after = new AfterMessages(400)
  for (let msgId = 0n; msgId < 4096n; msgId += 4n) after.add(SESSION, msgId, Promise.resolve())
  await assert.rejects(after.wait(SESSION, [0n]), { code: 400, type: 'MSG_WAIT_FAILED' })
  await after.wait(SESSION, [4092n])
})
