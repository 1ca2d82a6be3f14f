import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { dialTcp } from './tcp.ts'

async function listening() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } }
}

test('bytes go both ways, and bytes sent before close arrive', async () => {
  const { server, address } = await listening()
  const received: Buffer[] = []
  server.once('connection', (socket) => {
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('end', () => server.close())
    socket.write('hello')
  })
  const got: Promise<string> = new Promise((resolve) => {
    const events = {
      onBytes: (chunk: Uint8Array) => resolve(Buffer.from(chunk).toString()),
      onTransportError: () => assert.fail('there are none'),
      onUnanswered: () => assert.fail('there are none'),
      onClosed: () => assert.fail('our own close is not reported'),
    }
    dialTcp(address, events, new AbortController().signal).then(async (transport) => {
      transport.send(Buffer.from('one '))
      transport.send(Buffer.from('two'))
      await got
      transport.close()
    })
  })
  assert.equal(await got, 'hello')
  await once(server, 'close')
  assert.equal(Buffer.concat(received).toString(), 'one two')
})

test('a peer that goes away is reported once', async () => {
  const { server, address } = await listening()
  server.once('connection', (socket) => socket.destroy())
  let closed = 0
  await new Promise<void>((resolve) => {
    const onClosed = () => {
      closed += 1
      setTimeout(resolve, 20)
    }
    void dialTcp(
      address,
      { onBytes: () => {}, onTransportError: () => {}, onUnanswered: () => {}, onClosed },
      new AbortController().signal,
    )
  })
  assert.equal(closed, 1)
  server.close()
})

test('a refused connection rejects with the system error', async () => {
  const { server, address } = await listening()
  server.close()
  await once(server, 'close')
  const events = { onBytes: () => {}, onTransportError: () => {}, onUnanswered: () => {}, onClosed: () => {} }
  await assert.rejects(dialTcp(address, events, new AbortController().signal), { code: 'ECONNREFUSED' })
})

test('an aborted dial rejects with the reason', async () => {
  const { server, address } = await listening()
  const events = { onBytes: () => {}, onTransportError: () => {}, onUnanswered: () => {}, onClosed: () => {} }
  await assert.rejects(dialTcp(address, events, AbortSignal.abort(new Error('given up'))), /given up/)
  server.close()
})
