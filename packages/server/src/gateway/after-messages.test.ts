import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AfterMessages } from './after-messages.ts'

const SESSION = { authKeyId: 1n, sessionId: 2n }

it('waits until every message has succeeded', async () => {
  const after = new AfterMessages()
  let succeed: (value: boolean) => void = () => undefined
  const slow = new Promise<boolean>((resolve) => {
    succeed = resolve
  })
  after.add(SESSION, 4n, Promise.resolve(true))
  after.add(SESSION, 8n, slow)
  let waited = false
  const wait = after.wait(SESSION, [4n, 8n]).then(() => {
    waited = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(waited, false)
  succeed(true)
  await wait
})

it('gives up a message that takes longer than half a second', async () => {
  const after = new AfterMessages()
  after.add(SESSION, 4n, new Promise(() => undefined))
  await assert.rejects(after.wait(SESSION, [4n]), { code: 400, type: 'MSG_WAIT_TIMEOUT' })
})

it('remembers a bounded number of messages', async () => {
  const after = new AfterMessages()
  for (let msgId = 0n; msgId < 4096n; msgId += 4n) after.add(SESSION, msgId, Promise.resolve(true))
  await assert.rejects(after.wait(SESSION, [0n]), { code: 400, type: 'MSG_WAIT_FAILED' })
  await after.wait(SESSION, [4092n])
})
